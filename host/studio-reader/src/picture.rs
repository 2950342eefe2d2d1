//! Pictures to look at, as PNG files.

use std::io::Cursor;
use std::path::{Path, PathBuf};

use image::{DynamicImage, ImageFormat, Rgb, RgbImage};
use nnc_files::read_regular;
use nnc_report::{Evaluation, overlay, read_map};

use crate::question::Which;
use crate::serve::{Problem, Refusal};
use crate::table::{Table, file, name_of};

/// The most bytes of a picture's file, and pixels in it: a photograph of 64 million pixels is large.
const MAX_BYTES: u64 = 1 << 28;
const MAX_PIXELS: u64 = 1 << 27;
/// What a heat map without its image lies on.
const GREY: Rgb<u8> = Rgb([128; 3]);

/// The picture that a cell names.
pub(crate) fn thumbnail(
    table: &Table,
    row: usize,
    column: Option<usize>,
    size: u32,
    beneath: &Path,
) -> Result<Vec<u8>, Refusal> {
    let rows = table.dataset.len();
    if row >= rows {
        return Err(Refusal::missing(Problem::NoRow { row, rows }));
    }
    let path = file(table, row, column).ok_or_else(|| Refusal::missing(Problem::NoPicture))?;
    png(&shrunk(&path, size, beneath)?)
}

/// An image of an evaluation, or its heat map.
pub(crate) fn of_evaluation(
    evaluation: &Evaluation,
    row: usize,
    which: Which,
    size: u32,
    beneath: &Path,
) -> Result<Vec<u8>, Refusal> {
    let rows = evaluation.rows.len();
    let found = evaluation.rows.iter().find(|image| image.row == row);
    let image = found.ok_or_else(|| Refusal::missing(Problem::NoRow { row, rows }))?;
    let picture = image.image.as_deref().map(|path| shrunk(path, size, beneath));
    if which == Which::Image {
        return png(&picture.ok_or_else(|| Refusal::missing(Problem::NoPicture))??);
    }
    let map = image.map.as_deref().ok_or_else(|| Refusal::missing(Problem::NoMap))?;
    let map = read_map(&within(map, beneath)?).map_err(Refusal::unreadable)?;
    let under = match picture {
        Some(Ok(picture)) => picture.into_rgb8(),
        // Its map is there all the same.
        _ => RgbImage::from_pixel(size, size, GREY),
    };
    png(&overlay(&under, &map, evaluation.scale).into())
}

/// The image in a file, no side longer than `size`.
fn shrunk(path: &Path, size: u32, beneath: &Path) -> Result<DynamicImage, Refusal> {
    let path = within(path, beneath)?;
    let name = || name_of(&path);
    let bytes = read_regular(&path, MAX_BYTES)
        .map_err(|error| Refusal::unreadable(Problem::NotRead { name: name(), error }))?;
    let image = nnc_picture::load(&bytes, MAX_PIXELS)
        .map_err(|error| Refusal::unreadable(Problem::Picture { name: name(), error }))?;
    let fits = image.width().max(image.height()) <= size;
    let image = if fits { image } else { image.thumbnail(size, size) };
    Ok(if image.color().has_color() { image.into_rgb8().into() } else { image.into_luma8().into() })
}

/// Where a file really is, if that is in the folder: a table can name any picture of the user's, and so can a link.
fn within(path: &Path, folder: &Path) -> Result<PathBuf, Refusal> {
    let name = || name_of(path);
    let real =
        std::fs::canonicalize(path).map_err(|error| Refusal::missing(Problem::NotRead { name: name(), error }))?;
    let inside = std::fs::canonicalize(folder).is_ok_and(|folder| real.starts_with(folder));
    if inside { Ok(real) } else { Err(Refusal::missing(Problem::Outside { name: name() })) }
}

fn png(image: &DynamicImage) -> Result<Vec<u8>, Refusal> {
    let mut bytes = Cursor::new(Vec::new());
    image.write_to(&mut bytes, ImageFormat::Png).map_err(|error| Refusal::unreadable(error.to_string()))?;
    Ok(bytes.into_inner())
}
