//! `parameter.protobuf`: an `NNablaProtoBuf` message with nothing but parameters (contract 7.2, 7.3).
//!
//! Written straight from the values, without a second copy of them: dense PaDiM models are hundreds of megabytes. Reading
//! works the same way and trusts no length: memory grows with the bytes that are there, not with the claimed length.

mod decode;

pub use decode::read;

use crate::{error::ProtobufError, parameter::Parameter};
use prost::encoding::{WireType, encode_key, encode_varint, encoded_len_varint, key_len};
use std::io::Write;

/// The largest message that protobuf implementations read: 2 GiB − 1.
pub const SIZE_LIMIT: u64 = 0x7fff_ffff;

/// Field numbers of `NNablaProtoBuf`, `Parameter` and `Shape`.
mod field {
    pub(super) const PARAMETER: u32 = 200;
    pub(super) const VARIABLE_NAME: u32 = 1;
    pub(super) const SHAPE: u32 = 20;
    pub(super) const DATA: u32 = 100;
    pub(super) const NEED_GRAD: u32 = 101;
    pub(super) const DIM: u32 = 1;
}

/// Bytes that [`write()`] gives for these parameters.
pub fn encoded_len<'a>(parameters: impl IntoIterator<Item = &'a Parameter>) -> u64 {
    parameters
        .into_iter()
        .map(|parameter| delimited(field::PARAMETER, body_len(parameter)))
        .fold(0, u64::saturating_add)
}

/// Writes the parameters as one message and returns its length.
///
/// # Errors
/// [`ProtobufError::TooLarge`] above [`SIZE_LIMIT`], before anything is written; [`ProtobufError::Io`].
pub fn write<'a, I>(parameters: I, out: &mut impl Write) -> Result<u64, ProtobufError>
where
    I: IntoIterator<Item = &'a Parameter>,
    I::IntoIter: Clone,
{
    let parameters = parameters.into_iter();
    let total = encoded_len(parameters.clone());
    if total > SIZE_LIMIT {
        return Err(ProtobufError::TooLarge { found: total, limit: SIZE_LIMIT });
    }
    let mut offset = 0;
    for parameter in parameters {
        write_parameter(parameter, out).map_err(|reason| ProtobufError::Io { offset, reason })?;
        offset += delimited(field::PARAMETER, body_len(parameter));
    }
    Ok(total)
}

fn write_parameter(parameter: &Parameter, out: &mut impl Write) -> std::io::Result<()> {
    let mut head = Vec::new();
    let start = |tag, len, head: &mut Vec<u8>| {
        encode_key(tag, WireType::LengthDelimited, head);
        encode_varint(len, head);
    };
    start(field::PARAMETER, body_len(parameter), &mut head);
    start(field::VARIABLE_NAME, parameter.name.len() as u64, &mut head);
    head.extend_from_slice(parameter.name.as_bytes());
    start(field::SHAPE, shape_len(parameter), &mut head);
    if !parameter.shape.is_empty() {
        start(field::DIM, dims_len(parameter), &mut head);
        parameter.shape.iter().for_each(|&extent| encode_varint(extent as u64, &mut head));
    }
    if !parameter.data.is_empty() {
        start(field::DATA, data_len(parameter), &mut head);
    }
    out.write_all(&head)?;
    let mut bytes = Vec::with_capacity(CHUNK * size_of::<f32>());
    for values in parameter.data.chunks(CHUNK) {
        bytes.clear();
        values.iter().for_each(|value| bytes.extend_from_slice(&value.to_le_bytes()));
        out.write_all(&bytes)?;
    }
    if parameter.need_grad {
        let mut tail = Vec::new();
        encode_key(field::NEED_GRAD, WireType::Varint, &mut tail);
        encode_varint(1, &mut tail);
        out.write_all(&tail)?;
    }
    Ok(())
}

/// Values converted to bytes at a time.
const CHUNK: usize = 4096;

/// Bytes of a field with a length before its content.
fn delimited(tag: u32, len: u64) -> u64 {
    (key_len(tag) as u64).saturating_add(encoded_len_varint(len) as u64).saturating_add(len)
}

fn body_len(parameter: &Parameter) -> u64 {
    let name = delimited(field::VARIABLE_NAME, parameter.name.len() as u64);
    let data = if parameter.data.is_empty() { 0 } else { delimited(field::DATA, data_len(parameter)) };
    let need_grad = if parameter.need_grad { key_len(field::NEED_GRAD) as u64 + 1 } else { 0 };
    name.saturating_add(delimited(field::SHAPE, shape_len(parameter))).saturating_add(data).saturating_add(need_grad)
}

fn shape_len(parameter: &Parameter) -> u64 {
    if parameter.shape.is_empty() { 0 } else { delimited(field::DIM, dims_len(parameter)) }
}

fn dims_len(parameter: &Parameter) -> u64 {
    parameter.shape.iter().map(|&extent| encoded_len_varint(extent as u64) as u64).sum()
}

fn data_len(parameter: &Parameter) -> u64 {
    (parameter.data.len() as u64).saturating_mul(size_of::<f32>() as u64)
}

#[cfg(test)]
mod tests;
