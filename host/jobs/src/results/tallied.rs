//! A writer that knows what went through it.

use std::io::{self, Write};

use crc32fast::Hasher;
use nnc_result_folder::Extent;

/// Counts and sums up what is written to `inner`.
pub(super) struct Tallied<W> {
    inner: W,
    bytes: u64,
    sum: Hasher,
}

impl<W> Tallied<W> {
    /// Continues after `there`.
    pub(super) fn after(there: Extent, inner: W) -> Self {
        Self { inner, bytes: there.bytes, sum: Hasher::new_with_initial_len(there.crc, there.bytes) }
    }

    /// All that was written, with what was there before.
    pub(super) fn extent(&self) -> Extent {
        Extent { bytes: self.bytes, crc: self.sum.clone().finalize() }
    }
}

impl<W: Write> Write for Tallied<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.inner.write(bytes)?;
        self.sum.update(bytes.get(..written).unwrap_or_default());
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_sum_up_to_the_whole() {
        let mut whole = Tallied::after(Extent::default(), io::sink());
        whole.write_all(b"x:image,y\n./0.png,0\n").unwrap();
        assert_eq!(whole.extent(), Extent { bytes: 20, crc: crc32fast::hash(b"x:image,y\n./0.png,0\n") });
        let mut first = Tallied::after(Extent::default(), io::sink());
        first.write_all(b"x:image,y\n").unwrap();
        let mut second = Tallied::after(first.extent(), io::sink());
        second.write_all(b"./0.png,0\n").unwrap();
        assert_eq!(second.extent(), whole.extent());
    }
}
