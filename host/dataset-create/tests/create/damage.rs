//! Archives with random damage: an error that leaves nothing behind, or a valid dataset; never a panic.

use std::fs;
use std::io::{Cursor, Write};
use std::path::Path;

use flate2::Compression;
use flate2::write::GzEncoder;
use nnc_dataset::{CheckOptions, Dataset};
use nnc_dataset_create::{Limits, Options};
use nnc_messages::Say;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use zip::write::{SimpleFileOptions, ZipWriter};

use crate::support::{Folder, made, options, png};

const MEMBERS: [&str; 3] = ["0/a.png", "0/b.png", "1/c.png"];

fn zipped() -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (number, name) in MEMBERS.into_iter().enumerate() {
        zip.start_file(name, SimpleFileOptions::default()).unwrap();
        zip.write_all(&png(number as u8)).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn tarred() -> Vec<u8> {
    let mut tar = tar::Builder::new(Vec::new());
    for (number, name) in MEMBERS.into_iter().enumerate() {
        let bytes = png(number as u8);
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        tar.append_data(&mut header, name, bytes.as_slice()).unwrap();
    }
    tar.into_inner().unwrap()
}

fn gzipped(bytes: &[u8]) -> Vec<u8> {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::default());
    gzip.write_all(bytes).unwrap();
    gzip.finish().unwrap()
}

/// One thing that happens to a file on its way.
#[derive(Debug, Clone)]
enum Damage {
    /// Some bytes become others.
    Overwrite(Index, Vec<u8>),
    /// The end is missing.
    Cut(Index),
    /// A part is missing in the middle.
    Remove(Index, usize),
    /// A part comes twice.
    Repeat(Index, usize),
}

impl Damage {
    fn apply(&self, bytes: &mut Vec<u8>) {
        if bytes.is_empty() {
            return;
        }
        let part = |at: usize, length: usize| at..(at + length).min(bytes.len());
        match self {
            Damage::Overwrite(at, new) => {
                let range = part(at.index(bytes.len()), new.len());
                let length = range.len();
                bytes[range].copy_from_slice(&new[..length]);
            }
            Damage::Cut(at) => bytes.truncate(at.index(bytes.len())),
            Damage::Remove(at, length) => drop(bytes.drain(part(at.index(bytes.len()), *length))),
            Damage::Repeat(at, length) => {
                let copy = bytes[part(at.index(bytes.len()), *length)].to_vec();
                let at = at.index(bytes.len());
                bytes.splice(at..at, copy);
            }
        }
    }
}

fn damage() -> impl Strategy<Value = Damage> {
    // What sizes and counts are made of does the most harm.
    let bytes = prop_oneof![vec(any::<u8>(), 1..9), vec(select(vec![0, 1, 0x7f, 0x80, 0xff, b'7', b'/', b'.']), 1..9)];
    prop_oneof![
        4 => (any::<Index>(), bytes).prop_map(|(at, new)| Damage::Overwrite(at, new)),
        1 => any::<Index>().prop_map(Damage::Cut),
        1 => (any::<Index>(), 1_usize..600).prop_map(|(at, length)| Damage::Remove(at, length)),
        1 => (any::<Index>(), 1_usize..600).prop_map(|(at, length)| Damage::Repeat(at, length)),
    ]
}

/// Small limits, so that no damage can cost much memory or time.
fn bounded() -> Options {
    let limits = Limits { files: 100, total_bytes: 4 << 20, file_bytes: 1 << 20, ratio: 200, pixels: 100_000 };
    Options { limits, threads: 1, ..options(8, 3) }
}

/// The archive `name` gives an error and nothing else, or a dataset in which a check finds no problem.
fn error_or_dataset(name: &str, bytes: &[u8]) -> Result<(), TestCaseError> {
    let folder = Folder::new();
    let source = folder.write(&format!("deep/in/{name}"), bytes);
    let below = |path: &Path| -> Vec<String> {
        let entries = fs::read_dir(path).unwrap().map(|entry| entry.unwrap().file_name());
        let mut names: Vec<String> = entries.map(|name| name.to_string_lossy().into_owned()).collect();
        names.sort();
        names
    };
    let result = made(&source, &folder.path("deep/in/out"), &bounded());
    prop_assert_eq!(below(&folder.path("")), ["deep"]);
    prop_assert_eq!(below(&folder.path("deep")), ["in"]);
    let mut expected = vec![name.to_owned()];
    match result {
        Err(error) => {
            let text = error.said();
            prop_assert!(!text.is_empty() && !text.contains('\n'), "{:?}", text);
        }
        Ok(summary) => {
            expected.push("out".to_owned());
            expected.sort();
            let dataset = Dataset::open(&folder.path("deep/in/out/train.csv")).unwrap();
            prop_assert_eq!(dataset.len(), summary.converted);
            let shapes = vec![("x".to_owned(), vec![3, 8, 8])];
            let problems = dataset.check(&CheckOptions { shapes, threads: 1 }, &|_| {});
            prop_assert!(problems.is_empty(), "{:?}", problems);
        }
    }
    prop_assert_eq!(below(&folder.path("deep/in")), expected);
    Ok(())
}

#[test]
fn undamaged_archives_make_datasets() {
    for (name, bytes) in [("a.zip", zipped()), ("a.tar", tarred()), ("a.tar.gz", gzipped(&tarred()))] {
        let folder = Folder::new();
        let source = folder.write(name, bytes);
        assert_eq!(made(&source, &folder.path("out"), &bounded()).unwrap().converted, 3, "{name}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn damaged_zips(damages in vec(damage(), 1..5)) {
        let mut bytes = zipped();
        damages.iter().for_each(|damage| damage.apply(&mut bytes));
        error_or_dataset("a.zip", &bytes)?;
    }

    #[test]
    fn damaged_tars(damages in vec(damage(), 1..5)) {
        let mut bytes = tarred();
        damages.iter().for_each(|damage| damage.apply(&mut bytes));
        error_or_dataset("a.tar", &bytes)?;
    }

    #[test]
    fn damaged_tars_inside_whole_gzip(damages in vec(damage(), 1..5)) {
        let mut bytes = tarred();
        damages.iter().for_each(|damage| damage.apply(&mut bytes));
        error_or_dataset("a.tar.gz", &gzipped(&bytes))?;
    }

    #[test]
    fn damaged_gzips(damages in vec(damage(), 1..5)) {
        let mut bytes = gzipped(&tarred());
        damages.iter().for_each(|damage| damage.apply(&mut bytes));
        error_or_dataset("a.tgz", &bytes)?;
    }
}
