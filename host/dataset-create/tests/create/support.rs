//! A folder to work in, images to put into it, and a way to make datasets without watching.

use std::fs;
use std::io::Cursor;
use std::path::{Path, PathBuf};

use image::{ImageFormat, Rgb, RgbImage};
use nnc_dataset_create::{AlphaPolicy, CreateError, Limits, Mode, Options, Summary, Watch, create};
use tempfile::TempDir;

pub(crate) struct Folder(TempDir);

impl Folder {
    pub(crate) fn new() -> Folder {
        Folder(tempfile::tempdir().unwrap())
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, bytes).unwrap();
        path
    }

    pub(crate) fn text(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }
}

pub(crate) fn options(side: usize, channels: usize) -> Options {
    Options {
        width: side,
        height: side,
        channels,
        mode: Mode::Resize,
        shuffle: None,
        file1: "train.csv".to_owned(),
        file2: "test.csv".to_owned(),
        ratio2: 0,
        group: None,
        group_column: None,
        alpha: AlphaPolicy::Refuse,
        scale_sixteen_bit: false,
        against: None,
        force: false,
        limits: Limits::default(),
        threads: 0,
    }
}

pub(crate) fn made(source: &Path, outdir: &Path, options: &Options) -> Result<Summary, CreateError> {
    let watch = Watch {
        stage: &|_| {},
        progress: &|_, _| {},
        cancelled: &|| false,
        describe: &|summary| serde_json::json!({ "converted": summary.converted }),
    };
    create(source, outdir, options, &watch)
}

/// A PNG that differs from every other with another number.
pub(crate) fn png(number: u8) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    let image = RgbImage::from_fn(12, 10, |x, y| {
        let hash = (u32::from(number) * 7919 + x * 31 + y * 57).wrapping_mul(2_654_435_761);
        Rgb([(hash >> 8) as u8, (hash >> 16) as u8, (hash >> 24) as u8])
    });
    image.write_to(&mut bytes, ImageFormat::Png).unwrap();
    bytes.into_inner()
}
