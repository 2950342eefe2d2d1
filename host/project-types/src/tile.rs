//! How large images are cut into tiles.

use serde::{Deserialize, Serialize};

/// Tiles of one size that overlap: `{ size = 224, overlap = 32 }`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct TileRule {
    /// Height and width of a tile in pixels.
    size: usize,
    /// Pixels that neighbours share at least.
    overlap: usize,
}

/// A number of a [`TileRule`] out of its range.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotATileRule {
    /// Its key.
    pub key: &'static str,
    /// Its value.
    pub found: i64,
    /// The smallest one.
    pub least: usize,
    /// The largest one.
    pub most: usize,
}

impl TileRule {
    /// Height and width of a tile unless a project says otherwise: what the detectors here read.
    pub const SIZE: i64 = 224;
    /// The overlap unless a project says otherwise.
    pub const OVERLAP: i64 = 32;
    /// The smallest and the largest tile.
    const SIZES: [usize; 2] = [8, 8192];

    /// Tiles of this size and overlap. More than half of a tile would be looked at three times.
    ///
    /// # Errors
    /// The first number out of its range.
    pub fn new(size: i64, overlap: i64) -> Result<Self, NotATileRule> {
        let [least, most] = Self::SIZES;
        let within = |key, found: i64, least, most| match usize::try_from(found) {
            Ok(value) if (least..=most).contains(&value) => Ok(value),
            _ => Err(NotATileRule { key, found, least, most }),
        };
        let size = within("size", size, least, most)?;
        Ok(Self { size, overlap: within("overlap", overlap, 0, size / 2)? })
    }

    /// Height and width of a tile in pixels.
    pub fn size(self) -> usize {
        self.size
    }

    /// Pixels that neighbours share at least.
    pub fn overlap(self) -> usize {
        self.overlap
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_out_of_range_are_named() {
        let rule = TileRule::new(TileRule::SIZE, TileRule::OVERLAP).unwrap();
        assert_eq!((rule.size(), rule.overlap()), (224, 32));
        assert_eq!(TileRule::new(8, 4).unwrap().overlap(), 4);
        for (size, overlap, key, found, least, most) in [
            (7, 0, "size", 7, 8, 8192),
            (8193, 0, "size", 8193, 8, 8192),
            (i64::MIN, 0, "size", i64::MIN, 8, 8192),
            (100, 51, "overlap", 51, 0, 50),
            (100, -1, "overlap", -1, 0, 50),
        ] {
            assert_eq!(TileRule::new(size, overlap), Err(NotATileRule { key, found, least, most }));
        }
    }
}
