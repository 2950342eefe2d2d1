//! Pixels beside those of Pillow: all that `cargo xtask pillow` has written, in the folder `NNC_HOST_PILLOW`. Without it
//! there is nothing to compare; a few such files belong to the tree and are always compared (`cases.rs`).
#![allow(clippy::disallowed_methods, clippy::disallowed_macros, reason = "opens files of its own")]

use std::collections::BTreeMap;
use std::path::Path;

use image::ImageFormat;
use nnc_picture::{PixelOptions, decode_pixels};

/// What the files of one writer and option came to.
#[derive(Default)]
struct Row {
    files: usize,
    equal: usize,
    /// The largest difference of a value, of all pixels.
    largest: u8,
    /// Another number of pixels than Pillow's.
    size: usize,
    /// Pillow reads them, refused here, by the reason.
    refused: BTreeMap<String, usize>,
    /// Refused by both.
    both_refuse: usize,
    /// Read here, refused by Pillow.
    only_here: usize,
}

#[test]
fn pixels_are_those_of_pillow() {
    let Some(folder) = std::env::var_os("NNC_HOST_PILLOW") else { return };
    let folder = Path::new(&folder);
    let list = std::fs::read_to_string(folder.join("files.tsv")).expect("files.tsv");
    let mut table: BTreeMap<(&str, &str), Row> = BTreeMap::new();
    for line in list.lines() {
        let [writer, option, name, expected] = line.split('\t').collect::<Vec<_>>()[..] else { panic!("{line}") };
        // What Pillow reads in a mode that is refused on purpose.
        if expected == "?" {
            continue;
        }
        let row = table.entry((writer, option)).or_default();
        row.files += 1;
        let bytes = std::fs::read(folder.join("files").join(name)).expect(name);
        let named = ImageFormat::from_path(name).unwrap_or(ImageFormat::Png);
        let found = decode_pixels(&bytes, named, &PixelOptions { max_pixels: 1 << 20, ..PixelOptions::default() });
        match (found, expected) {
            (Err(_), "-") => row.both_refuse += 1,
            (Ok(_), _) if expected == "-" => row.only_here += 1,
            (Err(error), _) => *row.refused.entry(error.to_string()).or_default() += 1,
            (Ok((pixels, _)), _) => {
                let expected = std::fs::read(folder.join("files").join(expected)).expect(expected);
                let (size, expected) = expected.split_at(8);
                let size_here = [pixels.width as u32, pixels.height as u32].map(u32::to_le_bytes).concat();
                if size != size_here {
                    row.size += 1;
                    println!("{name}: another size than Pillow's ({writer}, {option})");
                    continue;
                }
                let values = pixels.values.iter();
                let rgb: Vec<u8> = match pixels.channels {
                    1 => values.flat_map(|value| [*value; 3]).collect(),
                    _ => values.copied().collect(),
                };
                let largest = rgb.iter().zip(expected).map(|(a, b)| a.abs_diff(*b)).max().unwrap_or(0);
                row.equal += usize::from(largest == 0);
                row.largest = row.largest.max(largest);
                if largest > 0 {
                    println!("{name}: differs by {largest} ({writer}, {option})");
                }
            }
        }
    }
    println!(
        "| writer | option | files | equal | largest difference | refused by both | only refused here | only read here |"
    );
    println!("|---|---|---|---|---|---|---|---|");
    let mut wrong = 0;
    for ((writer, option), row) in &table {
        let Row { files, equal, largest, size, refused, both_refuse, only_here } = row;
        let refused: Vec<String> = refused.iter().map(|(reason, count)| format!("{count}: {reason}")).collect();
        let refused = refused.join("; ");
        println!("| {writer} | {option} | {files} | {equal} | {largest} | {both_refuse} | {refused} | {only_here} |");
        wrong += size + usize::from(*largest > 0);
    }
    assert_eq!(wrong, 0, "rows with pixels that are not Pillow's");
}
