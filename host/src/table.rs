//! Columns and paragraphs of text on a terminal. Japanese characters are two cells wide there, so cells are measured,
//! not counted.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// What no line begins with, and what none ends with.
const NOT_FIRST: &str = "、。，．・）」』】？！ー～ゃゅょっャュョッ";
const NOT_LAST: &str = "（「『【";

/// Cells across the terminal that standard output goes to; `None` where it goes elsewhere and nothing has to fit.
pub(crate) fn width() -> Option<usize> {
    terminal_size::terminal_size_of(std::io::stdout()).map(|(width, _)| usize::from(width.0))
}

/// As [`width`] for standard error.
pub(crate) fn error_width() -> Option<usize> {
    terminal_size::terminal_size_of(std::io::stderr()).map(|(width, _)| usize::from(width.0))
}

/// Prints lines, broken where they would not fit the terminal. What is broken off goes `hang` cells further in than its
/// line.
pub(crate) fn print(text: &str, hang: usize) {
    for line in text.lines() {
        let indent = line.len() - line.trim_start_matches(' ').len();
        println!("{}", folded(line, indent + hang, width()).join("\n"));
    }
}

/// A line in lines of at most `width` cells, the later ones indented: broken at blanks, and beside wide characters,
/// which need none. A word that is wider than a line is left to the terminal.
pub(crate) fn folded(line: &str, indent: usize, width: Option<usize>) -> Vec<String> {
    let Some(width) = width.filter(|width| cells(line) > *width) else { return vec![line.to_owned()] };
    let mut lines = Vec::new();
    let mut text = String::new();
    let mut fresh = true;
    for piece in pieces(line) {
        if !fresh && cells(&text) + cells(piece.trim_end()) > width {
            lines.push(text.trim_end().to_owned());
            text = " ".repeat(indent);
            fresh = true;
        }
        text += piece;
        fresh &= piece.trim().is_empty();
    }
    lines.push(text);
    lines
}

/// The cells that a text takes, without what sets its colours.
pub(crate) fn cells(text: &str) -> usize {
    let mut parts = text.split('\u{1b}');
    let plain = parts.next().map_or(0, UnicodeWidthStr::width);
    plain + parts.filter_map(|part| part.split_once('m')).map(|(_, plain)| plain.width()).sum::<usize>()
}

/// The parts of a line that stay together.
fn pieces(line: &str) -> Vec<&str> {
    let wide = |c: char| c.width() == Some(2);
    let mut pieces = Vec::new();
    let mut start = 0;
    for ((_, before), (at, after)) in line.char_indices().zip(line.char_indices().skip(1)) {
        let apart = before == ' ' || wide(before) || wide(after);
        if apart && !NOT_LAST.contains(before) && !NOT_FIRST.contains(after) {
            pieces.push(&line[start..at]);
            start = at;
        }
    }
    pieces.push(&line[start..]);
    pieces
}

/// As [`columns`]. Where that is wider than `width`, every line below the headings becomes a block: its cells below each
/// other, each beside its heading.
pub(crate) fn fitted<Line: AsRef<[String]>>(lines: &[Line], width: Option<usize>) -> Vec<String> {
    let table = columns(lines);
    let width = width.filter(|width| table.iter().any(|line| line.width() > *width));
    let (Some(width), Some((head, rows))) = (width, lines.split_first()) else { return table };
    let head = head.as_ref();
    let beside = head.iter().map(|heading| heading.width()).max().unwrap_or_default() + 2;
    let mut blocks = Vec::new();
    for row in rows {
        if !blocks.is_empty() {
            blocks.push(String::new());
        }
        for (heading, cell) in head.iter().zip(row.as_ref()).filter(|(_, cell)| !cell.is_empty()) {
            let label = if heading.is_empty() { String::new() } else { padded(heading, beside) };
            blocks.extend(folded(&(label + cell), beside, Some(width)));
        }
    }
    blocks
}

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

    #[test]
    fn long_lines_are_broken_between_words_and_beside_wide_characters() {
        let of = |line: &str, indent, width| folded(line, indent, Some(width));
        assert_eq!(of("short", 2, 5), ["short"]);
        assert_eq!(of("  one two three", 4, 9), ["  one two", "    three"]);
        assert_eq!(of("a/very/long/path is here", 2, 10), ["a/very/long/path", "  is here"]);
        assert_eq!(of("画像がありません。次の行", 0, 10), ["画像があり", "ません。次", "の行"]);
        assert_eq!(of("これは、値（1）です", 1, 8), ["これは、", " 値（1）", " です"]);
        assert_eq!(folded("one two three", 0, None), ["one two three"]);
        for width in 1..30 {
            let lines = of("画像 train/0.png は 3,8,8（チャンネル,高さ,幅）です", 2, width);
            let text: String = lines.iter().map(|line| line.replace(' ', "")).collect();
            assert_eq!(text, "画像train/0.pngは3,8,8（チャンネル,高さ,幅）です", "{width}");
        }
    }

    #[test]
    fn a_table_that_is_too_wide_becomes_blocks() {
        let row = |cells: [&str; 3]| cells.map(str::to_owned);
        let lines = [row(["job", "status", "time"]), row(["a", "train finished", "1 s"]), row(["b", "", "2 s"])];
        assert_eq!(fitted(&lines, Some(80)), columns(&lines));
        assert_eq!(fitted(&lines, None), columns(&lines));
        let blocks = ["job     a", "status  train", "        finished", "time    1 s", "", "job     b", "time    2 s"];
        assert_eq!(fitted(&lines, Some(18)), blocks);
    }
}
