//! Images that are kept, in a folder for each verdict, each with its heat map.

use std::io::{self, Cursor};
use std::path::{Path, PathBuf};

use image::{ImageFormat, RgbImage};
use nnc_dataset::Pixels;
use nnc_files::{beneath, refusal};
use nnc_report::{AnomalyMap, Verdict, outline, overlay};

use crate::backlog::From;
use crate::identity::Id;
use crate::options::{Judged, Keep};
use crate::read::Taken;

/// The folders.
const OK: &str = "OK";
const NG: &str = "NG";
const OTHER: &str = "unjudged";
/// Bytes of a name at most, so that a number and an ending fit beside it.
const NAME: usize = 160;

/// Where images are kept.
pub(crate) struct Keeper {
    pub(crate) output: PathBuf,
    pub(crate) watched: PathBuf,
    pub(crate) keep: Keep,
    pub(crate) links: bool,
    pub(crate) judged: Judged,
}

impl Keeper {
    /// Whether images of this verdict are kept.
    pub(crate) fn keeps(&self, verdict: Option<Verdict>) -> bool {
        match self.keep {
            Keep::Nothing => false,
            Keep::Ng => verdict != Some(Verdict::Ok),
            Keep::All => true,
        }
    }

    /// Keeps an image; its name in the output folder.
    ///
    /// # Errors
    /// Those of the disk.
    pub(crate) fn image(&self, taken: &Taken, verdict: Option<Verdict>) -> io::Result<String> {
        let name = named(taken, verdict, "");
        let path = Path::new(&name);
        beneath::create_folders(&self.output, path.parent().unwrap_or(Path::new("")))?;
        if !self.links || !self.is_linked(taken, path) {
            write(&self.output, path, &taken.bytes)?;
        }
        Ok(name)
    }

    /// Keeps the heat map of an image; its name in the output folder, `None` where the map cannot be shown.
    ///
    /// # Errors
    /// Those of the disk.
    pub(crate) fn heat_map(
        &self,
        taken: &Taken,
        verdict: Option<Verdict>,
        map: &[f32],
        columns: usize,
    ) -> io::Result<Option<String>> {
        let picture = taken.pixels.as_ref().ok().and_then(picture);
        let (Some(picture), Some(map)) = (picture, AnomalyMap::new(map, columns)) else { return Ok(None) };
        let mut shown = overlay(&picture, &map, self.judged.scale);
        outline(&mut shown, &map, self.judged.threshold);
        let mut png = Cursor::new(Vec::new());
        shown.write_to(&mut png, ImageFormat::Png).map_err(io::Error::other)?;
        let name = named(taken, verdict, ".heatmap.png");
        let path = Path::new(&name);
        beneath::create_folders(&self.output, path.parent().unwrap_or(Path::new("")))?;
        write(&self.output, path, png.get_ref())?;
        Ok(Some(name))
    }

    /// Gives the watched file a second name, if that is possible and it is still the image that was judged.
    fn is_linked(&self, taken: &Taken, path: &Path) -> bool {
        let From::Watched(name) = &taken.item.from else { return false };
        let (from, to) = (self.watched.join(name), self.output.join(path));
        if std::fs::hard_link(from, &to).is_err() {
            return false;
        }
        let is_same = std::fs::symlink_metadata(&to)
            .is_ok_and(|found| found.is_file() && Some(Id::of(name, &found)) == taken.item.id);
        if !is_same {
            // Somebody has put something else there.
            let _ = std::fs::remove_file(&to);
        }
        is_same
    }
}

/// Writes a file that nobody sees half.
fn write(output: &Path, path: &Path, bytes: &[u8]) -> io::Result<()> {
    beneath::write_atomically(output, path, bytes)
}

/// Where an image is kept: its number makes its name unique.
fn named(taken: &Taken, verdict: Option<Verdict>, ending: &str) -> String {
    let folder = match verdict {
        Some(Verdict::Ok) => OK,
        Some(Verdict::Ng) => NG,
        None => OTHER,
    };
    let awkward = |c: char| c.is_control() || r#"/\:*?"<>|"#.contains(c);
    // Of a path the last part.
    let last = taken.image.rsplit('/').next().unwrap_or_default();
    let name: String = last.chars().map(|c| if awkward(c) { '_' } else { c }).collect();
    let from = name.ceil_char_boundary(name.len().saturating_sub(NAME));
    format!("{folder}/{:08}-{}{ending}", taken.seq, &name[from..])
}

/// The pixels as a picture.
fn picture(pixels: &Pixels) -> Option<RgbImage> {
    let (width, height) = (u32::try_from(pixels.width).ok()?, u32::try_from(pixels.height).ok()?);
    let values = match pixels.channels {
        1 => pixels.values.iter().flat_map(|&grey| [grey; 3]).collect(),
        _ => pixels.values.clone(),
    };
    RgbImage::from_raw(width, height, values)
}

/// Why something was not kept, in the system's words.
pub(crate) fn reason(error: &io::Error) -> String {
    refusal(error).map_or_else(|| error.to_string(), |refused| refused.to_string())
}
