//! Fields of protobuf messages, as slices of the file.

use prost::encoding::{WireType, decode_key, decode_varint};

use crate::error::ImportError;

/// Nodes, names, attributes, numbers in lists and whatever else is kept one by one: more are in no file. A list of
/// the largest networks has some thousands.
const MOST_ITEMS: usize = 1 << 20;

/// The bytes of one message that are still to be read.
#[derive(Clone)]
pub(crate) struct Message<'a> {
    rest: &'a [u8],
    /// Where `rest` begins in the file.
    offset: usize,
}

/// The content of a field.
#[derive(Clone)]
pub(crate) enum Content<'a> {
    Varint(u64),
    Fixed32([u8; 4]),
    Fixed64([u8; 8]),
    Bytes(Message<'a>),
}

/// How many things a file may still list.
pub(crate) struct Budget {
    left: usize,
}

impl Default for Budget {
    fn default() -> Self {
        Self { left: MOST_ITEMS }
    }
}

impl Budget {
    /// Counts things before memory is taken for them.
    pub(crate) fn take(&mut self, count: usize) -> Result<(), ImportError> {
        self.left = self.left.checked_sub(count).ok_or(ImportError::TooMany { limit: MOST_ITEMS })?;
        Ok(())
    }
}

impl<'a> Message<'a> {
    pub(crate) fn new(file: &'a [u8]) -> Self {
        Self { rest: file, offset: 0 }
    }

    pub(crate) fn bytes(&self) -> &'a [u8] {
        self.rest
    }

    fn malformed(&self) -> ImportError {
        ImportError::Malformed { offset: self.offset }
    }

    fn advance(&mut self, count: usize) -> Result<&'a [u8], ImportError> {
        let (head, rest) = self.rest.split_at_checked(count).ok_or_else(|| self.malformed())?;
        self.rest = rest;
        self.offset += count;
        Ok(head)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], ImportError> {
        let malformed = self.malformed();
        self.advance(N)?.try_into().map_err(|_| malformed)
    }

    /// The next number of a packed list, or the value of a field.
    pub(crate) fn varint(&mut self) -> Result<u64, ImportError> {
        let mut rest = self.rest;
        let value = decode_varint(&mut rest).map_err(|_| self.malformed())?;
        self.offset += self.rest.len() - rest.len();
        self.rest = rest;
        Ok(value)
    }

    /// The next field with its number; `None` at the end.
    pub(crate) fn next(&mut self) -> Result<Option<(u32, Content<'a>)>, ImportError> {
        if self.rest.is_empty() {
            return Ok(None);
        }
        let mut rest = self.rest;
        let (tag, wire_type) = decode_key(&mut rest).map_err(|_| self.malformed())?;
        self.offset += self.rest.len() - rest.len();
        self.rest = rest;
        let content = match wire_type {
            WireType::Varint => Content::Varint(self.varint()?),
            WireType::ThirtyTwoBit => Content::Fixed32(self.array()?),
            WireType::SixtyFourBit => Content::Fixed64(self.array()?),
            WireType::LengthDelimited => {
                let length = self.varint()?;
                let offset = self.offset;
                let length = usize::try_from(length).map_err(|_| self.malformed())?;
                Content::Bytes(Self { rest: self.advance(length)?, offset })
            }
            // Groups went out of use before ONNX was there.
            WireType::StartGroup | WireType::EndGroup => return Err(self.malformed()),
        };
        Ok(Some((tag, content)))
    }
}

impl<'a> Content<'a> {
    /// The field as a message, text or list.
    pub(crate) fn message(self, outer: &Message<'a>) -> Result<Message<'a>, ImportError> {
        match self {
            Self::Bytes(message) => Ok(message),
            _ => Err(outer.malformed()),
        }
    }

    pub(crate) fn text(self, outer: &Message<'a>) -> Result<&'a str, ImportError> {
        let message = self.message(outer)?;
        std::str::from_utf8(message.rest).map_err(|_| message.malformed())
    }

    /// An int64, int32 or an enumeration.
    pub(crate) fn int(self, outer: &Message<'a>) -> Result<i64, ImportError> {
        match self {
            Self::Varint(value) => Ok(value.cast_signed()),
            _ => Err(outer.malformed()),
        }
    }

    pub(crate) fn float(self, outer: &Message<'a>) -> Result<f32, ImportError> {
        match self {
            Self::Fixed32(bytes) => Ok(f32::from_le_bytes(bytes)),
            _ => Err(outer.malformed()),
        }
    }

    /// Adds the numbers of a repeated integer, packed or one by one.
    pub(crate) fn ints(self, outer: &Message<'a>, budget: &mut Budget, out: &mut Vec<i64>) -> Result<(), ImportError> {
        match self {
            Self::Varint(value) => {
                budget.take(1)?;
                out.push(value.cast_signed());
            }
            Self::Bytes(mut packed) => {
                while !packed.rest.is_empty() {
                    budget.take(1)?;
                    out.push(packed.varint()?.cast_signed());
                }
            }
            _ => return Err(outer.malformed()),
        }
        Ok(())
    }

    /// Adds the numbers of a repeated float, packed or one by one.
    pub(crate) fn floats(
        self,
        outer: &Message<'a>,
        budget: &mut Budget,
        out: &mut Vec<f32>,
    ) -> Result<(), ImportError> {
        match self {
            Self::Fixed32(bytes) => {
                budget.take(1)?;
                out.push(f32::from_le_bytes(bytes));
            }
            Self::Bytes(packed) => {
                let (values, odd) = packed.rest.as_chunks::<4>();
                if !odd.is_empty() {
                    return Err(packed.malformed());
                }
                budget.take(values.len())?;
                out.extend(values.iter().map(|&bytes| f32::from_le_bytes(bytes)));
            }
            _ => return Err(outer.malformed()),
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tags(bytes: &[u8]) -> Result<Vec<u32>, ImportError> {
        let mut message = Message::new(bytes);
        let mut tags = Vec::new();
        while let Some((tag, _)) = message.next()? {
            tags.push(tag);
        }
        Ok(tags)
    }

    #[test]
    fn fields_of_every_wire_type_are_told_apart() {
        assert_eq!(tags(b"\x08\x96\x01\x12\x02hi\x1d\0\0\x80\x3f\x21\0\0\0\0\0\0\0\0").unwrap(), [1, 2, 3, 4]);
    }

    #[test]
    fn what_ends_early_or_is_no_field_is_refused_with_its_place() {
        for (bytes, offset) in [
            (&b"\x08"[..], 1),
            (b"\x12\x05hi", 2),
            (b"\x12\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 11),
            (b"\x1d\0\0", 1),
            (b"\x08\x01\x0b", 3),
            (b"\x00\x01", 0),
            (b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", 0),
        ] {
            let refused = tags(bytes).unwrap_err();
            assert!(matches!(refused, ImportError::Malformed { offset: found } if found == offset), "{refused:?}");
        }
    }

    #[test]
    fn lists_are_counted_before_they_are_kept() {
        let mut budget = Budget { left: 3 };
        let mut out = Vec::new();
        let outer = Message::new(b"");
        Content::Bytes(Message::new(b"\x01\x02")).ints(&outer, &mut budget, &mut out).unwrap();
        assert_eq!(out, [1, 2]);
        let refused = Content::Bytes(Message::new(b"\x01\x02")).ints(&outer, &mut budget, &mut out);
        assert!(matches!(refused, Err(ImportError::TooMany { .. })));
        let mut budget = Budget { left: 1 };
        let floats = Content::Bytes(Message::new(&[0; 8])).floats(&outer, &mut budget, &mut Vec::new());
        assert!(matches!(floats, Err(ImportError::TooMany { .. })));
    }
}
