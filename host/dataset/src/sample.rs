//! From the cells of one row to the shape and the numbers a network input wants.

mod file;
mod scratch;
mod shape;

use nnc_picture::Panicked;

use crate::cache::Cache;
use crate::cell::{Content, FileKind, classify};
use crate::element::{Element, Out};
use crate::error::{CellDefect, CellKind, DatasetError, SampleLimit, Spot};
use crate::format::SampleFormat;
use crate::header::Variable;
use crate::limits::MAX_SAMPLE_BYTES;
use crate::number::parse_number;
use crate::table::Dataset;

use self::file::{KEPT_BYTES, Loaded};
use self::shape::{first_cell, shape_of};

pub use self::file::is_in_other_form;
pub(crate) use self::file::read_file;
pub(crate) use self::scratch::Scratch;
pub(crate) use self::shape::element_of;

/// Decodes `row` (from 0) of `variable` into `out`, which holds exactly one sample of `format`.
///
/// An image whose header shows another size is refused before it is decoded. On an error `out` holds
/// unspecified values.
pub fn decode_into(
    dataset: &Dataset,
    variable: &Variable,
    row: usize,
    format: &SampleFormat,
    out: &mut [u8],
) -> Result<(), DatasetError> {
    decode(dataset, variable, row, format, &mut Scratch::default(), out)
}

/// [`decode_into`] with buffers that are kept.
pub(crate) fn decode(
    dataset: &Dataset,
    variable: &Variable,
    row: usize,
    format: &SampleFormat,
    scratch: &mut Scratch,
    out: &mut [u8],
) -> Result<(), DatasetError> {
    let expected = format.sample_bytes()?;
    if out.len() != expected {
        return Err(DatasetError::WrongBuffer { found: out.len(), expected });
    }
    if let Some(cache) = dataset.cache() {
        return decode_cached(dataset, cache, variable, row, format, scratch, out);
    }
    // A vector of numbers has one dimension, a vector of files stacks their arrays along a new first one.
    let cell_format = if variable.vector {
        match format.shape.split_first() {
            Some((&length, rest)) if length == variable.columns.len() => {
                SampleFormat { shape: rest.to_vec(), element: format.element }
            }
            _ => {
                let found = shape_of(dataset, variable, row, scratch)?;
                let (_, spot) = first_cell(dataset, variable, row)?;
                return Err(wrong_shape(spot, &found, &format.shape));
            }
        }
    } else {
        format.clone()
    };
    let parts = out.chunks_exact_mut(expected / variable.columns.len().max(1));
    for (&column, part) in variable.columns.iter().zip(parts) {
        decode_cell(dataset, row, column, variable.vector, &cell_format, scratch, part)?;
    }
    Ok(())
}

/// As [`decode`] for a sample that a cache holds.
fn decode_cached(
    dataset: &Dataset,
    cache: &Cache,
    variable: &Variable,
    row: usize,
    format: &SampleFormat,
    scratch: &mut Scratch,
    out: &mut [u8],
) -> Result<(), DatasetError> {
    let (_, spot) = first_cell(dataset, variable, row)?;
    let spot = Spot { file: cache.file(row), ..spot };
    if format.element == Element::U8 && cache.element(variable) != Some(Element::U8) {
        return Err(spot.error(CellDefect::NotAnImage { found: CellKind::NotBytes }));
    }
    match cache.shape(variable) {
        Some(found) if found != format.shape => Err(wrong_shape(spot, found, &format.shape)),
        _ => cache.read(variable, row, format, &mut scratch.file, out),
    }
}

fn decode_cell(
    dataset: &Dataset,
    row: usize,
    column: usize,
    in_vector: bool,
    format: &SampleFormat,
    scratch: &mut Scratch,
    out: &mut [u8],
) -> Result<(), DatasetError> {
    let (text, spot) = dataset.cell(row, column)?;
    let element = format.element;
    match classify(text, dataset.folder(), spot)? {
        Content::Number(_) if element == Element::U8 => {
            Err(spot.error(CellDefect::NotAnImage { found: CellKind::Number }))
        }
        Content::Number(number) => {
            let found: &[usize] = if in_vector { &[] } else { &[1] };
            if format.shape != found {
                return Err(wrong_shape(spot, found, &format.shape));
            }
            out.copy_from_slice(&(number as f32).to_ne_bytes());
            Ok(())
        }
        Content::File(path, kind) => {
            let spot = Spot { file: Some(&path), ..spot };
            match (element, kind) {
                (Element::U8, FileKind::Matrix) => {
                    return Err(spot.error(CellDefect::NotAnImage { found: CellKind::Matrix }));
                }
                (Element::U8, FileKind::Npy) => {
                    return Err(spot.error(CellDefect::NotAnImage { found: CellKind::Array }));
                }
                _ => {}
            }
            read_file(&path, spot, &mut scratch.file)?;
            let loaded = Loaded::open(&scratch.file, kind, &mut scratch.work, spot)?;
            loaded.expect(&format.shape, spot)?;
            if let FileKind::Image(_) = kind {
                dataset.tally().note(row, column, &nnc_picture::unused(&scratch.file));
            }
            loaded.fill(&mut scratch.work, Out::of(element, out), spot)
        }
    }
}

/// Decodes `row` of `variable` whatever its shape is, drops the values and returns the shape.
pub(crate) fn examine(
    dataset: &Dataset,
    variable: &Variable,
    row: usize,
    scratch: &mut Scratch,
) -> Result<Vec<usize>, DatasetError> {
    let shape = shape_of(dataset, variable, row, scratch)?;
    let element = element_of(dataset, variable, row)?;
    let format = SampleFormat { shape, element };
    let Ok(bytes) = format.sample_bytes() else {
        let (_, spot) = first_cell(dataset, variable, row)?;
        let limit = SampleLimit::ValueBytes { shape: format.shape, limit: MAX_SAMPLE_BYTES };
        return Err(spot.error(CellDefect::TooLarge(limit)));
    };
    let mut out = std::mem::take(&mut scratch.sample);
    out.resize(bytes, 0);
    let outcome = decode(dataset, variable, row, &format, scratch, &mut out);
    out.clear();
    out.shrink_to(KEPT_BYTES);
    scratch.sample = out;
    outcome.map(|()| format.shape)
}

/// Does `work` on a sample and turns a panic of a decoder into an error: one bad file must not end the process.
///
/// Buffers that `work` writes to may hold anything afterwards, which every decoder here copes with.
pub(crate) fn guarded<T>(
    dataset: &Dataset,
    variable: &Variable,
    row: usize,
    work: impl FnOnce() -> Result<T, DatasetError>,
) -> Result<T, DatasetError> {
    nnc_picture::guarded(work).unwrap_or_else(|Panicked { message }| {
        let (text, spot) = first_cell(dataset, variable, row)?;
        let path = dataset.folder().join(text.replace('\\', "/"));
        let file = parse_number(text).is_none().then_some(path.as_path());
        Err(Spot { file, ..spot }.error(CellDefect::DecoderPanic { message }))
    })
}

fn wrong_shape(spot: Spot<'_>, found: &[usize], expected: &[usize]) -> DatasetError {
    spot.error(CellDefect::WrongShape { found: found.to_vec(), expected: expected.to_vec() })
}
