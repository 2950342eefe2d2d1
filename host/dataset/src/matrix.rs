//! Matrix files: CSV without a header, one row of numbers per line (NNC contract 1.4).

use crate::error::{CellDefect, DatasetError, SampleLimit, Spot};
use crate::limits::MAX_SAMPLE_BYTES;
use crate::number::parse_number;
use crate::records::{Records, Stop};

/// The most values: as floats they fill the largest sample.
const MAX_VALUES: usize = MAX_SAMPLE_BYTES / 4;

/// Reads `bytes` into `values`, row by row, and returns rows and columns. Blank lines do not count.
pub(crate) fn parse(bytes: &[u8], values: &mut Vec<f32>, spot: Spot<'_>) -> Result<[usize; 2], DatasetError> {
    values.clear();
    let mut rows = 0;
    let mut columns = 0;
    let mut records = Records::new(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes), MAX_VALUES);
    loop {
        let (file_line, record) = match records.next() {
            Ok(found) => found,
            Err(Stop::End) if rows == 0 => {
                return Err(spot.error(CellDefect::EmptyMatrix));
            }
            Err(Stop::End) => return Ok([rows, columns]),
            Err(Stop::UnclosedQuote(file_line)) => {
                return Err(spot.error(CellDefect::MatrixQuote { file_line }));
            }
            Err(Stop::TooManyCells(file_line)) => {
                let limit = SampleLimit::MatrixValues { file_line, limit: MAX_VALUES };
                return Err(spot.error(CellDefect::TooLarge(limit)));
            }
        };
        if rows == 0 {
            columns = record.len();
        } else if record.len() != columns {
            let found = record.len();
            return Err(spot.error(CellDefect::RaggedMatrix { file_line, found, expected: columns }));
        }
        for (column, cell) in record.iter().enumerate() {
            match std::str::from_utf8(cell).ok().and_then(parse_number) {
                Some(number) => values.push(number as f32),
                None => {
                    let (file_column, found) = (column + 1, excerpt(cell));
                    return Err(spot.error(CellDefect::MatrixNumber { file_line, file_column, found }));
                }
            }
        }
        rows += 1;
    }
}

/// The start of a cell that is no number.
fn excerpt(cell: &[u8]) -> String {
    String::from_utf8_lossy(cell).chars().take(40).collect()
}
