//! The values of a tensor, in the file or in another one beneath its folder.

use std::collections::HashMap;
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use crate::array::{Array, Data, MOST_AXES, Pair, Room, count};
use crate::error::{ImportError, TensorProblem};
use crate::file::{External, Tensor};
use crate::wire::Content;

/// Numbers of `TensorProto.DataType`.
pub(crate) mod data_type {
    pub(crate) const FLOAT: i64 = 1;
    pub(crate) const UINT8: i64 = 2;
    pub(crate) const INT8: i64 = 3;
    pub(crate) const UINT16: i64 = 4;
    pub(crate) const INT16: i64 = 5;
    pub(crate) const INT32: i64 = 6;
    pub(crate) const INT64: i64 = 7;
    pub(crate) const BOOL: i64 = 9;
    pub(crate) const FLOAT16: i64 = 10;
    pub(crate) const DOUBLE: i64 = 11;
    pub(crate) const UINT32: i64 = 12;
    pub(crate) const UINT64: i64 = 13;
    pub(crate) const BFLOAT16: i64 = 16;
}

/// Files of external data, opened beneath one folder.
pub(crate) struct Folder<'a> {
    path: Option<&'a Path>,
    opened: HashMap<PathBuf, File>,
}

impl<'a> Folder<'a> {
    pub(crate) fn new(path: Option<&'a Path>) -> Self {
        Self { path, opened: HashMap::new() }
    }

    /// The bytes of a tensor.
    fn read(&mut self, name: &str, place: &External<'_>, expected: usize) -> Result<Vec<u8>, ImportError> {
        let wrong = |problem| ImportError::Tensor { name: name.to_owned(), problem };
        let failed = |reason: io::Error| ImportError::External {
            name: name.to_owned(),
            location: place.location.to_owned(),
            reason,
        };
        let folder = self.path.ok_or_else(|| wrong(TensorProblem::NoFolder))?;
        let number = |text: Option<&str>| text.map(str::parse::<u64>).transpose();
        let (Ok(offset), Ok(length)) = (number(place.offset), number(place.length)) else {
            return Err(wrong(TensorProblem::Place));
        };
        let offset = offset.unwrap_or(0);
        if let Some(length) = length.filter(|&length| length != expected as u64) {
            let found = usize::try_from(length).unwrap_or(usize::MAX);
            return Err(wrong(TensorProblem::Length { found, expected }));
        }
        let location = PathBuf::from(place.location);
        let file = match self.opened.entry(location) {
            std::collections::hash_map::Entry::Occupied(found) => found.into_mut(),
            std::collections::hash_map::Entry::Vacant(free) => {
                let file = nnc_files::beneath::open(folder, free.key()).map_err(failed)?;
                free.insert(file)
            }
        };
        let size = file.metadata().map_err(failed)?.len();
        // Before memory is taken: the file has what is asked of it.
        if offset.checked_add(expected as u64).is_none_or(|end| end > size) {
            return Err(wrong(TensorProblem::Ends));
        }
        let mut bytes = vec![0; expected];
        file.read_exact_at(&mut bytes, offset).map_err(failed)?;
        Ok(bytes)
    }
}

/// Reads the values of a tensor that errors call `name`.
pub(crate) fn read(
    tensor: &Tensor<'_>,
    name: &str,
    folder: &mut Folder<'_>,
    room: &mut Room,
) -> Result<Array, ImportError> {
    let wrong = |problem| ImportError::Tensor { name: name.to_owned(), problem };
    let shape: Option<Vec<usize>> = tensor.dims.iter().map(|&extent| usize::try_from(extent).ok()).collect();
    let shape = shape.filter(|shape| shape.len() <= MOST_AXES).ok_or_else(|| wrong(TensorProblem::Shape))?;
    let count = count(&shape).filter(|&count| count <= usize::MAX / 16).ok_or_else(|| wrong(TensorProblem::Shape))?;
    let width = width(tensor.data_type).ok_or_else(|| wrong(TensorProblem::Type(tensor.data_type)))?;
    let whole = is_whole(tensor.data_type);
    if whole {
        room.whole(count)?
    } else {
        room.floats(count)?
    }
    let outside;
    let raw = match (&tensor.external, tensor.raw) {
        (Some(place), _) => {
            outside = folder.read(name, place, count * width)?;
            Some(outside.as_slice())
        }
        (None, raw) => raw,
    };
    let length = |found: usize, expected: usize| {
        if found == expected { Ok(()) } else { Err(wrong(TensorProblem::Length { found, expected })) }
    };
    let data = match raw {
        Some(raw) => {
            length(raw.len(), count * width)?;
            of_bytes(raw, tensor.data_type)
        }
        None => of_list(tensor, count)?,
    };
    let found = match &data {
        Data::Floats { values, .. } => values.len(),
        Data::Whole { values, .. } => values.len(),
    };
    length(found, count)?;
    Ok(Array { name: (!name.is_empty()).then(|| name.into()), shape, data })
}

/// Bytes of one value; `None` for a type that is not read.
fn width(data_type: i64) -> Option<usize> {
    Some(match data_type {
        data_type::UINT8 | data_type::INT8 | data_type::BOOL => 1,
        data_type::UINT16 | data_type::INT16 | data_type::FLOAT16 | data_type::BFLOAT16 => 2,
        data_type::FLOAT | data_type::INT32 | data_type::UINT32 => 4,
        data_type::INT64 | data_type::DOUBLE | data_type::UINT64 => 8,
        _ => return None,
    })
}

fn is_whole(data_type: i64) -> bool {
    !matches!(data_type, data_type::FLOAT | data_type::FLOAT16 | data_type::BFLOAT16 | data_type::DOUBLE)
}

fn floats(values: impl Iterator<Item = f32>) -> Data {
    Data::Floats { values: values.collect(), of_batch: false }
}

fn whole(values: impl Iterator<Item = i64>, data_type: i64) -> Data {
    let truth = data_type == data_type::BOOL;
    let values: Vec<Pair<i64>> =
        values.map(|value| if truth { i64::from(value != 0) } else { value }).map(|v| [v, v]).collect();
    Data::Whole { values: values.into(), truth }
}

/// The values of bytes in the order of the file, which are as many as the type needs.
#[expect(clippy::cast_possible_truncation, reason = "arrays of NNP are float32")]
fn of_bytes(raw: &[u8], data_type: i64) -> Data {
    let (twos, _) = raw.as_chunks::<2>();
    let (fours, _) = raw.as_chunks::<4>();
    let (eights, _) = raw.as_chunks::<8>();
    match data_type {
        data_type::FLOAT => floats(fours.iter().map(|&bytes| f32::from_le_bytes(bytes))),
        data_type::DOUBLE => floats(eights.iter().map(|&bytes| f64::from_le_bytes(bytes) as f32)),
        data_type::FLOAT16 => floats(twos.iter().map(|&bytes| of_half(u16::from_le_bytes(bytes)))),
        data_type::BFLOAT16 => floats(twos.iter().map(|&bytes| of_bfloat(u16::from_le_bytes(bytes)))),
        data_type::INT8 => whole(raw.iter().map(|&byte| i64::from(byte.cast_signed())), data_type),
        data_type::UINT16 => whole(twos.iter().map(|&bytes| i64::from(u16::from_le_bytes(bytes))), data_type),
        data_type::INT16 => whole(twos.iter().map(|&bytes| i64::from(i16::from_le_bytes(bytes))), data_type),
        data_type::INT32 => whole(fours.iter().map(|&bytes| i64::from(i32::from_le_bytes(bytes))), data_type),
        data_type::UINT32 => whole(fours.iter().map(|&bytes| i64::from(u32::from_le_bytes(bytes))), data_type),
        data_type::INT64 => whole(eights.iter().map(|&bytes| i64::from_le_bytes(bytes)), data_type),
        data_type::UINT64 => whole(eights.iter().map(|&bytes| u64::from_le_bytes(bytes).cast_signed()), data_type),
        _ => whole(raw.iter().map(|&byte| i64::from(byte)), data_type),
    }
}

/// The values of a list of numbers. Types of fewer than 32 bits stand in it as int32, and halves by their bits.
#[expect(clippy::cast_possible_truncation, reason = "arrays of NNP are float32, and halves have 16 bits")]
fn of_list(tensor: &Tensor<'_>, count: usize) -> Result<Data, ImportError> {
    let data_type = tensor.data_type;
    if let (Some(packed), data_type::FLOAT | data_type::DOUBLE) = (&tensor.packed, data_type) {
        return Ok(of_bytes(packed.bytes(), data_type));
    }
    if matches!(data_type, data_type::FLOAT | data_type::DOUBLE) {
        let values = tensor.single.iter().map(|content| match content {
            Content::Fixed32(bytes) => f32::from_le_bytes(*bytes),
            Content::Fixed64(bytes) => f64::from_le_bytes(*bytes) as f32,
            _ => f32::NAN,
        });
        return Ok(floats(values));
    }
    let mut numbers = Vec::new();
    if let Some(mut packed) = tensor.packed.clone() {
        // More numbers than the shape has are refused by whoever compares the two.
        while !packed.bytes().is_empty() && numbers.len() <= count {
            numbers.push(packed.varint()?.cast_signed());
        }
    }
    for content in &tensor.single {
        if let Content::Varint(value) = content {
            numbers.push(value.cast_signed());
        }
    }
    Ok(match data_type {
        data_type::FLOAT16 => floats(numbers.into_iter().map(|bits| of_half(bits as u16))),
        data_type::BFLOAT16 => floats(numbers.into_iter().map(|bits| of_bfloat(bits as u16))),
        _ => whole(numbers.into_iter(), data_type),
    })
}

/// The float32 with the bits of a bfloat16 in front.
fn of_bfloat(bits: u16) -> f32 {
    f32::from_bits(u32::from(bits) << 16)
}

/// The float32 that is equal to a float16.
fn of_half(bits: u16) -> f32 {
    let sign = if bits & 0x8000 == 0 { 1.0 } else { -1.0 };
    let (exponent, fraction) = (i32::from(bits >> 10 & 0x1f), f32::from(bits & 0x3ff));
    sign * match exponent {
        0 => fraction * 2_f32.powi(-24),
        31 if fraction == 0.0 => f32::INFINITY,
        31 => f32::NAN,
        _ => (1.0 + fraction / 1024.0) * 2_f32.powi(exponent - 15),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_are_the_floats_that_they_stand_for() {
        for (bits, value) in [
            (0x3c00, 1.0),
            (0xc000, -2.0),
            (0x3555, 0.333_251_95),
            (0x7bff, 65504.0),
            (0x0001, 5.960_464_5e-8),
            (0x7c00, f32::INFINITY),
            (0x0000, 0.0),
        ] {
            assert_eq!(of_half(bits), value);
        }
        assert!(of_half(0x7c01).is_nan());
        assert_eq!(of_bfloat(0x3f80), 1.0);
    }

    fn tensor<'a>(dims: &[i64], data_type: i64, raw: &'a [u8]) -> Tensor<'a> {
        Tensor { dims: dims.to_vec(), data_type, raw: Some(raw), ..Tensor::default() }
    }

    fn refused(tensor: &Tensor<'_>, folder: Option<&Path>) -> ImportError {
        read(tensor, "w", &mut Folder::new(folder), &mut Room::default()).unwrap_err()
    }

    #[test]
    fn what_a_tensor_claims_is_compared_with_what_is_there() {
        for (given, expected) in [
            (tensor(&[2, 3], data_type::FLOAT, &[0; 20]), "it has 20 values or bytes, its shape asks for 24"),
            (tensor(&[-1], data_type::FLOAT, &[]), "its extents are negative or too large"),
            (tensor(&[i64::MAX, i64::MAX], data_type::FLOAT, &[]), "its extents are negative or too large"),
            (tensor(&[1], 8, &[]), "values of ONNX's type 8 are not read"),
        ] {
            let told = refused(&given, None).to_string();
            assert_eq!(told, format!("constant \"w\": {expected}"));
        }
        assert!(matches!(refused(&tensor(&[1 << 40], data_type::FLOAT, &[]), None), ImportError::TooLarge { .. }));
        assert!(matches!(refused(&tensor(&[1 << 40], data_type::INT8, &[]), None), ImportError::TooLarge { .. }));
    }

    #[test]
    fn external_data_is_read_beneath_the_folder_alone() {
        let place = tempfile::tempdir().unwrap();
        let folder = place.path().join("model");
        std::fs::create_dir(&folder).unwrap();
        std::fs::write(place.path().join("secret"), [0; 8]).unwrap();
        std::fs::write(folder.join("data"), [0, 0, 0, 0, 0, 0, 0x80, 0x3f]).unwrap();
        std::os::unix::fs::symlink(place.path().join("secret"), folder.join("link")).unwrap();
        let at = |location, offset, length| Tensor {
            dims: vec![1],
            data_type: data_type::FLOAT,
            external: Some(External { location, offset, length }),
            ..Tensor::default()
        };
        let mut opened = Folder::new(Some(&folder));
        let read = read(&at("data", Some("4"), Some("4")), "w", &mut opened, &mut Room::default()).unwrap();
        assert_eq!(read.scalar(), Some(1.0));
        for location in ["../secret", "/etc/passwd", "link", "missing", "", "."] {
            let told = refused(&at(location, None, None), Some(&folder));
            assert!(matches!(told, ImportError::External { .. }), "{location}: {told}");
        }
        for (offset, length, expected) in [
            (Some("8"), None, TensorProblem::Ends),
            (Some("18446744073709551615"), None, TensorProblem::Ends),
            (Some("-1"), None, TensorProblem::Place),
            (None, Some("5"), TensorProblem::Length { found: 5, expected: 4 }),
        ] {
            let told = refused(&at("data", offset, length), Some(&folder));
            assert!(matches!(&told, ImportError::Tensor { problem, .. } if *problem == expected), "{told}");
        }
        let told = refused(&at("data", None, None), None);
        assert!(matches!(told, ImportError::Tensor { problem: TensorProblem::NoFolder, .. }));
    }
}
