//! Times in log lines.

use jiff::Zoned;

/// Local time as NNC's log lines start with: `2026-01-31 23:59:59,123`.
pub fn log_stamp() -> String {
    Zoned::now().strftime("%Y-%m-%d %H:%M:%S,%3f").to_string()
}

#[cfg(test)]
mod tests {
    #[test]
    fn log_stamps_have_a_comma_and_milliseconds() {
        let stamp = super::log_stamp();
        assert_eq!(stamp.len(), 23, "{stamp}");
        assert_eq!(&stamp[19..20], ",");
        assert!(stamp[20..].chars().all(|c| c.is_ascii_digit()));
    }
}
