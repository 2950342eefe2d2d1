//! `cargo xtask studio-check`: does NNC's whole starter guide in the studio with a headless Chromium, as a person would, and
//! looks at every screen.
//!
//! A step of `test`; whoever changes the pages also looks at the screenshots.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use nnc_tools_support::{Layout, command};

use crate::browser::Browser;
use crate::demo;

/// What the browser is made to do; the first is the one that is run.
const SCRIPTS: [(&str, &str); 8] = [
    ("check.mjs", include_str!("studio_check/check.mjs")),
    ("guide.mjs", include_str!("studio_check/guide.mjs")),
    ("looks.mjs", include_str!("studio_check/looks.mjs")),
    ("parts.mjs", include_str!("studio_check/parts.mjs")),
    ("person.mjs", include_str!("studio_check/person.mjs")),
    ("studio.mjs", include_str!("studio_check/studio.mjs")),
    ("strangers.mjs", include_str!("studio_check/strangers.mjs")),
    ("stumbles.mjs", include_str!("studio_check/stumbles.mjs")),
];
/// Photographs to train on: enough for every detector, and few enough to be quick.
const TRAINING: usize = 24;
/// The detector of NNC's guide, with the beginning of the name of its backbone's file.
const DETECTOR: (&str, &str) = ("padim", "efficientnet-lite0");
/// A detector that needs neither libtorch nor weights.
const OTHER: &str = "texture";

/// How thoroughly screens are looked at: in how many combinations of language, colours and device.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Ways {
    /// Each of them once.
    Few = 2,
    /// Each two of them together.
    All = 5,
}

/// Draws photographs and does the guide with them; screenshots are left in the build folder.
pub(crate) fn run(layout: &Layout, ways: Ways) -> Result<()> {
    let browser = Browser::set_up(layout, "studio-check")?;
    let photographs = browser.folder().join("photographs");
    sort_photographs(layout, &photographs)?;
    let detector = if has_detector(layout) { DETECTOR.0 } else { OTHER };
    println!("studio-check: with the detector {detector}");
    let mut check = browser.script(&SCRIPTS)?;
    check.arg(layout.host()).arg(&layout.release).arg(browser.folder()).arg(photographs).arg(detector);
    check.arg((ways as u8).to_string());
    check.env("NNC_HOST_WEIGHTS", layout.weights());
    command::run(layout, "the studio in Chromium", &mut check)
}

/// Whether the detector of the guide was built and its backbone is there.
fn has_detector(layout: &Layout) -> bool {
    let (detector, backbone) = DETECTOR;
    let is_here = |path: &PathBuf| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(backbone));
    layout.release.join(format!("libnnc_plugin_{detector}.so")).is_file()
        && files(&layout.weights()).is_ok_and(|files| files.iter().any(is_here))
}

/// Sorts the photographs of the sample into the folders that NNC's guide asks for: `train/0`, `test/0`, `test/1`, and masks.
fn sort_photographs(layout: &Layout, folder: &Path) -> Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder).with_context(|| format!("{} could not be removed", folder.display()))?;
    }
    let drawn = folder.with_file_name("sample");
    demo::sample_dataset(layout, &drawn)?;
    for class in ["train/0", "test/0", "test/1", "masks"] {
        let class = folder.join(class);
        fs::create_dir_all(&class).with_context(|| format!("{} could not be made", class.display()))?;
    }
    for image in files(&drawn.join("train"))?.into_iter().take(TRAINING) {
        copy(&image, &folder.join("train/0"))?;
    }
    for image in files(&drawn.join("test"))? {
        let is_good = image.file_name().is_some_and(|name| name.to_string_lossy().starts_with("good"));
        copy(&image, &folder.join(if is_good { "test/0" } else { "test/1" }))?;
    }
    for mask in files(&drawn.join("masks"))? {
        copy(&mask, &folder.join("masks"))?;
    }
    Ok(())
}

/// The files of a folder in the order of their names.
fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder).with_context(|| format!("{} could not be read", folder.display()))?;
    let mut paths = entries.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>>>()?;
    paths.sort();
    Ok(paths)
}

fn copy(file: &Path, folder: &Path) -> Result<()> {
    let name = file.file_name().with_context(|| format!("{} has no name", file.display()))?;
    fs::copy(file, folder.join(name)).with_context(|| format!("{} could not be copied", file.display()))?;
    Ok(())
}
