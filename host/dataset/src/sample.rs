//! One sample of one variable: from cells to the shape and the numbers a network input wants.

use std::fs;
use std::io::Read;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use crate::cache::Cache;
use crate::cell::{Content, FileKind, classify};
use crate::error::{DatasetError, Spot};
use crate::header::Variable;
use crate::language::Word;
use crate::matrix;
use crate::npy::Npy;
use crate::number::parse_number;
use crate::picture::Picture;
use crate::table::Dataset;

/// The most bytes a file, or one sample decoded, may take.
pub(crate) const MAX_SAMPLE_BYTES: usize = 256 << 20;
/// Read buffers above this size are not kept for the next sample.
const KEPT_BYTES: usize = 16 << 20;

/// The numbers a consumer wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Element {
    /// Unsigned bytes, for images only.
    U8,
    /// 32-bit floats in native byte order. Images give 0.0 to 255.0: nothing is normalised.
    F32,
    /// As `F32`, but images give 0.0 to 1.0, their values divided by 255. Other sources stay as they are.
    NormalizedF32,
}

impl Element {
    /// Bytes of one value.
    pub fn bytes(self) -> usize {
        match self {
            Element::U8 => 1,
            Element::F32 | Element::NormalizedF32 => 4,
        }
    }
}

/// The shape of one sample (no batch dimension; images are channels, height, width) and its element type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SampleFormat {
    /// Sizes, slowest first.
    pub shape: Vec<usize>,
    /// Type of the values.
    pub element: Element,
}

impl SampleFormat {
    /// Bytes of one sample. Empty and absurdly large samples are errors.
    pub fn sample_bytes(&self) -> Result<usize, DatasetError> {
        self.shape
            .iter()
            .try_fold(self.element.bytes(), |bytes, size| bytes.checked_mul(*size))
            .filter(|bytes| (1..=MAX_SAMPLE_BYTES).contains(bytes))
            .ok_or_else(|| DatasetError::BadFormat { shape: self.shape.clone(), limit: MAX_SAMPLE_BYTES })
    }
}

/// Memory that the values go to, one element per value of the shape.
pub(crate) enum Out<'a> {
    U8(&'a mut [u8]),
    /// Four bytes per value, native byte order.
    F32(&'a mut [u8]),
    /// As `F32`, image values divided by the largest there are.
    NormalizedF32(&'a mut [u8]),
}

/// Buffers that one thread keeps from sample to sample.
#[derive(Debug, Default)]
pub(crate) struct Scratch {
    file: Vec<u8>,
    work: Work,
    /// For [`examine`], which has no memory of the caller to write to.
    sample: Vec<u8>,
}

/// The part of [`Scratch`] that is written while the file is borrowed.
#[derive(Debug, Default)]
struct Work {
    pixels: Vec<u8>,
    values: Vec<f32>,
}

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
        return Err(not_an_image(spot, Word::NoBytes));
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
        Content::Number(_) if element == Element::U8 => Err(not_an_image(spot, Word::ANumber)),
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
                (Element::U8, FileKind::Matrix) => return Err(not_an_image(spot, Word::AMatrix)),
                (Element::U8, FileKind::Npy) => return Err(not_an_image(spot, Word::AnArray)),
                _ => {}
            }
            read_file(&path, spot, &mut scratch.file)?;
            let loaded = Loaded::open(&scratch.file, kind, &mut scratch.work, spot)?;
            loaded.expect(&format.shape, spot)?;
            let out = match element {
                Element::U8 => Out::U8(out),
                Element::F32 => Out::F32(out),
                Element::NormalizedF32 => Out::NormalizedF32(out),
            };
            loaded.fill(&mut scratch.work, out, spot)
        }
    }
}

/// The shape of `row` of `variable`, from headers where files have one.
pub(crate) fn shape_of(
    dataset: &Dataset,
    variable: &Variable,
    row: usize,
    scratch: &mut Scratch,
) -> Result<Vec<usize>, DatasetError> {
    let (text, spot) = first_cell(dataset, variable, row)?;
    if let Some(shape) = dataset.cache().and_then(|cache| cache.shape(variable)) {
        return Ok(shape.to_vec());
    }
    let mut shape = match classify(text, dataset.folder(), spot)? {
        Content::Number(_) if variable.vector => return Ok(vec![variable.columns.len()]),
        Content::Number(_) => return Ok(vec![1]),
        Content::File(path, kind) => {
            let spot = Spot { file: Some(&path), ..spot };
            read_file(&path, spot, &mut scratch.file)?;
            Loaded::open(&scratch.file, kind, &mut scratch.work, spot)?.shape().to_vec()
        }
    };
    if variable.vector {
        shape.insert(0, variable.columns.len());
    }
    Ok(shape)
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
        return Err(DatasetError::TooLarge {
            place: spot.place(),
            found: Word::ValuesOf.with(&[&format!("{:?}", format.shape)]),
            limit: Word::Bytes.with(&[&MAX_SAMPLE_BYTES]),
        });
    };
    let mut out = std::mem::take(&mut scratch.sample);
    out.resize(bytes, 0);
    let outcome = decode(dataset, variable, row, &format, scratch, &mut out);
    out.clear();
    out.shrink_to(KEPT_BYTES);
    scratch.sample = out;
    outcome.map(|()| format.shape)
}

/// The element type that suits the first cell of `row` of `variable`: bytes for images, else floats.
pub(crate) fn element_of(dataset: &Dataset, variable: &Variable, row: usize) -> Result<Element, DatasetError> {
    let (text, spot) = first_cell(dataset, variable, row)?;
    if let Some(element) = dataset.cache().and_then(|cache| cache.element(variable)) {
        return Ok(element);
    }
    Ok(match classify(text, dataset.folder(), spot)? {
        Content::File(_, FileKind::Image(_)) => Element::U8,
        _ => Element::F32,
    })
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
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|panic| {
        let reason = panic
            .downcast_ref::<String>()
            .cloned()
            .or_else(|| panic.downcast_ref::<&str>().map(|text| text.to_string()))
            .unwrap_or_else(|| Word::NoMessage.with(&[]))
            .replace(['\n', '\r'], " ");
        let (text, spot) = first_cell(dataset, variable, row)?;
        let path = dataset.folder().join(text.replace('\\', "/"));
        let file = parse_number(text).is_none().then_some(path.as_path());
        Err(DatasetError::DecoderPanic { place: Spot { file, ..spot }.place(), reason })
    })
}

fn first_cell<'a>(dataset: &'a Dataset, variable: &Variable, row: usize) -> Result<(&'a str, Spot<'a>), DatasetError> {
    dataset.cell(row, variable.columns.first().copied().unwrap_or(usize::MAX))
}

/// A file whose header has been read.
enum Loaded<'a> {
    Image(Picture<'a>),
    Npy(Npy<'a>),
    /// The numbers wait in [`Work::values`].
    Matrix([usize; 2]),
}

impl<'a> Loaded<'a> {
    fn open(file: &'a [u8], kind: FileKind, work: &mut Work, spot: Spot<'_>) -> Result<Loaded<'a>, DatasetError> {
        Ok(match kind {
            FileKind::Image(format) => {
                Loaded::Image(Picture::open(file, format).map_err(|error| error.at(spot.place()))?)
            }
            FileKind::Npy => Loaded::Npy(Npy::open(file, spot)?),
            FileKind::Matrix => Loaded::Matrix(matrix::parse(file, &mut work.values, spot)?),
        })
    }

    fn shape(&self) -> &[usize] {
        match self {
            Loaded::Image(picture) => picture.shape(),
            Loaded::Npy(array) => array.shape(),
            Loaded::Matrix(shape) => shape,
        }
    }

    fn expect(&self, expected: &[usize], spot: Spot<'_>) -> Result<(), DatasetError> {
        let found = self.shape();
        if found == expected {
            return Ok(());
        }
        if !matches!(self, Loaded::Image(_)) {
            return Err(wrong_shape(spot, found, expected));
        }
        let place = spot.place();
        match (found, expected) {
            ([1, height, width], [channels, h, w]) if (height, width) == (h, w) => {
                Err(DatasetError::GreyImage { place, expected: *channels })
            }
            _ => Err(DatasetError::WrongImageSize { place, found: found.to_vec(), expected: expected.to_vec() }),
        }
    }

    fn fill(self, work: &mut Work, out: Out<'_>, spot: Spot<'_>) -> Result<(), DatasetError> {
        match (self, out) {
            (Loaded::Image(picture), out) => {
                picture.fill(&mut work.pixels, out).map_err(|error| error.at(spot.place()))
            }
            (Loaded::Npy(array), Out::F32(out) | Out::NormalizedF32(out)) => {
                array.fill(out);
                Ok(())
            }
            (Loaded::Matrix(_), Out::F32(out) | Out::NormalizedF32(out)) => {
                let (out, _) = out.as_chunks_mut::<4>();
                for (out, value) in out.iter_mut().zip(&work.values) {
                    *out = value.to_ne_bytes();
                }
                Ok(())
            }
            (Loaded::Npy(_), Out::U8(_)) => Err(not_an_image(spot, Word::AnArray)),
            (Loaded::Matrix(_), Out::U8(_)) => Err(not_an_image(spot, Word::AMatrix)),
        }
    }
}

fn wrong_shape(spot: Spot<'_>, found: &[usize], expected: &[usize]) -> DatasetError {
    DatasetError::WrongShape { place: spot.place(), found: found.to_vec(), expected: expected.to_vec() }
}

fn not_an_image(spot: Spot<'_>, found: Word) -> DatasetError {
    DatasetError::NotAnImage { place: spot.place(), found: found.with(&[]) }
}

/// Reads a whole file into `buffer`, whose memory is kept for the next one.
pub(crate) fn read_file(path: &Path, spot: Spot<'_>, buffer: &mut Vec<u8>) -> Result<(), DatasetError> {
    buffer.clear();
    buffer.shrink_to(KEPT_BYTES);
    let failed = |error: std::io::Error| match error.kind() {
        std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory => {
            DatasetError::MissingFile { place: spot.place() }
        }
        _ => DatasetError::UnreadableFile { place: spot.place(), reason: error.to_string() },
    };
    // Asked before opening: opening a pipe would wait for its other end.
    let found = fs::metadata(path).map_err(failed)?;
    if found.is_dir() {
        return Err(DatasetError::IsDirectory { place: spot.place() });
    }
    if !found.is_file() {
        return Err(DatasetError::UnreadableFile { place: spot.place(), reason: Word::DeviceOrPipe.with(&[]) });
    }
    let too_large = found.len() > MAX_SAMPLE_BYTES as u64;
    if !too_large {
        let file = fs::File::open(path).map_err(failed)?;
        file.take(MAX_SAMPLE_BYTES as u64 + 1).read_to_end(buffer).map_err(failed)?;
    }
    if too_large || buffer.len() > MAX_SAMPLE_BYTES {
        return Err(DatasetError::TooLarge {
            place: spot.place(),
            found: Word::FileOf.with(&[&found.len().max(buffer.len() as u64)]),
            limit: Word::Bytes.with(&[&MAX_SAMPLE_BYTES]),
        });
    }
    Ok(())
}
