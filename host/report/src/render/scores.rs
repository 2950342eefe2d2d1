//! `scores.csv`: one line for each image, for spreadsheets.

mod outcomes;

use std::io::{self, Write};

use csv::{QuoteStyle, Terminator, WriterBuilder};

use crate::error::ReportError;
use crate::model::Evaluation;

/// The mark by which Excel knows UTF-8.
pub(super) const BOM: &[u8] = "\u{feff}".as_bytes();

/// Writes path, label, score, threshold and verdict of every image, in the order of the dataset.
///
/// UTF-8, lines end with `\n`; cells are empty where there is no label, no score, no threshold or no verdict. A path
/// that a spreadsheet would take for a formula gets an apostrophe in front, as spreadsheets themselves mark text. A model
/// that is no detector has other columns: what it found, and how right it is.
///
/// # Errors
/// [`ReportError::Write`] when `out` refuses the text.
pub fn write_scores(evaluation: &Evaluation, out: &mut dyn Write) -> Result<(), ReportError> {
    if evaluation.files.excel {
        out.write_all(BOM)?;
    }
    // `cell` puts the quotation marks.
    let mut writer = WriterBuilder::new();
    let mut table = writer.terminator(Terminator::Any(b'\n')).quote_style(QuoteStyle::Never).from_writer(out);
    let failed = |error: csv::Error| ReportError::from(io::Error::from(error));
    if !evaluation.task.gives_scores() {
        outcomes::write(evaluation, &mut table).map_err(failed)?;
        table.flush()?;
        return Ok(());
    }
    table.write_record(["path", "label", "score", "threshold", "verdict"]).map_err(failed)?;
    let threshold = evaluation.threshold.as_ref().map(|threshold| number(threshold.value)).unwrap_or_default();
    for image in &evaluation.rows {
        let label = image.label.map(|label| label.to_string()).unwrap_or_default();
        let verdict = image.verdict.map(|verdict| verdict.name()).unwrap_or_default();
        table.write_record([&*cell(&image.name), &label, &number(image.score), &threshold, verdict]).map_err(failed)?;
    }
    table.flush()?;
    Ok(())
}

/// The shortest digits that read back as the same float; nothing for NaN.
pub(super) fn number(value: f32) -> String {
    if value.is_nan() { String::new() } else { format!("{value:?}") }
}

/// What a formula may begin with; Japanese spreadsheets take the wide forms for the same.
const OF_FORMULAS: [char; 8] = ['=', '+', '-', '@', '＝', '＋', '－', '＠'];

/// What separates cells where numbers have a decimal comma, or in a file that is opened as text.
const SEPARATORS: [char; 3] = [';', '\t', '|'];

/// The text as a cell: in quotation marks where it holds what separates cells in any country, and so that no spreadsheet runs
/// it, or the part of it that stands in a cell of its own where the spreadsheet does not heed the marks.
pub(super) fn cell(text: &str) -> String {
    let mut parts = text.split_inclusive(SEPARATORS).map(harmless);
    let text = parts.next().unwrap_or_default() + &parts.collect::<String>();
    if text.contains(['"', ',', '\r', '\n']) || text.contains(SEPARATORS) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text
    }
}

/// The text so that no spreadsheet takes it for a formula.
fn harmless(text: &str) -> String {
    // Spreadsheets skip blanks in front of a formula, and what nobody sees.
    let unseen = |c: char| c.is_whitespace() || c.is_control() || matches!(c, '\u{200b}'..='\u{200f}' | '\u{feff}');
    // Marks as well, which stand in front of a cell of another column where they are not heeded.
    let bare = text.trim_start_matches(|c: char| unseen(c) || c == '"');
    if bare.starts_with(OF_FORMULAS) || text.starts_with(['\t', '\r', '\n']) {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judge::decide;
    use crate::maps::Maps;
    use crate::model::{EvaluatedImage, Files};
    use crate::threshold::Threshold;

    fn written(evaluation: &Evaluation) -> String {
        let mut out = Vec::new();
        write_scores(evaluation, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn one_line_for_each_image() {
        let image = |name: &str, label, score| EvaluatedImage {
            name: name.to_owned(),
            label,
            score,
            ..EvaluatedImage::default()
        };
        let mut evaluation = Evaluation {
            rows: vec![
                image("./0/a, b.png", Some(0.0), 1.5),
                image("./1/傷.png", Some(2.0), 1e-7),
                image("c.png", None, f32::NAN),
                image("d.png", Some(0.5), f32::INFINITY),
            ],
            ..Evaluation::default()
        };
        assert_eq!(
            written(&evaluation),
            "path,label,score,threshold,verdict\n\"./0/a, b.png\",0,1.5,,\n./1/傷.png,2,1e-7,,\nc.png,,,,\nd.png,0.5,inf,,\n"
        );
        decide(&mut evaluation, Some(Threshold::fixed(1.5, None, 0.95)), &Maps::default(), 1, &|_| ());
        evaluation.files = Files { excel: true, ..Files::default() };
        assert_eq!(
            written(&evaluation),
            "\u{feff}path,label,score,threshold,verdict\n\"./0/a, b.png\",0,1.5,1.5,NG\n./1/傷.png,2,1e-7,1.5,OK\n\
             c.png,,,1.5,\nd.png,0.5,inf,1.5,NG\n"
        );
    }

    #[test]
    fn formulas_become_text() {
        for (name, cell) in [
            ("=cmd|'/c calc'!A0", "'=cmd|'/c calc'!A0"),
            ("+1.png", "'+1.png"),
            ("-1.png", "'-1.png"),
            ("@SUM(1)", "'@SUM(1)"),
            (" =1", "' =1"),
            ("\tx", "'\tx"),
            ("＝cmd|'/c calc'!A0", "'＝cmd|'/c calc'!A0"),
            ("＋1", "'＋1"),
            ("－1", "'－1"),
            ("＠SUM(1)", "'＠SUM(1)"),
            ("\u{3000}＝1", "'\u{3000}＝1"),
            ("\u{feff}=1", "'\u{feff}=1"),
            ("\r=1", "'\r=1"),
            ("\u{1}=1", "'\u{1}=1"),
            ("a＝b.png", "a＝b.png"),
            ("./-1.png", "./-1.png"),
            ("a=b.png", "a=b.png"),
        ] {
            assert_eq!(harmless(name), cell);
        }
    }

    #[test]
    fn a_name_stays_in_its_cell_in_every_country() {
        for (name, due) in [
            ("a;b.png", "\"a;b.png\""),
            ("a;=1+1.png", "\"a;'=1+1.png\""),
            ("a\t@SUM(1)", "\"a\t'@SUM(1)\""),
            ("a|＝1", "\"a|'＝1\""),
            ("=1;-2;b", "\"'=1;'-2;b\""),
            ("a; \"=1\"", "\"a;' \"\"=1\"\"\""),
            ("a, b", "\"a, b\""),
            ("say \"a\"", "\"say \"\"a\"\"\""),
            ("a\nb", "\"a\nb\""),
            ("傷.png", "傷.png"),
            ("", ""),
        ] {
            assert_eq!(cell(name), due);
            let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(due.as_bytes());
            let cells = reader.records().next().map_or(1, |record| record.unwrap().len());
            assert_eq!(cells, 1, "{name}");
        }
    }
}
