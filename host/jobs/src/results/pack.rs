//! `output_result.zip`: the table and every file of it, written in one pass (NNC contract 8.4).

use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use nnc_files::open_regular;
use nnc_messages::{At, Doing, Result};
use nnc_result_folder::Directory;
use nnc_result_folder::names::{PACKED_TABLE, TABLE};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::output::Stored;

/// Packs the table and the files of the outputs of so many rows. Source files with absolute paths go along as
/// `reference/N_name`, and the packed table points to them; relative ones stay with their dataset.
pub(super) fn pack(folder: &Directory, rows: usize, outputs: &[Stored], progress: &dyn Fn(usize)) -> Result<()> {
    let target = folder.file(PACKED_TABLE);
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    let mut zip = ZipWriter::new(BufWriter::new(folder.create(PACKED_TABLE)?));
    zip.start_file(TABLE, options).at(Doing::Write, &target)?;
    let references = write_table(folder, &mut zip)?;

    let mut add = |member: &str, path: &Path| -> Result<()> {
        zip.start_file(member, options).at(Doing::Write, &target)?;
        let mut file = open_regular(path).at(Doing::Read, path)?;
        io::copy(&mut file, &mut zip).map(drop).at(Doing::Write, &target)
    };
    for (number, path) in references.iter().enumerate() {
        add(&reference(number, path), path)?;
    }
    for row in 0..rows {
        for member in outputs.iter().flat_map(|output| output.files(row)) {
            add(&member, &folder.file(&member))?;
        }
        progress(row + 1);
    }
    zip.finish().at(Doing::Write, &target)?.flush().at(Doing::Write, &target)
}

/// Copies the table with the absolute paths in it replaced; returns these.
fn write_table(folder: &Directory, out: &mut dyn Write) -> Result<Vec<PathBuf>> {
    let path = folder.file(TABLE);
    let mut references: Vec<PathBuf> = Vec::new();
    let mut table = csv::WriterBuilder::new().terminator(csv::Terminator::Any(b'\n')).from_writer(out);
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(folder.open(TABLE)?);
    for (line, record) in reader.records().enumerate() {
        let record = record.at(Doing::Read, &path)?;
        let cells = record.iter().map(|cell| {
            let file = Path::new(cell);
            if line == 0 || !file.is_absolute() || !file.is_file() {
                return cell.to_owned();
            }
            references.push(file.to_owned());
            format!("./{}", reference(references.len() - 1, file))
        });
        let cells: Vec<String> = cells.collect();
        table.write_record(&cells).at(Doing::Write, &folder.file(PACKED_TABLE))?;
    }
    table.flush().at(Doing::Write, &folder.file(PACKED_TABLE))?;
    Ok(references)
}

/// Name of a source file in the zip.
fn reference(number: usize, path: &Path) -> String {
    let name = path.file_name().map(|n| n.to_string_lossy()).unwrap_or_default();
    format!("reference/{number}_{name}")
}
