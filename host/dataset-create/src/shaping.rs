//! How one image is brought to the size and colour of a dataset, for whoever has images of the same camera later and wants them
//! exactly so. `dataset create` leaves it in the folder that it makes.

use std::path::{Path, PathBuf};

use image::ImageFormat;
use nnc_dataset::{AlphaPolicy, Change, PictureError, PixelOptions, Pixels, decode_pixels};
use nnc_files::read_regular;
use nnc_picture::guarded;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::options::Mode;
use crate::output::{MARK, MAX_MARK};
use crate::shape::shape;

/// How an image is shaped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shaping {
    /// Pixels across.
    pub width: usize,
    /// Pixels down.
    pub height: usize,
    /// 1 for grey, 3 for RGB.
    pub channels: usize,
    /// How images get the right proportions.
    pub mode: Mode,
    /// What to do with transparency.
    #[serde(default, skip_serializing_if = "is_refused")]
    pub alpha: AlphaPolicy,
    /// Whether 16-bit images are scaled to 8 bits.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub scale_sixteen_bit: bool,
}

fn is_refused(alpha: &AlphaPolicy) -> bool {
    *alpha == AlphaPolicy::Refuse
}

impl Shaping {
    /// The image of a file of at most `max_pixels` pixels, shaped. `named` is the format of its extension; the content decides.
    ///
    /// # Errors
    /// What is wrong with the image.
    pub fn decode(
        &self,
        bytes: &[u8],
        named: ImageFormat,
        max_pixels: u64,
    ) -> Result<(Pixels, Vec<Change>), PictureError> {
        let policy = PixelOptions { alpha: self.alpha, scale_sixteen_bit: self.scale_sixteen_bit, max_pixels };
        let (pixels, changes) = decode_pixels(bytes, named, &policy)?;
        Ok((self.shape(pixels, max_pixels)?, changes))
    }

    /// An image that is decoded already, shaped.
    ///
    /// # Errors
    /// Proportions that would take far more memory than the image has pixels.
    pub fn shape(&self, pixels: Pixels, max_pixels: u64) -> Result<Pixels, PictureError> {
        // Sizes are bounded, but a bug in the arithmetic must not take other images along.
        guarded(|| shape(pixels, self, max_pixels)).unwrap_or(Err(PictureError::DecoderPanic))
    }

    /// How the images of the table at `table` were shaped; `None` where `dataset create` has not made it.
    pub fn of_table(table: &Path) -> Option<Self> {
        let bytes = read_regular(&mark_of(table)?, MAX_MARK).ok()?;
        let mark: Value = serde_json::from_slice(&bytes).ok()?;
        let summary = mark.get("summary")?;
        let name = table.file_name()?.to_str()?;
        // Somebody may have put a table of other images there.
        let is_made =
            summary.get("csvs")?.as_array()?.iter().any(|csv| csv.get("file").is_some_and(|file| file == name));
        // Older versions noted sizes and mode alone.
        let noted = mark.get("shaping").unwrap_or(summary);
        let shaping: Self = serde_json::from_value(noted.clone()).ok()?;
        (is_made && shaping.is_sensible()).then_some(shaping)
    }

    /// Whether its numbers are such as a dataset can have.
    pub fn is_sensible(&self) -> bool {
        let sides = 1..=crate::options::MAX_SIDE;
        sides.contains(&self.width) && sides.contains(&self.height) && matches!(self.channels, 1 | 3)
    }
}

/// The file beside a table in which `dataset create` notes how it was made.
pub fn mark_of(table: &Path) -> Option<PathBuf> {
    Some(table.parent()?.join(MARK))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_tells_how_its_images_were_shaped() {
        let folder = tempfile::tempdir().unwrap();
        let (mark, table) = (folder.path().join(MARK), folder.path().join("a.csv"));
        let of = |text: &str| {
            std::fs::write(&mark, text).unwrap();
            Shaping::of_table(&table)
        };
        let made =
            r#""summary":{"width":8,"height":9,"channels":1,"mode":"padding","csvs":[{"file":"a.csv","rows":1}]}"#;
        let old = of(&format!("{{{made}}}")).unwrap();
        assert_eq!((old.width, old.height, old.channels, old.mode), (8, 9, 1, Mode::Padding));
        assert_eq!((old.alpha, old.scale_sixteen_bit), (AlphaPolicy::Refuse, false));
        let new = Shaping { alpha: AlphaPolicy::Over(255), scale_sixteen_bit: true, ..old };
        let noted = serde_json::to_string(&new).unwrap();
        assert_eq!(of(&format!("{{{made},\"shaping\":{noted}}}")), Some(new));
        // Another table, no table, nonsense.
        assert_eq!(of(&format!("{{{}}}", made.replace("a.csv", "b.csv"))), None);
        assert_eq!(of(&format!("{{{}}}", made.replace("\"width\":8", "\"width\":0"))), None);
        for nonsense in ["", "[]", "{}", r#"{"summary":{}}"#] {
            assert_eq!(of(nonsense), None, "{nonsense}");
        }
    }
}
