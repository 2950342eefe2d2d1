//! The numbers that samples are made of, and the memory they are written to.

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

/// Memory that the values go to, one element per value of the shape.
pub(crate) enum Out<'a> {
    U8(&'a mut [u8]),
    /// Four bytes per value, native byte order.
    F32(&'a mut [u8]),
    /// As `F32`, image values divided by the largest there are.
    NormalizedF32(&'a mut [u8]),
}

impl<'a> Out<'a> {
    /// `bytes` as values of `element`.
    pub(crate) fn of(element: Element, bytes: &'a mut [u8]) -> Out<'a> {
        match element {
            Element::U8 => Out::U8(bytes),
            Element::F32 => Out::F32(bytes),
            Element::NormalizedF32 => Out::NormalizedF32(bytes),
        }
    }
}
