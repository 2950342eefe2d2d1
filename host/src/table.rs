//! Columns of text on a terminal. Japanese characters are two cells wide there, so cells are measured, not counted.

use unicode_width::UnicodeWidthStr;

/// `text` with blanks up to `width` cells of a terminal.
pub(crate) fn padded(text: &str, width: usize) -> String {
    format!("{text}{}", " ".repeat(width.saturating_sub(text.width())))
}

/// Lines with columns as wide as their widest cell, two blanks apart.
pub(crate) fn columns<Line: AsRef<[String]>>(lines: &[Line]) -> Vec<String> {
    let count = lines.iter().map(|line| line.as_ref().len()).max().unwrap_or_default();
    let width = |column: usize| lines.iter().filter_map(|line| line.as_ref().get(column)).map(|c| c.width()).max();
    let widths: Vec<usize> = (0..count).map(|column| width(column).unwrap_or_default()).collect();
    let line = |line: &Line| {
        let cells = line.as_ref().iter().zip(&widths).map(|(cell, &width)| padded(cell, width));
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    lines.iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wide_characters_take_two_cells() {
        let lines = [["状態", "a"].map(str::to_owned), ["done!", "b"].map(str::to_owned)];
        assert_eq!(columns(&lines), ["状態   a", "done!  b"]);
        assert!(columns::<[String; 2]>(&[]).is_empty());
    }
}
