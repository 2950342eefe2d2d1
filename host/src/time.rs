//! Times in log lines and status files.

use jiff::Zoned;

/// Local time as NNC's log lines start with: `2026-01-31 23:59:59,123`.
pub(crate) fn log_stamp() -> String {
    Zoned::now().strftime("%Y-%m-%d %H:%M:%S,%3f").to_string()
}

/// Seconds since 1970 with their fraction.
pub(crate) fn epoch_seconds() -> f64 {
    std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0.0, |d| d.as_secs_f64())
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
