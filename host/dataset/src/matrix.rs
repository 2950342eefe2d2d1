//! Matrix files: CSV without a header, one row of numbers per line (NNC contract 1.4).

use crate::error::{DatasetError, Spot};
use crate::language::Word;
use crate::number::parse_number;
use crate::records::{Records, Stop};
use crate::sample::MAX_SAMPLE_BYTES;

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
                return Err(DatasetError::EmptyMatrix { place: spot.place() });
            }
            Err(Stop::End) => return Ok([rows, columns]),
            Err(Stop::UnclosedQuote(file_line)) => {
                let place = spot.place();
                return Err(DatasetError::MatrixQuote { place, file_line });
            }
            Err(Stop::TooManyCells(file_line)) => {
                return Err(DatasetError::TooLarge {
                    place: spot.place(),
                    found: Word::MoreValues.with(&[&file_line]),
                    limit: Word::Values.with(&[&MAX_VALUES]),
                });
            }
        };
        if rows == 0 {
            columns = record.len();
        } else if record.len() != columns {
            return Err(DatasetError::RaggedMatrix {
                place: spot.place(),
                file_line,
                found: record.len(),
                expected: columns,
            });
        }
        for (column, cell) in record.iter().enumerate() {
            match std::str::from_utf8(cell).ok().and_then(parse_number) {
                Some(number) => values.push(number as f32),
                None => {
                    return Err(DatasetError::MatrixNumber {
                        place: spot.place(),
                        file_line,
                        file_column: column + 1,
                        found: excerpt(cell),
                    });
                }
            }
        }
        rows += 1;
    }
}

/// The start of a cell that is no number, on one line.
fn excerpt(cell: &[u8]) -> String {
    String::from_utf8_lossy(cell).chars().take(40).collect::<String>().escape_debug().to_string()
}
