//! Datasets that nnabla's own `create_image_classification_dataset` made, with Pillow as its back-end.

use std::fs;
use std::path::Path;

use nnc_dataset_create::{Mode, Summary};

use nnc_test_data::golden;

use crate::support::{Folder, made, options, png};

/// The largest difference between the images of two datasets, all of which have to be in both.
fn difference(ours: &Path, theirs: &Path) -> u8 {
    let mut largest = 0;
    for class in ["10", "2"] {
        let mut names: Vec<_> = fs::read_dir(theirs.join(class)).unwrap().map(|e| e.unwrap().file_name()).collect();
        names.sort();
        let mut own: Vec<_> = fs::read_dir(ours.join(class)).unwrap().map(|e| e.unwrap().file_name()).collect();
        own.sort();
        assert_eq!(own, names);
        for name in names {
            let (a, b) = [ours, theirs].map(|folder| image::open(folder.join(class).join(&name)).unwrap()).into();
            assert_eq!((a.color(), a.width(), a.height()), (b.color(), b.width(), b.height()), "{name:?}");
            let pairs = a.as_bytes().iter().zip(b.as_bytes());
            largest = pairs.map(|(a, b)| a.abs_diff(*b)).fold(largest, u8::max);
        }
    }
    largest
}

#[test]
fn pixels_and_tables_are_those_of_nnabla() {
    let golden = golden("create");
    for (mode, name) in [(Mode::Trimming, "trimming"), (Mode::Padding, "padding"), (Mode::Resize, "resize")] {
        for channels in [1, 3] {
            let folder = Folder::new();
            let mut options = options(48, channels);
            options.mode = mode;
            options.file1 = "all.csv".to_owned();
            let summary = made(&golden.join("src"), &folder.path("out"), &options).unwrap();
            left_out(&summary);
            let theirs = golden.join(format!("out_{name}_{channels}"));
            assert_eq!(folder.text("out/all.csv"), fs::read_to_string(theirs.join("all.csv")).unwrap());
            assert_eq!(difference(&folder.path("out"), &theirs), 0, "{name} {channels}");
        }
    }
}

#[test]
fn a_split_is_that_of_nnabla() {
    let golden = golden("create");
    let folder = Folder::new();
    let mut options = options(48, 3);
    options.file1 = "first.csv".to_owned();
    options.file2 = "second.csv".to_owned();
    options.ratio2 = 40;
    made(&golden.join("src"), &folder.path("out"), &options).unwrap();
    for name in ["first.csv", "second.csv"] {
        assert_eq!(
            folder.text(&format!("out/{name}")),
            fs::read_to_string(golden.join("out_split").join(name)).unwrap()
        );
    }
}

/// What nnabla drops, in part without a word.
fn left_out(summary: &Summary) {
    let kinds: Vec<_> = summary.left_out.iter().map(|one| (one.path.as_str(), one.reason.kind())).collect();
    let expected = [
        ("10/alpha.png", "alpha"),
        ("10/broken.png", "damaged"),
        ("10/notes.txt", "no-image"),
        ("stray.png", "no-class"),
    ];
    assert_eq!(kinds, expected);
}

/// The part of the above that needs no files: an image of the right size stays as it is.
#[test]
fn an_image_of_the_right_size_keeps_its_pixels() {
    let folder = Folder::new();
    folder.write("src/5/a.png", png(1));
    let mut options = options(12, 3);
    options.height = 10;
    made(&folder.path("src"), &folder.path("out"), &options).unwrap();
    assert_eq!(folder.text("out/train.csv"), "x:image,y:label\n./5/a.png,0\n");
    let (ours, source) = (image::open(folder.path("out/5/a.png")), image::load_from_memory(&png(1)));
    assert_eq!(ours.unwrap(), source.unwrap());
}
