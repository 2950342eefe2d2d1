//! `scores.csv`: one line for each image, for spreadsheets.

use std::io::{self, Write};

use csv::{Terminator, WriterBuilder};

use crate::error::ReportError;
use crate::model::Evaluation;

/// The mark by which Excel knows UTF-8.
const BOM: &[u8] = "\u{feff}".as_bytes();

/// Writes path, label, score, threshold and verdict of every image, in the order of the dataset.
///
/// UTF-8, lines end with `\n`; cells are empty where there is no label, no score, no threshold or no verdict. A path
/// that a spreadsheet would take for a formula gets an apostrophe in front, as spreadsheets themselves mark text.
///
/// # Errors
/// [`ReportError::Write`] when `out` refuses the text.
pub fn write_scores(evaluation: &Evaluation, out: &mut dyn Write) -> Result<(), ReportError> {
    if evaluation.files.excel {
        out.write_all(BOM)?;
    }
    let mut table = WriterBuilder::new().terminator(Terminator::Any(b'\n')).from_writer(out);
    let failed = |error: csv::Error| ReportError::from(io::Error::from(error));
    table.write_record(["path", "label", "score", "threshold", "verdict"]).map_err(failed)?;
    let threshold = evaluation.threshold.as_ref().map(|threshold| number(threshold.value)).unwrap_or_default();
    for image in &evaluation.rows {
        let label = image.label.map(|label| label.to_string()).unwrap_or_default();
        let verdict = image.verdict.map(|verdict| verdict.name()).unwrap_or_default();
        table
            .write_record([&*harmless(&image.name), &label, &number(image.score), &threshold, verdict])
            .map_err(failed)?;
    }
    table.flush()?;
    Ok(())
}

/// The shortest digits that read back as the same float; nothing for NaN.
fn number(value: f32) -> String {
    if value.is_nan() { String::new() } else { format!("{value:?}") }
}

/// The text as a cell that no spreadsheet runs.
fn harmless(text: &str) -> String {
    // Spreadsheets skip blanks in front of a formula.
    if text.trim_start().starts_with(['=', '+', '-', '@']) || text.starts_with(['\t', '\r', '\n']) {
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
            ("./-1.png", "./-1.png"),
            ("a=b.png", "a=b.png"),
        ] {
            assert_eq!(harmless(name), cell);
        }
    }
}
