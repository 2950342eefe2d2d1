//! One cell of the table: a number, or the name of a file and what kind of file that is (NNC contract 1.2, 1.3).

use std::path::{Path, PathBuf};

use image::ImageFormat;

use crate::error::{CellDefect, DatasetError, Spot};
use crate::number::parse_number;

/// What a cell stands for.
#[derive(Debug, PartialEq)]
pub(crate) enum Content {
    Number(f64),
    File(PathBuf, FileKind),
}

/// The loaders, chosen by the extension in the cell.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum FileKind {
    Image(ImageFormat),
    Matrix,
    Npy,
}

/// Decides what `text` stands for; relative names start from `folder`.
pub(crate) fn classify(text: &str, folder: &Path, spot: Spot<'_>) -> Result<Content, DatasetError> {
    if let Some(number) = parse_number(text) {
        return Ok(Content::Number(number));
    }
    if text.is_empty() {
        return Err(spot.error(CellDefect::EmptyCell));
    }
    if is_remote(text) {
        return Err(spot.error(CellDefect::RemoteFile { found: text.to_string() }));
    }
    let name = text.replace('\\', "/");
    let extension = extension(&name).to_lowercase();
    let kind = match extension.as_str() {
        ".png" => FileKind::Image(ImageFormat::Png),
        ".jpg" | ".jpeg" => FileKind::Image(ImageFormat::Jpeg),
        ".bmp" => FileKind::Image(ImageFormat::Bmp),
        ".gif" => FileKind::Image(ImageFormat::Gif),
        ".tif" | ".tiff" => FileKind::Image(ImageFormat::Tiff),
        ".csv" => FileKind::Matrix,
        ".npy" => FileKind::Npy,
        ".dcm" | ".wav" => {
            return Err(spot.error(CellDefect::UnsupportedKind { extension }));
        }
        _ => {
            return Err(spot.error(CellDefect::UnknownExtension { extension, found: text.to_string() }));
        }
    };
    // The `./` that NNC writes adds nothing to a message; what follows it must not become an absolute path.
    let bare = name.trim_start_matches("./");
    let name = if bare.starts_with('/') { &name } else { bare };
    Ok(Content::File(folder.join(name), kind))
}

fn is_remote(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    ["http://", "https://", "s3://"].iter().any(|scheme| lower.starts_with(scheme))
}

/// The extension with its dot, or nothing.
fn extension(name: &str) -> &str {
    split_extension(name.rsplit('/').next().unwrap_or(name)).1
}

/// Stem and extension of a file name without folders, as Python's `os.path.splitext` has them: the extension begins
/// with its dot, and names such as `.png` have none.
pub fn split_extension(name: &str) -> (&str, &str) {
    let dots = name.len() - name.trim_start_matches('.').len();
    match name.get(dots..).and_then(|rest| rest.rfind('.')) {
        Some(dot) => name.split_at(dots + dot),
        None => (name, ""),
    }
}

/// How a source cell appears in `output_result.csv` (NNC contract 8.2).
///
/// Numbers and cells of comment columns stay as they are. Any other text is taken for a path: `\` becomes `/`,
/// relative paths start with `./`, absolute ones do not change.
///
/// ```
/// assert_eq!(nnc_dataset::output_cell("0\\a.png", false), "./0/a.png");
/// assert_eq!(nnc_dataset::output_cell("7", false), "7");
/// ```
pub fn output_cell(cell: &str, is_comment: bool) -> String {
    if is_comment || parse_number(cell).is_some() {
        return cell.to_string();
    }
    let path = cell.replace('\\', "/");
    let mut drive = path.chars();
    let has_drive =
        drive.next().is_some_and(|c| c.is_ascii_alphabetic()) && drive.next() == Some(':') && drive.next() == Some('/');
    if path.starts_with('/') {
        return path;
    }
    if has_drive {
        return cell.to_string();
    }
    let mut rest = path.as_str();
    while let Some(shorter) = rest.strip_prefix("./") {
        rest = shorter;
    }
    format!("./{rest}")
}
