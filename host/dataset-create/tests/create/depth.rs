//! Transparent and 16-bit images: left out unless an option says how to make plain ones of them.

use std::fs;
use std::io::Cursor;

use image::{DynamicImage, ImageBuffer, ImageFormat, LumaA, Rgba};
use nnc_dataset_create::{AlphaPolicy, Options, Summary};

use crate::support::{Folder, made, options, png};

fn encoded(image: impl Into<DynamicImage>) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    image.into().write_to(&mut bytes, ImageFormat::Png).unwrap();
    bytes.into_inner()
}

/// A red of the given opacity, 4x4.
fn veil(alpha: u8) -> Vec<u8> {
    encoded(ImageBuffer::from_pixel(4, 4, Rgba([200_u8, 100, 0, alpha])))
}

/// Makes a dataset of one plain image and `image`.
fn with(image: Vec<u8>, options: &Options) -> (Folder, Summary) {
    let folder = Folder::new();
    folder.write("source/0/a.png", png(1));
    folder.write("source/0/b.png", image);
    let summary = made(&folder.path("source"), &folder.path("out"), options).unwrap();
    (folder, summary)
}

/// The image has to be left out for `kind`.
#[track_caller]
fn left_out(image: Vec<u8>, options: &Options, kind: &str) {
    let (folder, summary) = with(image, options);
    assert_eq!(
        summary.left_out.iter().map(|one| (one.path.as_str(), one.reason.kind())).collect::<Vec<_>>(),
        [("0/b.png", kind)]
    );
    assert_eq!(folder.text("out/train.csv"), "x:image,y:label\n./0/a.png,0\n");
    assert!(!folder.path("out/0/b.png").exists());
}

/// The image has to be there with these changes, every pixel of this value.
#[track_caller]
fn converted(image: Vec<u8>, options: &Options, changes: &[&str], pixel: &[u8]) {
    let (folder, summary) = with(image, options);
    assert!(summary.left_out.is_empty(), "{:?}", summary.left_out);
    let [changed] = summary.changed.as_slice() else { panic!("{:?}", summary.changed) };
    assert_eq!(changed.output, "0/b.png");
    assert_eq!(changed.changes.iter().map(|change| change.name()).collect::<Vec<_>>(), changes);
    let bytes = fs::read(folder.path("out/0/b.png")).unwrap();
    let image = image::load_from_memory(&bytes).unwrap();
    assert_eq!(image.color().bytes_per_pixel(), pixel.len() as u8);
    assert!(image.as_bytes().chunks_exact(pixel.len()).all(|found| found == pixel), "{:?}", &image.as_bytes()[..6]);
}

#[test]
fn transparency_is_refused_dropped_or_laid_over_a_ground() {
    let usual = options(4, 3);
    left_out(veil(51), &usual, "alpha");
    // That it is opaque everywhere does not make it a plain image for NNC.
    left_out(veil(255), &usual, "alpha");
    let alpha = |alpha| Options { alpha, ..usual.clone() };
    converted(veil(51), &alpha(AlphaPolicy::Drop), &["alpha-dropped"], &[200, 100, 0]);
    // A fifth of the colour and four fifths of the ground.
    converted(veil(51), &alpha(AlphaPolicy::Over(255)), &["alpha-blended"], &[244, 224, 204]);
    converted(veil(51), &alpha(AlphaPolicy::Over(0)), &["alpha-blended"], &[40, 20, 0]);
    converted(veil(0), &alpha(AlphaPolicy::Over(255)), &["alpha-blended"], &[255, 255, 255]);
    converted(veil(255), &alpha(AlphaPolicy::Over(0)), &["alpha-blended"], &[200, 100, 0]);
    let grey = encoded(ImageBuffer::from_pixel(4, 4, LumaA([100_u8, 51])));
    converted(grey, &Options { alpha: AlphaPolicy::Over(0), ..options(4, 1) }, &["alpha-blended"], &[20]);
}

#[test]
fn sixteen_bits_are_refused_or_scaled() {
    let usual = options(4, 1);
    let scaled = |channels| Options { scale_sixteen_bit: true, ..options(4, channels) };
    let grey = |value: u16| encoded(ImageBuffer::from_pixel(4, 4, image::Luma([value])));
    left_out(grey(40_000), &usual, "sixteen-bit");
    // 65535 becomes 255 and not its low byte; 40000 / 257 is 155.6.
    for (value, byte) in [(0, 0), (257, 1), (40_000, 156), (65_535, 255)] {
        converted(grey(value), &scaled(1), &["sixteen-bit-scaled"], &[byte]);
    }
    let rgb = encoded(ImageBuffer::from_pixel(4, 4, image::Rgb([65_535_u16, 257, 0])));
    left_out(rgb.clone(), &options(4, 3), "sixteen-bit");
    converted(rgb, &scaled(3), &["sixteen-bit-scaled"], &[255, 1, 0]);
}

#[test]
fn sixteen_bits_with_transparency_need_both_options() {
    let both = encoded(ImageBuffer::from_pixel(4, 4, Rgba([65_535_u16, 257, 0, 13_107])));
    let only_scaled = Options { scale_sixteen_bit: true, ..options(4, 3) };
    let only_dropped = Options { alpha: AlphaPolicy::Drop, ..options(4, 3) };
    left_out(both.clone(), &only_scaled, "alpha");
    left_out(both.clone(), &only_dropped, "sixteen-bit");
    let all = Options { alpha: AlphaPolicy::Over(0), ..only_scaled };
    converted(both, &all, &["sixteen-bit-scaled", "alpha-blended"], &[51, 0, 0]);
}
