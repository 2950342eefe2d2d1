//! `defects.csv`: one line for each defect that was found, for spreadsheets and the machine behind the camera.

use std::io::{self, Write};

use csv::{QuoteStyle, Terminator, WriterBuilder};

use super::scores::{BOM, cell, number};
use crate::error::ReportError;
use crate::model::Evaluation;

const HEADER: [&str; 11] =
    ["path", "defect", "left", "top", "width", "height", "area", "peak", "peak_x", "peak_y", "mean"];

/// Writes the defects of every image that is NG, in the order of the dataset, numbered in each image from 1: box, area and place
/// of the peak in pixels of the image, peak and mean in values of the map. As in `scores.csv`, no path is a formula.
///
/// # Errors
/// [`ReportError::Write`] when `out` refuses the text.
pub fn write_defects(evaluation: &Evaluation, out: &mut dyn Write) -> Result<(), ReportError> {
    if evaluation.files.excel {
        out.write_all(BOM)?;
    }
    let mut writer = WriterBuilder::new();
    let mut table = writer.terminator(Terminator::Any(b'\n')).quote_style(QuoteStyle::Never).from_writer(out);
    let failed = |error: csv::Error| ReportError::from(io::Error::from(error));
    table.write_record(HEADER).map_err(failed)?;
    for image in &evaluation.rows {
        let found = image.pixels.as_ref().and_then(|pixels| pixels.found.as_deref());
        for (index, defect) in (1..).zip(found.into_iter().flat_map(|found| &found.defects)) {
            let [left, top, width, height] = defect.bounds;
            let [x, y] = defect.peak_at;
            let whole = |number: usize| number.to_string();
            let cells = [
                cell(&image.name),
                whole(index),
                whole(left),
                whole(top),
                whole(width),
                whole(height),
                whole(defect.area),
                number(defect.peak),
                whole(x),
                whole(y),
                number(defect.mean),
            ];
            table.write_record(cells).map_err(failed)?;
        }
    }
    table.flush()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{EvaluatedImage, Files, FoundDefect, FoundDefects, PixelFacts};

    #[test]
    fn a_line_for_each_defect() {
        let defect = |peak| FoundDefect { bounds: [1, 2, 3, 4], area: 12, peak, peak_at: [2, 3], mean: 0.5 };
        let found = FoundDefects { defects: vec![defect(2.5), defect(2.0)], ..FoundDefects::default() };
        let pixels = Some(PixelFacts { found: Some(Box::new(found)), ..PixelFacts::default() });
        let image = |name: &str, pixels| EvaluatedImage { name: name.to_owned(), pixels, ..EvaluatedImage::default() };
        let rows = vec![image("=a,b.png", pixels), image("c.png", None)];
        let mut evaluation = Evaluation { rows, ..Evaluation::default() };
        let header = "path,defect,left,top,width,height,area,peak,peak_x,peak_y,mean\n";
        let due = format!("{header}\"'=a,b.png\",1,1,2,3,4,12,2.5,2,3,0.5\n\"'=a,b.png\",2,1,2,3,4,12,2.0,2,3,0.5\n");
        let written = |evaluation: &Evaluation| {
            let mut out = Vec::new();
            write_defects(evaluation, &mut out).unwrap();
            String::from_utf8(out).unwrap()
        };
        assert_eq!(written(&evaluation), due);
        evaluation.files = Files { excel: true, ..Files::default() };
        assert_eq!(written(&evaluation), format!("\u{feff}{due}"));
    }
}
