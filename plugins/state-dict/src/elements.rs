//! Element types of storages and their conversion to float32.

use half::{bf16, f16};
use std::sync::Arc;

/// Element type of a storage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Elements {
    /// IEEE 754 double precision.
    Double,
    /// IEEE 754 single precision.
    Float,
    /// IEEE 754 half precision.
    Half,
    /// The upper 16 bits of a single.
    BFloat16,
    /// Integers or booleans of this many bytes; their values are never looked at.
    Integer(usize),
}

impl Elements {
    /// The type of a storage class of module `torch`.
    pub(crate) fn of_class(class: &str) -> Option<Self> {
        Some(match class {
            "DoubleStorage" => Self::Double,
            "FloatStorage" => Self::Float,
            "HalfStorage" => Self::Half,
            "BFloat16Storage" => Self::BFloat16,
            "LongStorage" => Self::Integer(8),
            "IntStorage" => Self::Integer(4),
            "ShortStorage" => Self::Integer(2),
            "CharStorage" | "ByteStorage" | "BoolStorage" => Self::Integer(1),
            _ => return None,
        })
    }

    /// Bytes of one element.
    pub(crate) fn size(self) -> usize {
        match self {
            Self::Double => 8,
            Self::Float => 4,
            Self::Half | Self::BFloat16 => 2,
            Self::Integer(size) => size,
        }
    }

    /// The conversion of one little-endian element, `None` for integers.
    pub(crate) fn to_f32(self) -> Option<fn(&[u8]) -> f32> {
        fn bytes<const N: usize>(element: &[u8]) -> [u8; N] {
            let mut all = [0; N];
            all.iter_mut().zip(element).for_each(|(to, from)| *to = *from);
            all
        }
        Some(match self {
            Self::Double => |element| f64::from_le_bytes(bytes(element)) as f32,
            Self::Float => |element| f32::from_le_bytes(bytes(element)),
            Self::Half => |element| f16::from_le_bytes(bytes(element)).to_f32(),
            Self::BFloat16 => |element| bf16::from_le_bytes(bytes(element)).to_f32(),
            Self::Integer(_) => return None,
        })
    }

    /// Little-endian elements as float32; integers give none.
    pub(crate) fn decode(self, bytes: &[u8]) -> Arc<[f32]> {
        let Some(convert) = self.to_f32() else { return Arc::default() };
        bytes.chunks_exact(self.size()).map(convert).collect()
    }
}
