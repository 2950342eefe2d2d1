//! Columns and paragraphs of text on a terminal. Japanese characters are two cells wide there, so cells are measured,
//! not counted.

use nnc_console::print_line;
use nnc_messages::plain_line;
use textwrap::core::Word;
use textwrap::{Options, WordSeparator, WordSplitter, WrapAlgorithm};
use unicode_width::UnicodeWidthStr;

/// The cells that a text takes, without what sets its colours.
pub(crate) use textwrap::core::display_width as cells;

/// Cells across the terminal that standard output goes to; `None` where it goes elsewhere and nothing has to fit.
pub(crate) fn width() -> Option<usize> {
    nnc_console::terminal_width()
}

/// As [`width`] for standard error.
pub(crate) fn error_width() -> Option<usize> {
    nnc_console::error_terminal_width()
}

/// Prints lines, broken where they would not fit the terminal. What is broken off goes `hang` cells further in than its
/// line.
pub(crate) fn print(text: &str, hang: usize) {
    for line in text.lines() {
        let indent = line.len() - line.trim_start_matches(' ').len();
        folded(line, indent + hang, width()).iter().for_each(print_line);
    }
}

/// A line in lines of at most `width` cells, the later ones indented: broken at blanks, and in Japanese where Unicode's
/// rules allow it. A word that is wider than a line is left to the terminal.
pub(crate) fn folded(line: &str, indent: usize, width: Option<usize>) -> Vec<String> {
    let Some(width) = width.filter(|width| cells(line) > *width) else { return vec![line.to_owned()] };
    let indent = " ".repeat(indent);
    let options = Options::new(width)
        .subsequent_indent(&indent)
        .word_separator(WordSeparator::Custom(words))
        .word_splitter(WordSplitter::NoHyphenation)
        .wrap_algorithm(WrapAlgorithm::FirstFit)
        .break_words(false);
    textwrap::wrap(line, options).into_iter().map(|line| line.into_owned()).collect()
}

/// The parts of a line that stay together: those of Unicode (UAX 14), except that a word of ASCII stays whole where it
/// has a `/` or a `-`, for paths and options are there to be copied.
fn words(line: &str) -> Box<dyn Iterator<Item = Word<'_>> + '_> {
    let inside_a_word = |at: usize| {
        let (before, after) = line.split_at(at);
        before.ends_with(|c: char| c.is_ascii_graphic()) && after.starts_with(|c: char| c.is_ascii_graphic())
    };
    let mut start = 0;
    Box::new(unicode_linebreak::linebreaks(line).map(|(at, _)| at).filter(move |&at| !inside_a_word(at)).map(
        move |at| {
            let word = Word::from(&line[start..at]);
            start = at;
            word
        },
    ))
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
    // Made plain before it is measured.
    let lines: Vec<Vec<String>> =
        lines.iter().map(|line| line.as_ref().iter().map(|cell| plain_line(cell)).collect()).collect();
    let width = |column: usize| lines.iter().filter_map(|line| line.get(column)).map(|c| c.width()).max();
    let count = lines.iter().map(Vec::len).max().unwrap_or_default();
    let widths: Vec<usize> = (0..count).map(|column| width(column).unwrap_or_default()).collect();
    let line = |line: &Vec<String>| {
        let cells = line.iter().zip(&widths).map(|(cell, &width)| padded(cell, width));
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
