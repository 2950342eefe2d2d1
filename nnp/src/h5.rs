//! `parameter.h5`: one float dataset per parameter, at the path that is its name (contract 7.1, 7.2).
//!
//! `hdf5-reader` decodes the format; this file knows how nnabla uses it, and the limits for untrusted files. Only the given
//! bytes are read: links to other files are not followed.

use crate::{
    error::{H5Error, H5Type},
    parameter::{Parameter, Parameters},
};
use hdf5_reader::{Attribute, ByteOrder, Dataset, Datatype, Hdf5File, OpenOptions, group::Group};
use std::{
    collections::HashSet,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
};

/// The largest member that is read. It is held in memory next to the values taken from it.
pub const SIZE_LIMIT: u64 = 4 << 30;

/// Groups in groups that are followed; a level is one part of a scope such as `r1/1/b1/bn`.
const DEPTH_LIMIT: usize = 64;

/// How many bytes of values a byte of file may unfold to. Trained weights hardly compress, and chunks at the rim of an
/// array reach beyond it.
const UNFOLD_LIMIT: u64 = 16;

/// Reads the parameters in the order of their `index` attributes; those without one follow by name, as nnabla has it.
///
/// float32 in any byte order and layout is read as it is, float64 is rounded to float32.
///
/// # Errors
/// [`H5Error`].
pub fn read(bytes: Vec<u8>) -> Result<Parameters, H5Error> {
    // The reader is meant to check all arithmetic on lengths from the file; a sum it missed panics under this workspace's
    // overflow checks, which is an error of the file and no reason to stop the program.
    catch_unwind(AssertUnwindSafe(|| read_file(bytes)))
        .unwrap_or_else(|_| Err(H5Error::Contradiction { path: "/".into() }))
}

fn read_file(bytes: Vec<u8>) -> Result<Parameters, H5Error> {
    let size = bytes.len() as u64;
    let budget = size.saturating_mul(UNFOLD_LIMIT);
    let options = OpenOptions::default()
        .with_chunk_cache_bytes(0)
        .with_max_chunk_bytes(usize::try_from(budget).unwrap_or(usize::MAX));
    let root = Hdf5File::from_vec_with_options(bytes, options).and_then(|file| file.root_group());
    let root = root.map_err(|reason| unreadable("/", &reason))?;
    let mut walk = Walk { size, budget, seen: HashSet::new(), found: Vec::new() };
    walk.group(&root, "", 0)?;
    let mut found = walk.found;
    found.sort_by(|(a, parameter_a), (b, parameter_b)| {
        (a.is_none(), a, &parameter_a.name).cmp(&(b.is_none(), b, &parameter_b.name))
    });
    let mut parameters = Parameters::new();
    for (_, parameter) in found {
        if let Some(old) = parameters.insert(parameter) {
            return Err(H5Error::Duplicate { path: old.name });
        }
    }
    Ok(parameters)
}

/// One pass over a file.
struct Walk {
    /// Bytes of the file.
    size: u64,
    /// Bytes that values may still unfold to.
    budget: u64,
    /// Addresses of the objects met: one linked twice is a loop, or the start of endless repetition.
    seen: HashSet<u64>,
    /// Parameters with their `index`.
    found: Vec<(Option<i128>, Parameter)>,
}

impl Walk {
    /// Reads everything below a group whose path is `scope`, which is empty or ends with `/`.
    fn group(&mut self, group: &Group, scope: &str, depth: usize) -> Result<(), H5Error> {
        let path = if scope.is_empty() { "/" } else { scope.trim_end_matches('/') };
        if depth > DEPTH_LIMIT {
            return Err(H5Error::TooDeep { path: path.into(), limit: DEPTH_LIMIT });
        }
        self.first_time(group.address(), path)?;
        let (groups, datasets) = group.members().map_err(|reason| unreadable(path, &reason))?;
        for dataset in datasets {
            let name = format!("{scope}{}", dataset.name());
            self.first_time(dataset.address(), &name)?;
            let index = attribute(&dataset, &name, "index")?;
            let need_grad = attribute(&dataset, &name, "need_grad")?
                .ok_or_else(|| H5Error::NoAttribute { path: name.clone(), attribute: "need_grad" })?;
            let (shape, data) = self.values(&dataset, &name)?;
            self.found.push((index, Parameter { name, shape, data, need_grad: need_grad != 0 }));
        }
        for child in groups {
            self.group(&child, &format!("{scope}{}/", child.name()), depth + 1)?;
        }
        Ok(())
    }

    fn first_time(&mut self, address: u64, path: &str) -> Result<(), H5Error> {
        if self.seen.insert(address) { Ok(()) } else { Err(H5Error::LinkedTwice { path: path.into() }) }
    }

    /// Shape and values of a dataset.
    fn values(&mut self, dataset: &Dataset, path: &str) -> Result<(Vec<usize>, Arc<[f32]>), H5Error> {
        let width = match dataset.dtype() {
            Datatype::FloatingPoint { size: size @ (4 | 8), .. } => u64::from(*size),
            other => return Err(H5Error::DataType { path: path.into(), found: described(other) }),
        };
        let count = self.charge(dataset, path, width)?;
        let shape = dataset.shape().iter().map(|&extent| usize::try_from(extent));
        let (Ok(shape), Ok(count)) = (shape.collect::<Result<Vec<_>, _>>(), usize::try_from(count)) else {
            return Err(self.too_large(dataset, path));
        };
        if width == 4 {
            let mut data: Arc<[f32]> = std::iter::repeat_n(0.0, count).collect();
            dataset.read_into(Arc::make_mut(&mut data)).map_err(|reason| unreadable(path, &reason))?;
            return Ok((shape, data));
        }
        let mut wide = vec![0.0_f64; count];
        dataset.read_into(&mut wide).map_err(|reason| unreadable(path, &reason))?;
        Ok((shape, wide.into_iter().map(|value| value as f32).collect()))
    }

    /// Takes from the budget what reading a dataset needs, before that is allocated, and gives the number of values.
    ///
    /// Values outside chunks take as many bytes as the file has for them, so those are bounded by its size alone.
    fn charge(&mut self, dataset: &Dataset, path: &str, width: u64) -> Result<u64, H5Error> {
        let count = dataset.num_elements().map_err(|reason| unreadable(path, &reason))?;
        let values = count.checked_mul(width);
        let (needed, limit) = match dataset.chunks() {
            None => (values, self.budget.min(self.size)),
            Some(chunk) => {
                let extents = dataset.shape().iter().zip(chunk.iter().map(|&extent| u64::from(extent.max(1))));
                let covered = extents.map(|(&extent, step)| extent.checked_next_multiple_of(step));
                let covered = covered.into_iter().try_fold(width, |product, extent| product.checked_mul(extent?));
                (covered.max(values), self.budget)
            }
        };
        match needed {
            Some(needed) if needed <= limit => {
                self.budget -= needed;
                Ok(count)
            }
            _ => Err(self.too_large(dataset, path)),
        }
    }

    fn too_large(&self, dataset: &Dataset, path: &str) -> H5Error {
        H5Error::TooLarge { path: path.into(), shape: dataset.shape().to_vec(), size: self.size }
    }
}

/// The value of a whole-number or Boolean attribute, where there is one.
fn attribute(dataset: &Dataset, path: &str, name: &'static str) -> Result<Option<i128>, H5Error> {
    match dataset.attribute(name) {
        Ok(Attribute { datatype, raw_data, .. }) => match whole_number(&datatype, &raw_data) {
            Some(value) => Ok(Some(value)),
            None => {
                let found = described(&datatype);
                Err(H5Error::AttributeType { path: path.into(), attribute: name, found })
            }
        },
        Err(hdf5_reader::error::Error::AttributeNotFound(_)) => Ok(None),
        Err(reason) => Err(unreadable(path, &reason)),
    }
}

/// h5py stores Booleans as an enumeration over bytes.
fn whole_number(datatype: &Datatype, bytes: &[u8]) -> Option<i128> {
    let (size, signed, order) = match datatype {
        Datatype::FixedPoint { size, signed, byte_order } => (*size, *signed, *byte_order),
        Datatype::Enum { base, .. } => match **base {
            Datatype::FixedPoint { size, signed, byte_order } => (size, signed, byte_order),
            _ => return None,
        },
        _ => return None,
    };
    if !(1..=8).contains(&size) || bytes.len() != usize::from(size) {
        return None;
    }
    let join = |value: i128, byte: &u8| value << 8 | i128::from(*byte);
    let value = match order {
        ByteOrder::LittleEndian => bytes.iter().rev().fold(0, join),
        ByteOrder::BigEndian => bytes.iter().fold(0, join),
    };
    let bits = 8 * u32::from(size);
    Some(if signed && value >> (bits - 1) == 1 { value - (1 << bits) } else { value })
}

fn described(datatype: &Datatype) -> H5Type {
    match datatype {
        Datatype::FixedPoint { size, signed, .. } => {
            H5Type::Number(format!("{}int{}", if *signed { "" } else { "u" }, 8 * u32::from(*size)))
        }
        Datatype::FloatingPoint { size, .. } => H5Type::Number(format!("float{}", 8 * u32::from(*size))),
        Datatype::Bitfield { .. } => H5Type::BitField,
        Datatype::Enum { .. } => H5Type::Enumeration,
        Datatype::String { .. } => H5Type::Text,
        Datatype::Compound { .. } => H5Type::Compound,
        Datatype::Array { .. } => H5Type::Array,
        Datatype::VarLen { .. } => H5Type::VariableLength,
        Datatype::Opaque { .. } => H5Type::Opaque,
        Datatype::Reference { .. } => H5Type::Reference,
    }
}

fn unreadable(path: &str, reason: &hdf5_reader::error::Error) -> H5Error {
    // The reader puts the last part of a dataset's path in front, which `path` ends with already.
    let reason = match reason {
        hdf5_reader::error::Error::Context { path: part, source } if path.ends_with(part) => source,
        other => other,
    };
    H5Error::Format { path: path.into(), reason: reason.to_string() }
}

#[cfg(test)]
mod tests;
