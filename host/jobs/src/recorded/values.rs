//! The values of outputs, read from the table and the files that it names (NNC contract 8.2 and 8.3).

use std::collections::HashSet;
use std::ops::Range;

use image::ImageFormat;
use nnc_dataset::{AlphaPolicy, Dataset, PixelOptions, Pixels, decode_pixels, parse_number};
use nnc_messages::{Exit, Failure, Result};
use nnc_plugin_api::OutputSpec;

use super::columns::Group;
use super::files::{Files, inside};
use super::messages::{Defect, Refused, Spot};

/// The most values of an output in one file: as fine as a picture of 2048x2048.
const MOST_VALUES: usize = 1 << 22;
/// The most bytes of one file.
const MOST_BYTES: u64 = 17 << 22;
/// Characters of a bad cell that an error repeats.
const EXCERPT: usize = 60;

/// One output of the table, of which the first row tells what it is.
pub(super) struct Output {
    pub(super) name: String,
    columns: Range<usize>,
    kind: Kind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// In the table itself.
    Numbers,
    /// In a CSV.
    Matrix { rows: usize, columns: usize },
    /// In a picture of 1 or 3 channels.
    Picture { channels: usize, height: usize, width: usize },
    /// In a grey picture for each channel.
    Planes { height: usize, width: usize },
}

impl Output {
    /// The output in these columns.
    pub(super) fn of(group: &Group, table: &Dataset, files: &mut Files) -> Result<Self> {
        let (name, columns) = (group.name.clone(), group.columns.clone());
        let column = columns.start;
        let cell = table.text(0, column).unwrap_or_default();
        let lower = cell.to_ascii_lowercase();
        let kind = if parse_number(cell).is_some() {
            Kind::Numbers
        } else if lower.ends_with(".csv") && columns.len() == 1 {
            let (values, width) = matrix(table, 0, column, files)?;
            Kind::Matrix { rows: values.len() / width, columns: width }
        } else if lower.ends_with(".png") {
            let Pixels { width, height, channels, .. } = picture(table, 0, column, files)?;
            match columns.len() {
                1 => Kind::Picture { channels, height, width },
                _ => Kind::Planes { height, width },
            }
        } else {
            return Err(wrong(table, 0, column, Defect::UnknownKind { found: excerpt(cell) }));
        };
        Ok(Self { name, columns, kind })
    }

    /// As a detector would tell of it.
    pub(super) fn spec(&self) -> OutputSpec {
        let shape = match self.kind {
            Kind::Numbers => vec![self.columns.len()],
            Kind::Matrix { rows, columns } => vec![rows, columns],
            Kind::Picture { channels, height, width } => vec![channels, height, width],
            Kind::Planes { height, width } => vec![self.columns.len(), height, width],
        };
        OutputSpec::new(self.name.as_str(), shape)
    }

    /// Whether its values come from pictures, which hold 8 bits of each.
    pub(super) fn is_picture(&self) -> bool {
        matches!(self.kind, Kind::Picture { .. } | Kind::Planes { .. })
    }

    /// The values of a row.
    pub(super) fn read(&self, table: &Dataset, row: usize, files: &mut Files) -> Result<Vec<f32>> {
        let column = self.columns.start;
        match self.kind {
            Kind::Numbers => self.columns.clone().map(|column| number(table, row, column)).collect(),
            Kind::Matrix { rows, columns } => {
                let (values, width) = matrix(table, row, column, files)?;
                expect(table, row, column, &[values.len() / width, width], &[rows, columns])?;
                Ok(values)
            }
            Kind::Picture { channels, height, width } => {
                let pixels = picture(table, row, column, files)?;
                let found = [pixels.channels, pixels.height, pixels.width];
                expect(table, row, column, &found, &[channels, height, width])?;
                let plane = |channel| pixels.values.iter().skip(channel).step_by(channels).map(|&byte| value(byte));
                Ok((0..channels).flat_map(plane).collect())
            }
            Kind::Planes { height, width } => {
                let mut values = Vec::with_capacity(self.columns.len() * height * width);
                for column in self.columns.clone() {
                    let pixels = picture(table, row, column, files)?;
                    let found = [pixels.channels, pixels.height, pixels.width];
                    expect(table, row, column, &found, &[1, height, width])?;
                    values.extend(pixels.values.iter().map(|&byte| value(byte)));
                }
                Ok(values)
            }
        }
    }
}

/// Refuses a file that stands in two rows: what is written for each row could be far more than what was read.
pub(super) fn refuse_repeated(outputs: &[Output], table: &Dataset) -> Result<()> {
    let mut seen = HashSet::new();
    for output in outputs.iter().filter(|output| output.kind != Kind::Numbers) {
        for (row, column) in (0..table.len()).flat_map(|row| output.columns.clone().map(move |column| (row, column))) {
            let cell = table.text(row, column).unwrap_or_default();
            if !seen.insert(inside(cell)) {
                return Err(wrong(table, row, column, Defect::Twice { file: excerpt(cell) }));
            }
        }
    }
    Ok(())
}

/// The value behind a byte. NNC multiplies by 255 and cuts off, so it is known to lie between two bytes: the middle is nearest,
/// except at the ends, where clipped values gather. Written again it is the same byte.
fn value(byte: u8) -> f32 {
    match byte {
        0 => 0.0,
        u8::MAX => 1.0,
        byte => (f32::from(byte) + 0.5) / 255.0,
    }
}

fn number(table: &Dataset, row: usize, column: usize) -> Result<f32> {
    let cell = table.text(row, column).unwrap_or_default();
    // As the text of a 32-bit float; what only Python takes for a number is rounded twice.
    let parsed = cell.trim().parse().ok().or_else(|| parse_number(cell).map(|number| number as f32));
    parsed.ok_or_else(|| wrong(table, row, column, Defect::NotANumber { found: excerpt(cell) }))
}

/// The bytes of the file that a cell names.
fn file(table: &Dataset, row: usize, column: usize, ending: &str, files: &mut Files) -> Result<(String, Vec<u8>)> {
    let cell = table.text(row, column).unwrap_or_default();
    if !cell.to_ascii_lowercase().ends_with(ending) {
        return Err(wrong(table, row, column, Defect::NotAFile { found: excerpt(cell) }));
    }
    let bytes = files.read(cell, MOST_BYTES)?;
    let bytes = bytes.map_err(|what| wrong(table, row, column, Defect::Unread { file: excerpt(cell), what }))?;
    Ok((excerpt(cell), bytes))
}

fn picture(table: &Dataset, row: usize, column: usize, files: &mut Files) -> Result<Pixels> {
    let options = PixelOptions { alpha: AlphaPolicy::Refuse, scale_sixteen_bit: false, max_pixels: MOST_VALUES as u64 };
    let (file, bytes) = file(table, row, column, ".png", files)?;
    let decoded = decode_pixels(&bytes, ImageFormat::Png, &options);
    decoded.map(|(pixels, _)| pixels).map_err(|error| wrong(table, row, column, Defect::Picture { file, error }))
}

/// The values of a matrix, row by row, and its columns, at least 1.
fn matrix(table: &Dataset, row: usize, column: usize, files: &mut Files) -> Result<(Vec<f32>, usize)> {
    let (file, bytes) = file(table, row, column, ".csv", files)?;
    parse(&file, &String::from_utf8_lossy(&bytes)).map_err(|defect| wrong(table, row, column, defect))
}

fn parse(file: &str, text: &str) -> std::result::Result<(Vec<f32>, usize), Defect> {
    let file = || file.to_owned();
    let (mut values, mut width) = (Vec::new(), 0);
    for (line, text) in
        (1..).zip(text.trim_start_matches('\u{feff}').lines()).filter(|(_, text)| !text.trim().is_empty())
    {
        let start = values.len();
        for (column, cell) in (1..).zip(text.split(',')) {
            if values.len() == MOST_VALUES {
                return Err(Defect::TooManyValues { file: file(), limit: MOST_VALUES });
            }
            // Values that are no numbers are outputs as well.
            let parsed =
                cell.trim().parse().map_err(|_| Defect::Number { file: file(), line, column, found: excerpt(cell) });
            values.push(parsed?);
        }
        let found = values.len() - start;
        if width == 0 {
            width = found;
        } else if found != width {
            return Err(Defect::Ragged { file: file(), line, found, expected: width });
        }
    }
    if width == 0 { Err(Defect::Empty { file: file() }) } else { Ok((values, width)) }
}

fn expect(table: &Dataset, row: usize, column: usize, found: &[usize], expected: &[usize]) -> Result<()> {
    if found == expected {
        return Ok(());
    }
    let size = |extents: &[usize]| extents.iter().map(usize::to_string).collect::<Vec<_>>().join("x");
    let file = excerpt(table.text(row, column).unwrap_or_default());
    Err(wrong(table, row, column, Defect::OtherSize { file, found: size(found), expected: size(expected) }))
}

/// The start of a cell.
pub(super) fn excerpt(cell: &str) -> String {
    let mut characters = cell.chars();
    let start: String = characters.by_ref().take(EXCERPT).collect();
    if characters.next().is_some() { start + "…" } else { start }
}

/// A cell of the table, for a message.
pub(super) fn spot(table: &Dataset, row: usize, column: usize) -> Box<Spot> {
    let name = excerpt(table.header().get(column).map(String::as_str).unwrap_or_default());
    Box::new(Spot::Cell { table: table.path().to_owned(), line: table.line(row), column: name })
}

/// That something is wrong with a cell.
pub(super) fn wrong(table: &Dataset, row: usize, column: usize, defect: Defect) -> Failure {
    Failure::new(Exit::Dataset, Refused::Cell { at: spot(table, row, column), defect: Box::new(defect) })
}

#[cfg(test)]
mod tests {
    use nnc_messages::Say;

    use super::*;

    #[test]
    fn every_byte_comes_back() {
        for byte in 0..=u8::MAX {
            assert_eq!((value(byte) * 255.0) as u8, byte);
        }
    }

    #[test]
    fn a_matrix_is_read_as_it_was_written() {
        let (values, width) = parse("0.csv", "\u{feff}1.0,0.33333334\r\n\r\nnan,-inf\n").unwrap();
        assert_eq!((width, &values[..2]), (2, &[1.0, 1.0 / 3.0][..]));
        assert!(values[2].is_nan() && values[3] == f32::NEG_INFINITY);
        let error = |text: &str| parse("0.csv", text).unwrap_err().said();
        assert_eq!(error("1,2\n3\n"), "0.csv line 2: found 1 numbers, expected 2 as in its first line");
        assert_eq!(error("1,x\n"), "0.csv line 1, column 2: found \"x\", expected a number");
        assert_eq!(error("\n"), "0.csv has no numbers");
        let most = "1,".repeat(MOST_VALUES);
        assert!(error(&most).contains("more than 4194304 values"));
    }

    #[test]
    fn long_cells_are_cut() {
        assert_eq!(excerpt(&"é".repeat(61)).chars().count(), 61);
        assert_eq!(excerpt("a"), "a");
    }
}
