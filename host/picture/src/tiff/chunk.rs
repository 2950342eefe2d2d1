//! One strip or tile of a TIFF: from its bytes in the file to samples of a byte each.

use std::borrow::Cow;
use std::io::Read;

use fax::Color;
use flate2::read::ZlibDecoder;
use weezl::BitOrder;

use super::layout::{Colours, Compression, Layout};
use crate::facts;
use crate::jpeg;

/// Reads the strips or tiles of an image, in memory that is used again.
pub(super) struct Chunk<'a> {
    file: &'a [u8],
    layout: &'a Layout,
    /// Samples per pixel in one strip or tile.
    samples: usize,
    /// As they are stored: bits side by side, each row from a byte of its own.
    packed: Vec<u8>,
    values: Vec<u8>,
}

impl<'a> Chunk<'a> {
    pub(super) fn new(file: &'a [u8], layout: &'a Layout) -> Chunk<'a> {
        let samples = if layout.separate { 1 } else { layout.samples() };
        Chunk { file, layout, samples, packed: Vec::new(), values: Vec::new() }
    }

    /// The first `rows` rows of a strip or tile, one byte for each sample.
    pub(super) fn read(&mut self, index: usize, rows: usize) -> Result<&[u8], String> {
        let Layout { compression, bits, .. } = *self.layout;
        let stored = self.stored(index)?;
        let width = self.layout.chunk_width as usize;
        let row = width * self.samples;
        if compression == Compression::Jpeg {
            self.jpeg(stored, width, rows)?;
            return Ok(&self.values);
        }
        let stored = match self.layout.low_bit_first {
            true => Cow::Owned(stored.iter().map(|byte| byte.reverse_bits()).collect::<Vec<u8>>()),
            false => Cow::Borrowed(stored),
        };
        let row_bytes = (row * bits as usize).div_ceil(8);
        self.packed.resize(row_bytes * rows, 0);
        unpack(compression, &stored, width, &mut self.packed)
            .map_err(|reason| format!("strip or tile {index}: {reason}"))?;
        if self.layout.differences {
            for line in self.packed.chunks_exact_mut(row_bytes) {
                for at in self.samples..line.len() {
                    line[at] = line[at].wrapping_add(line[at - self.samples]);
                }
            }
        }
        if bits == 8 {
            return Ok(&self.packed);
        }
        self.values.clear();
        let mask = (1_u8 << bits) - 1;
        for line in self.packed.chunks_exact(row_bytes) {
            self.values.extend((0..row).map(|at| {
                let bit = at * bits as usize;
                line[bit / 8] >> (8 - bits as usize - bit % 8) & mask
            }));
        }
        Ok(&self.values)
    }

    /// The bytes in the file.
    fn stored(&self, index: usize) -> Result<&'a [u8], String> {
        let missing = || format!("strip or tile {index} lies outside of the file");
        let &(start, length) = self.layout.chunks.get(index).ok_or_else(missing)?;
        let start = usize::try_from(start).map_err(|_| missing())?;
        let length = usize::try_from(length).map_err(|_| missing())?;
        self.file.get(start..).and_then(|rest| rest.get(..length)).ok_or_else(missing)
    }

    fn jpeg(&mut self, stored: &[u8], width: usize, rows: usize) -> Result<(), String> {
        if !facts::jpeg(stored).complete {
            return Err("a JPEG in it ends before its end marker".to_owned());
        }
        let colours = match self.layout.colours {
            Colours::YCbCr => jpeg::Stored::YCbCr,
            _ => jpeg::Stored::AsIs,
        };
        let tables = self.layout.jpeg_tables.as_deref();
        // The height in the directory is bounded, that in the JPEG is only as tall as a strip or tile may be.
        jpeg::in_tiff(
            stored,
            tables,
            colours,
            [width, rows, self.layout.chunk_height as usize],
            self.samples,
            &mut self.values,
        )
    }
}

/// Fills `out` with what `stored` decodes to.
fn unpack(compression: Compression, stored: &[u8], width: usize, out: &mut [u8]) -> Result<(), String> {
    let short = || "it ends too early".to_owned();
    match compression {
        Compression::None => {
            out.copy_from_slice(stored.get(..out.len()).ok_or_else(short)?);
        }
        Compression::PackBits => pack_bits(stored, out).ok_or_else(short)?,
        Compression::Deflate => {
            ZlibDecoder::new(stored).read_exact(out).map_err(|error| error.to_string())?;
        }
        Compression::Lzw => {
            let mut decoder = weezl::decode::Decoder::with_tiff_size_switch(BitOrder::Msb, 8);
            let mut done = (0, 0);
            while done.1 < out.len() {
                let step = decoder.decode_bytes(&stored[done.0..], &mut out[done.1..]);
                let (read, written) = (step.consumed_in, step.consumed_out);
                step.status.map_err(|error| error.to_string())?;
                if (read, written) == (0, 0) {
                    return Err(short());
                }
                done = (done.0 + read, done.1 + written);
            }
        }
        Compression::Fax3 | Compression::Fax4 => fax_lines(compression, stored, width, out).ok_or_else(short)?,
        Compression::Jpeg => return Err("a JPEG has no rows of bits".to_owned()),
    }
    Ok(())
}

/// Runs of a byte, and bytes as they are.
fn pack_bits(mut stored: &[u8], out: &mut [u8]) -> Option<()> {
    let mut at = 0;
    while at < out.len() {
        let (&head, rest) = stored.split_first()?;
        let head = head as i8;
        stored = rest;
        let room = out.len() - at;
        if head >= 0 {
            let length = head as usize + 1;
            let bytes = stored.get(..length)?;
            stored = &stored[length..];
            // A run over the end is cut, as libtiff cuts it.
            let used = length.min(room);
            out[at..at + used].copy_from_slice(&bytes[..used]);
            at += used;
        } else if head != i8::MIN {
            let (&byte, rest) = stored.split_first()?;
            stored = rest;
            let used = (usize::from(head.unsigned_abs()) + 1).min(room);
            out[at..at + used].fill(byte);
            at += used;
        }
    }
    Some(())
}

/// The lines of a fax; black is 1.
fn fax_lines(compression: Compression, stored: &[u8], width: usize, out: &mut [u8]) -> Option<()> {
    let (width, row) = (u16::try_from(width).ok()?, width.div_ceil(8));
    let rows = out.len() / row;
    let mut lines = out.chunks_exact_mut(row);
    let mut seen = 0;
    let line = |changes: &[u16]| {
        let Some(line) = lines.next() else { return };
        seen += 1;
        line.fill(0);
        for (at, _) in fax::decoder::pels(changes, width).enumerate().filter(|(_, color)| *color == Color::Black) {
            line[at / 8] |= 0x80 >> (at % 8);
        }
    };
    let bytes = stored.iter().copied();
    let whole = match compression {
        Compression::Fax4 => fax::decoder::decode_g4(bytes, width, Some(u16::try_from(rows).ok()?), line),
        // A line is over where the next one begins, and strips do not have what ends a fax: six beginnings.
        _ => {
            let end = [0, 0, 1].into_iter().cycle().take(3 * 7);
            fax::decoder::decode_g3(bytes.chain(end), line).or(Some(()))
        }
    };
    whole.filter(|()| seen >= rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packed_bits_and_their_ends() {
        let mut out = [0; 6];
        assert_eq!(pack_bits(&[1, 7, 8, 0x80, 0xfd, 9], &mut out), Some(()));
        assert_eq!(out, [7, 8, 9, 9, 9, 9]);
        for cut in 0..6 {
            assert_eq!(pack_bits(&[1, 7, 8, 0x80, 0xfd, 9][..cut], &mut out), None);
        }
        let mut short = [0; 2];
        assert_eq!(pack_bits(&[0x81, 5], &mut short), Some(()));
        assert_eq!(short, [5, 5]);
    }
}
