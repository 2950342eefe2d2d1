//! Which of the rows that an interrupted evaluation has written are still as it left them.

use std::io::{self, Read};

use crc32fast::Hasher;
use nnc_result_folder::names::TABLE;
use nnc_result_folder::{Batch, Directory, Extent};

use super::extra::Extra;
use super::output::Stored;
use super::tallied::Tallied;

/// How many of the batches are whole in `folder`: those before the first of which the table or a file is not as it was.
/// `progress` hears how many rows were looked at.
pub(super) fn whole(
    folder: &Directory,
    outputs: &[Stored],
    extra: Extra,
    found: &[Batch],
    progress: &dyn Fn(usize),
) -> usize {
    // Without a table nothing is whole.
    let Ok(mut table) = folder.open(TABLE) else { return 0 };
    let mut read = Tallied::after(Extent::default(), io::sink());
    let (mut first, mut bytes) = (0, Vec::new());
    for (number, batch) in found.iter().enumerate() {
        let missing = batch.table.bytes.saturating_sub(read.extent().bytes);
        if io::copy(&mut (&mut table).take(missing), &mut read).is_err() || read.extent() != batch.table {
            return number;
        }
        for (row, noted) in (first..).zip(&batch.rows) {
            if sum(folder, outputs, extra, row, &mut bytes).is_none_or(|sum| sum != noted.files) {
                return number;
            }
        }
        first += batch.rows.len();
        progress(first);
    }
    found.len()
}

/// CRC-32 of the files of a row; `None` if one is missing.
fn sum(folder: &Directory, outputs: &[Stored], extra: Extra, row: usize, bytes: &mut Vec<u8>) -> Option<u32> {
    let mut sum = Hasher::new();
    for file in outputs.iter().flat_map(|output| output.files(row)).chain(extra.file(row)) {
        bytes.clear();
        folder.open(file).ok()?.read_to_end(bytes).ok()?;
        sum.update(bytes);
    }
    Some(sum.finalize())
}
