//! Reads `parameter.protobuf` from a stream.

use super::field;
use crate::{
    error::{Malformation, ProtobufError},
    op::elements,
    parameter::{Parameter, Parameters},
};
use prost::encoding::{WireType, decode_key, decode_varint};
use std::io::{BufRead, BufReader, ErrorKind, Read};

/// Values that a claimed length may reserve memory for before they are read.
const RESERVE: usize = 1 << 20;

/// Reads all parameters of an `NNablaProtoBuf` message and skips everything else in it.
///
/// # Errors
/// [`ProtobufError`] with the position of the first byte that is not valid.
pub fn read(input: impl Read) -> Result<Parameters, ProtobufError> {
    let mut decoder = Decoder { input: BufReader::new(input), offset: 0, left: u64::MAX };
    let mut parameters = Parameters::new();
    while !decoder.at_end()? {
        let start = decoder.offset;
        let (tag, wire_type) = decoder.key()?;
        if tag != field::PARAMETER {
            decoder.skip(wire_type)?;
            continue;
        }
        decoder.expect("parameter", wire_type, WireType::LengthDelimited)?;
        let parameter = decoder.parameter()?;
        let name = parameter.name.clone();
        if parameters.insert(parameter).is_some() {
            return Err(ProtobufError::Duplicate { offset: start, name });
        }
    }
    Ok(parameters)
}

struct Decoder<R> {
    input: BufReader<R>,
    /// Bytes read so far.
    offset: u64,
    /// Bytes left of the message being read; the outermost one has no known length.
    left: u64,
}

impl<R: Read> Decoder<R> {
    fn parameter(&mut self) -> Result<Parameter, ProtobufError> {
        let (mut name, mut dims, mut data, mut need_grad) = (String::new(), Vec::new(), Vec::new(), false);
        self.message(|decoder, tag, wire_type| {
            match tag {
                field::VARIABLE_NAME => {
                    decoder.expect("variable_name", wire_type, WireType::LengthDelimited)?;
                    name = decoder.string()?;
                }
                field::SHAPE => {
                    decoder.expect("shape", wire_type, WireType::LengthDelimited)?;
                    decoder.shape(&mut dims)?;
                }
                field::DATA if wire_type == WireType::ThirtyTwoBit => data.push(decoder.float()?),
                field::DATA => {
                    decoder.expect("data", wire_type, WireType::LengthDelimited)?;
                    decoder.floats(&mut data)?;
                }
                field::NEED_GRAD => {
                    decoder.expect("need_grad", wire_type, WireType::Varint)?;
                    need_grad = decoder.varint()? != 0;
                }
                _ => decoder.skip(wire_type)?,
            }
            Ok(())
        })?;
        let shape: Option<Vec<usize>> = dims.iter().map(|&extent| usize::try_from(extent).ok()).collect();
        let wanted = shape.as_deref().and_then(elements);
        match shape {
            Some(shape) if wanted == Some(data.len()) => Ok(Parameter { name, shape, data: data.into(), need_grad }),
            _ => Err(ProtobufError::Length { name, found: data.len(), shape: dims, expected: wanted }),
        }
    }

    fn shape(&mut self, dims: &mut Vec<i64>) -> Result<(), ProtobufError> {
        self.message(|decoder, tag, wire_type| {
            match (tag, wire_type) {
                (field::DIM, WireType::Varint) => dims.push(decoder.varint()?.cast_signed()),
                (field::DIM, _) => {
                    decoder.expect("dim", wire_type, WireType::LengthDelimited)?;
                    decoder.delimited(|decoder| {
                        while decoder.left > 0 {
                            dims.push(decoder.varint()?.cast_signed());
                        }
                        Ok(())
                    })?;
                }
                _ => decoder.skip(wire_type)?,
            }
            Ok(())
        })
    }

    fn floats(&mut self, data: &mut Vec<f32>) -> Result<(), ProtobufError> {
        self.delimited(|decoder| {
            if !decoder.left.is_multiple_of(4) {
                return Err(decoder.malformed(Malformation::PackedFloats(decoder.left)));
            }
            let mut bytes = [0; 4096];
            while decoder.left > 0 {
                let count = usize::try_from(decoder.left).unwrap_or(usize::MAX);
                if data.len() == data.capacity() {
                    data.reserve_exact((count / 4).min(RESERVE.max(data.len() / 2)));
                }
                let (chunk, _) = bytes.split_at_mut(count.min(4096));
                decoder.exact(chunk)?;
                let (values, _) = chunk.as_chunks::<4>();
                data.extend(values.iter().map(|value| f32::from_le_bytes(*value)));
            }
            Ok(())
        })
    }

    fn float(&mut self) -> Result<f32, ProtobufError> {
        let mut bytes = [0; 4];
        self.exact(&mut bytes)?;
        Ok(f32::from_le_bytes(bytes))
    }

    fn string(&mut self) -> Result<String, ProtobufError> {
        let offset = self.offset;
        self.delimited(|decoder| {
            let mut bytes = Vec::new();
            decoder.input.by_ref().take(decoder.left).read_to_end(&mut bytes).map_err(|error| decoder.failed(error))?;
            decoder.consumed(bytes.len() as u64);
            if decoder.left > 0 {
                return Err(ProtobufError::Truncated { offset: decoder.offset, needed: decoder.left });
            }
            String::from_utf8(bytes).map_err(|_| ProtobufError::NotUtf8 { offset })
        })
    }

    /// Reads the fields of a nested message.
    fn message(
        &mut self,
        mut field: impl FnMut(&mut Self, u32, WireType) -> Result<(), ProtobufError>,
    ) -> Result<(), ProtobufError> {
        self.delimited(|decoder| {
            while decoder.left > 0 {
                let (tag, wire_type) = decoder.key()?;
                field(decoder, tag, wire_type)?;
            }
            Ok(())
        })
    }

    /// Reads a length and then, with [`Decoder::left`] set to it, the content.
    fn delimited<T>(
        &mut self,
        content: impl FnOnce(&mut Self) -> Result<T, ProtobufError>,
    ) -> Result<T, ProtobufError> {
        let offset = self.offset;
        let length = self.varint()?;
        let Some(rest) = self.left.checked_sub(length) else {
            return Err(ProtobufError::Overrun { offset, found: length, limit: self.left });
        };
        self.left = length;
        let found = content(self)?;
        self.left = rest;
        Ok(found)
    }

    fn skip(&mut self, wire_type: WireType) -> Result<(), ProtobufError> {
        match wire_type {
            WireType::Varint => self.varint().map(drop),
            WireType::ThirtyTwoBit => self.exact(&mut [0; 4]),
            WireType::SixtyFourBit => self.exact(&mut [0; 8]),
            WireType::LengthDelimited => self.delimited(|decoder| {
                let mut rest = decoder.input.by_ref().take(decoder.left);
                let skipped = std::io::copy(&mut rest, &mut std::io::sink()).map_err(|error| decoder.failed(error))?;
                decoder.consumed(skipped);
                match decoder.left {
                    0 => Ok(()),
                    needed => Err(ProtobufError::Truncated { offset: decoder.offset, needed }),
                }
            }),
            WireType::StartGroup | WireType::EndGroup => Err(self.malformed(Malformation::Group)),
        }
    }

    fn key(&mut self) -> Result<(u32, WireType), ProtobufError> {
        let (bytes, length) = self.varint_bytes()?;
        let (bytes, _) = bytes.split_at(length);
        decode_key(&mut &*bytes).map_err(|error| self.malformed(Malformation::Encoding(error.to_string())))
    }

    fn varint(&mut self) -> Result<u64, ProtobufError> {
        let (bytes, length) = self.varint_bytes()?;
        let (bytes, _) = bytes.split_at(length);
        decode_varint(&mut &*bytes).map_err(|error| self.malformed(Malformation::Encoding(error.to_string())))
    }

    /// The bytes of one varint and how many they are, at most 10.
    fn varint_bytes(&mut self) -> Result<([u8; 10], usize), ProtobufError> {
        let mut bytes = [0; 10];
        for (at, slot) in bytes.iter_mut().enumerate() {
            let mut byte = [0];
            self.exact(&mut byte)?;
            let [byte] = byte;
            *slot = byte;
            if byte < 0x80 {
                return Ok((bytes, at + 1));
            }
        }
        Err(self.malformed(Malformation::LongVarint))
    }

    fn exact(&mut self, bytes: &mut [u8]) -> Result<(), ProtobufError> {
        let needed = bytes.len() as u64;
        if needed > self.left {
            return Err(ProtobufError::Overrun { offset: self.offset, found: needed, limit: self.left });
        }
        match self.input.read_exact(bytes) {
            Ok(()) => {
                self.consumed(needed);
                Ok(())
            }
            Err(error) if error.kind() == ErrorKind::UnexpectedEof => {
                Err(ProtobufError::Truncated { offset: self.offset, needed })
            }
            Err(error) => Err(self.failed(error)),
        }
    }

    fn at_end(&mut self) -> Result<bool, ProtobufError> {
        match self.input.fill_buf() {
            Ok(bytes) => Ok(bytes.is_empty()),
            Err(error) => Err(self.failed(error)),
        }
    }

    fn consumed(&mut self, count: u64) {
        self.offset = self.offset.saturating_add(count);
        self.left = self.left.saturating_sub(count);
    }

    fn expect(&self, field: &'static str, found: WireType, expected: WireType) -> Result<(), ProtobufError> {
        if found == expected {
            return Ok(());
        }
        let expected = match expected {
            WireType::Varint => "varint",
            _ => "length-delimited",
        };
        Err(ProtobufError::WireType { offset: self.offset, field, found: format!("{found:?}"), expected })
    }

    fn malformed(&self, found: Malformation) -> ProtobufError {
        ProtobufError::Malformed { offset: self.offset, found }
    }

    fn failed(&self, reason: std::io::Error) -> ProtobufError {
        ProtobufError::Io { offset: self.offset, reason }
    }
}
