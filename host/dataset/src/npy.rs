//! NumPy's `.npy` files, versions 1 to 3: header, element types, both memory orders.

mod error;

use crate::limits::MAX_SAMPLE_BYTES;

pub use error::NpyError;

/// The longest header that is read. NumPy writes about a hundred bytes.
const MAX_HEADER: usize = 64 * 1024;
/// The most dimensions NumPy allows.
const MAX_DIMENSIONS: usize = 64;

/// An array whose header has been read and agrees with the size of the file.
#[derive(Debug)]
pub(crate) struct Npy<'a> {
    shape: Vec<usize>,
    fortran: bool,
    number_type: NumberType,
    big_endian: bool,
    data: &'a [u8],
}

/// The element types that are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum NumberType {
    F32,
    F64,
    U8,
    U16,
    U32,
    U64,
    I8,
    I16,
    I32,
    I64,
}

impl NumberType {
    /// Bytes of one value.
    pub(crate) fn bytes(self) -> usize {
        match self {
            NumberType::U8 | NumberType::I8 => 1,
            NumberType::U16 | NumberType::I16 => 2,
            NumberType::F32 | NumberType::U32 | NumberType::I32 => 4,
            NumberType::F64 | NumberType::U64 | NumberType::I64 => 8,
        }
    }
}

impl<'a> Npy<'a> {
    /// Reads the header in `bytes`.
    pub(crate) fn parse(bytes: &'a [u8]) -> Result<Npy<'a>, NpyError> {
        let Head { shape, fortran, number_type, big_endian, start, length } = head(bytes)?;
        let Some(needed) = usize::try_from(length).ok().filter(|bytes| *bytes <= MAX_SAMPLE_BYTES) else {
            return Err(NpyError::TooLarge { shape, limit: MAX_SAMPLE_BYTES });
        };
        let data = bytes.get(start..).unwrap_or_default();
        let data = data.get(..needed).ok_or(NpyError::CutShort { found: data.len(), expected: needed })?;
        Ok(Npy { shape, fortran, number_type, big_endian, data })
    }

    /// An array in C order whose values are at hand already: `data` holds exactly as many bytes as `shape` needs.
    pub(crate) fn of(shape: Vec<usize>, number_type: NumberType, big_endian: bool, data: &'a [u8]) -> Npy<'a> {
        Npy { shape, fortran: false, number_type, big_endian, data }
    }

    /// Sizes, slowest first, whatever the order in memory.
    pub(crate) fn shape(&self) -> &[usize] {
        &self.shape
    }

    /// The values as they are stored.
    pub(crate) fn bytes(&self) -> &[u8] {
        self.data
    }

    /// Writes the values as floats in C order, native-endian, 4 bytes each.
    pub(crate) fn fill(&self, out: &mut [u8]) {
        match self.number_type {
            NumberType::F32 => self.copy(out, f32::from_ne_bytes),
            NumberType::F64 => self.copy(out, |raw| f64::from_ne_bytes(raw) as f32),
            NumberType::U8 => self.copy(out, |raw| f32::from(u8::from_ne_bytes(raw))),
            NumberType::U16 => self.copy(out, |raw| f32::from(u16::from_ne_bytes(raw))),
            NumberType::U32 => self.copy(out, |raw| u32::from_ne_bytes(raw) as f32),
            NumberType::U64 => self.copy(out, |raw| u64::from_ne_bytes(raw) as f32),
            NumberType::I8 => self.copy(out, |raw| f32::from(i8::from_ne_bytes(raw))),
            NumberType::I16 => self.copy(out, |raw| f32::from(i16::from_ne_bytes(raw))),
            NumberType::I32 => self.copy(out, |raw| i32::from_ne_bytes(raw) as f32),
            NumberType::I64 => self.copy(out, |raw| i64::from_ne_bytes(raw) as f32),
        }
    }

    fn copy<const N: usize>(&self, out: &mut [u8], value: impl Fn([u8; N]) -> f32) {
        let swap = self.big_endian != cfg!(target_endian = "big");
        let read = |raw: &[u8; N]| {
            let mut raw = *raw;
            if swap {
                raw.reverse();
            }
            value(raw).to_ne_bytes()
        };
        let (values, _) = self.data.as_chunks::<N>();
        let (out, _) = out.as_chunks_mut::<4>();
        if !self.fortran {
            for (out, raw) in out.iter_mut().zip(values) {
                *out = read(raw);
            }
            return;
        }
        // Walk the output in C order and keep the position in the file, where the first index runs fastest.
        let mut index = vec![0; self.shape.len()];
        let mut at = 0;
        for out in out {
            if let Some(raw) = values.get(at) {
                *out = read(raw);
            }
            let mut step: usize = self.shape.iter().product();
            for (index, size) in index.iter_mut().zip(&self.shape).rev() {
                step /= size;
                *index += 1;
                at += step;
                if *index < *size {
                    break;
                }
                at -= step * size;
                *index = 0;
            }
        }
    }
}

/// What stands before the values of an array.
#[derive(Debug)]
pub(crate) struct Head {
    /// Sizes, slowest first; none is 0.
    pub(crate) shape: Vec<usize>,
    /// Whether the first index runs fastest in memory.
    pub(crate) fortran: bool,
    pub(crate) number_type: NumberType,
    pub(crate) big_endian: bool,
    /// Bytes before the values.
    pub(crate) start: usize,
    /// Bytes of the values.
    pub(crate) length: u64,
}

/// The most bytes that [`head`] looks at.
pub(crate) const MAX_HEAD_BYTES: usize = 12 + MAX_HEADER;

/// Reads the header that `bytes` start with; the values need not follow.
pub(crate) fn head(bytes: &[u8]) -> Result<Head, NpyError> {
    if bytes.get(..6) != Some(b"\x93NUMPY") {
        return Err(NpyError::NoSignature);
    }
    let (start, length) = match bytes.get(6..12) {
        Some(&[1, _, a, b, ..]) => (10, usize::from(u16::from_le_bytes([a, b]))),
        Some(&[2 | 3, _, a, b, c, d]) => (12, u32::from_le_bytes([a, b, c, d]) as usize),
        Some([major, ..]) => return Err(NpyError::Version(*major)),
        _ => return Err(NpyError::EndsInHeader),
    };
    if length > MAX_HEADER {
        return Err(NpyError::HeaderTooLong { found: length, limit: MAX_HEADER });
    }
    let text = bytes.get(start..start + length).ok_or(NpyError::EndsInHeader)?;
    let text = std::str::from_utf8(text).map_err(|_| NpyError::HeaderNotText)?;
    let header = Header::parse(text).ok_or(NpyError::MalformedHeader)?;
    let (number_type, big_endian) = element(header.descr)?;
    if header.shape.contains(&0) {
        return Err(NpyError::Empty { shape: header.shape });
    }
    let values =
        header.shape.iter().try_fold(number_type.bytes() as u64, |bytes, size| bytes.checked_mul(*size as u64));
    let Some(values) = values else {
        return Err(NpyError::TooLarge { shape: header.shape, limit: MAX_SAMPLE_BYTES });
    };
    let Header { fortran, shape, .. } = header;
    Ok(Head { shape, fortran, number_type, big_endian, start: start + length, length: values })
}

/// `<f4` and its like: byte order, kind, size.
fn element(descr: &str) -> Result<(NumberType, bool), NpyError> {
    let number_type = match descr.get(1..) {
        Some("f4") => Some(NumberType::F32),
        Some("f8") => Some(NumberType::F64),
        Some("u1") => Some(NumberType::U8),
        Some("u2") => Some(NumberType::U16),
        Some("u4") => Some(NumberType::U32),
        Some("u8") => Some(NumberType::U64),
        Some("i1") => Some(NumberType::I8),
        Some("i2") => Some(NumberType::I16),
        Some("i4") => Some(NumberType::I32),
        Some("i8") => Some(NumberType::I64),
        _ => None,
    };
    let big_endian = match descr.as_bytes().first() {
        Some(b'<') => Some(false),
        Some(b'>') => Some(true),
        Some(b'=') => Some(cfg!(target_endian = "big")),
        Some(b'|') if number_type.is_some_and(|found| found.bytes() == 1) => Some(false),
        _ => None,
    };
    number_type.zip(big_endian).ok_or_else(|| NpyError::ElementType(descr.chars().take(20).collect()))
}

/// The Python dictionary in the header.
#[derive(Debug, PartialEq)]
struct Header<'a> {
    descr: &'a str,
    fortran: bool,
    shape: Vec<usize>,
}

impl<'a> Header<'a> {
    fn parse(text: &'a str) -> Option<Header<'a>> {
        let (mut descr, mut fortran, mut shape) = (None, None, None);
        let mut rest = text.trim().strip_prefix('{')?.strip_suffix('}')?.trim_start();
        while !rest.is_empty() {
            let (key, after) = string(rest)?;
            rest = after.trim_start().strip_prefix(':')?.trim_start();
            rest = match key {
                "descr" => {
                    let (value, after) = string(rest)?;
                    descr = Some(value);
                    after
                }
                "fortran_order" => {
                    let (value, after) = match rest.strip_prefix("True") {
                        Some(after) => (true, after),
                        None => (false, rest.strip_prefix("False")?),
                    };
                    fortran = Some(value);
                    after
                }
                "shape" => {
                    let (inside, after) = rest.strip_prefix('(')?.split_once(')')?;
                    shape = Some(sizes(inside)?);
                    after
                }
                _ => return None,
            }
            .trim_start();
            match rest.strip_prefix(',') {
                Some(after) => rest = after.trim_start(),
                None if rest.is_empty() => {}
                None => return None,
            }
        }
        Some(Header { descr: descr?, fortran: fortran?, shape: shape? })
    }
}

/// A quoted string without escapes, and what follows it.
fn string(text: &str) -> Option<(&str, &str)> {
    let quote = text.chars().next().filter(|c| matches!(c, '\'' | '"'))?;
    text.get(1..)?.split_once(quote)
}

/// The inside of a Python tuple of sizes: `3, 4`, `3,` or nothing.
fn sizes(text: &str) -> Option<Vec<usize>> {
    let text = text.trim();
    let text = text.strip_suffix(',').unwrap_or(text);
    if text.trim().is_empty() {
        return Some(Vec::new());
    }
    let parts = text.split(',').take(MAX_DIMENSIONS + 1);
    // Python 2 wrote long integers as 3L.
    let sizes: Option<Vec<usize>> = parts.map(|part| part.trim().trim_end_matches('L').parse().ok()).collect();
    sizes.filter(|sizes| sizes.len() <= MAX_DIMENSIONS)
}
