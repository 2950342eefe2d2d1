//! Kinds of images that decoders read differently, beside the pixels that Pillow 13.0 gives for them: `NAME` beside
//! `NAME.png` in `testdata`. Some went wrong once: JPEGs with a scan for each component and with scans in another order,
//! turned TIFFs, tiles with planes, JPEG and palettes in TIFFs.
#![allow(clippy::disallowed_methods, clippy::disallowed_macros, reason = "opens files of its own")]

use std::path::Path;

use image::ImageFormat;
use nnc_picture::{
    Picture, PictureDamage, PictureError, PixelOptions, TiffFeature, UnsupportedPicture, decode_pixels, load,
};

fn options() -> PixelOptions {
    PixelOptions { max_pixels: 1 << 20, ..PixelOptions::default() }
}

fn testdata(name: &str) -> Vec<u8> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata").join(name)).expect(name)
}

fn rgb(bytes: &[u8]) -> (usize, usize, Vec<u8>) {
    // The content decides, whatever the name says.
    let (pixels, _) = decode_pixels(bytes, ImageFormat::Gif, &options()).expect("an image");
    let values = match pixels.channels {
        1 => pixels.values.iter().flat_map(|value| [*value; 3]).collect(),
        _ => pixels.values,
    };
    (pixels.width, pixels.height, values)
}

#[test]
fn pixels_are_those_of_pillow() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata");
    let mut compared = 0;
    for entry in std::fs::read_dir(folder).expect("testdata") {
        let name = entry.expect("entry").file_name().into_string().expect("UTF-8");
        if name.ends_with(".png") {
            continue;
        }
        assert_eq!(rgb(&testdata(&name)), rgb(&testdata(&format!("{name}.png"))), "{name}");
        compared += 1;
    }
    assert_eq!(compared, 31);
}

#[test]
fn cut_images_are_refused_wherever_they_are_cut() {
    for name in ["base_2x2.jpg", "arith.jpg", "progressive.jpg", "inks.jpg"] {
        let bytes = testdata(name);
        for length in (0..bytes.len()).step_by(7) {
            let refused = decode_pixels(&bytes[..length], ImageFormat::Jpeg, &options()).expect_err(name);
            assert_eq!(refused, PictureError::Damaged(PictureDamage::JpegCutShort), "{name} {length}");
        }
    }
    for name in
        ["planar_tiled.tif", "ycbcr_jpeg.tif", "fax4.tif", "low_bit_first.tif", "inks_in_planes.tif", "lossy.webp"]
    {
        let bytes = testdata(name);
        for length in (0..bytes.len() * 9 / 10).step_by(17) {
            // What is left of a directory at the end may be a smaller image.
            if let Ok((pixels, _)) = decode_pixels(&bytes[..length], ImageFormat::Tiff, &options()) {
                assert!(pixels.width * pixels.height < 1 << 20, "{name} {length}");
            }
        }
    }
}

/// `bytes` with `size` in the places of width and height.
fn claiming(mut bytes: Vec<u8>, places: &[(usize, &[u8])]) -> Vec<u8> {
    for &(at, size) in places {
        bytes[at..at + size.len()].copy_from_slice(size);
    }
    bytes
}

/// An image of 2x2 pixels.
fn small(format: ImageFormat) -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    image::DynamicImage::new_rgb8(2, 2).write_to(&mut bytes, format).expect("an image");
    bytes.into_inner()
}

/// Where the only entry of a TIFF with this tag has its value.
fn tiff_value(bytes: &[u8], tag: u16) -> usize {
    let at = u32::from_le_bytes(bytes[4..8].try_into().expect("4 bytes")) as usize;
    let entries = bytes[at + 2..].chunks(12).position(|entry| entry[..2] == tag.to_le_bytes()).expect("the tag");
    at + 2 + 12 * entries + 8
}

#[test]
fn a_size_is_refused_before_memory_is_taken() {
    // 65500x65500 pixels in a progressive JPEG would be 12 GB, and 25 GB of coefficients; most of the others claim more.
    let jpeg = |name: &str, marker: u8| {
        let bytes = testdata(name);
        let frame = bytes.windows(2).position(|bytes| bytes == [0xff, marker]).expect("a frame");
        claiming(bytes, &[(frame + 5, &[0xff, 0xdc, 0xff, 0xdc])])
    };
    let tiff = |name: &str| {
        let bytes = testdata(name);
        assert_eq!(bytes[..2], *b"II", "{name}");
        let [width, height] = [0x100, 0x101].map(|tag| tiff_value(&bytes, tag));
        claiming(bytes, &[(width, &[0xdc, 0xff]), (height, &[0xdc, 0xff])])
    };
    let sides = [0x7f, 0xff, 0xff, 0xff, 0x7f, 0xff, 0xff, 0xff];
    let png = claiming(small(ImageFormat::Png), &[(16, &sides)]);
    // The size of a PNG stands under a checksum.
    let sum = crc32fast::hash(&png[12..29]).to_be_bytes();
    let lossy = testdata("lossy.webp");
    let frame = lossy.windows(3).position(|bytes| bytes == [0x9d, 0x01, 0x2a]).expect("a frame of VP8");
    let bombs = [
        ("progressive JPEG", jpeg("progressive.jpg", 0xc2)),
        ("JPEG", jpeg("base_2x2.jpg", 0xc0)),
        ("arithmetic JPEG", jpeg("arith.jpg", 0xc9)),
        ("JPEG of inks", jpeg("inks.jpg", 0xc0)),
        ("PNG", claiming(png, &[(29, &sum)])),
        ("BMP", claiming(small(ImageFormat::Bmp), &[(18, &[0xe8, 0xfd, 0, 0]), (22, &[0xe8, 0xfd, 0, 0])])),
        ("GIF", claiming(small(ImageFormat::Gif), &[(6, &[0xff; 4])])),
        ("TIFF", tiff("fax4.tif")),
        ("TIFF of tiles and planes", tiff("planar_tiled.tif")),
        ("TIFF with JPEG", tiff("ycbcr_jpeg.tif")),
        ("WebP", claiming(lossy, &[(frame + 3, &[0xff, 0x3f, 0xff, 0x3f])])),
    ];
    for (name, bytes) in bombs {
        let before = peak_kilobytes();
        for found in [
            Picture::open(&bytes, ImageFormat::Jpeg, 1 << 20).err(),
            decode_pixels(&bytes, ImageFormat::Jpeg, &options()).err(),
            load(&bytes, 1 << 20).err(),
        ] {
            // A TIFF also says how its parts lie, which the claimed size does not fit.
            let is_refused = matches!(found, Some(PictureError::TooLarge(_)))
                || name.starts_with("TIFF") && matches!(found, Some(PictureError::Damaged(_)));
            assert!(is_refused, "{name}: {found:?}");
        }
        let taken = peak_kilobytes().saturating_sub(before);
        assert!(taken < 100_000, "{name} took {taken} KB");
    }
}

/// The most memory that this process has had. The kernel counts by processor and adds up roughly, so that a later
/// value can be a little smaller than an earlier one.
fn peak_kilobytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux");
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("VmHWM");
    line.trim_end_matches("kB").trim().parse().expect("a number")
}

#[test]
fn texts_and_profiles_in_a_png_take_no_memory() {
    let plain = small(ImageFormat::Png);
    // 256 MiB of blanks, compressed to a quarter of one.
    let mut packed = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
    for _ in 0..256 {
        std::io::Write::write_all(&mut packed, &[b' '; 1 << 20]).expect("memory");
    }
    let packed = packed.finish().expect("memory");
    let chunk = |kind: &[u8; 4], head: &[u8]| {
        let body = [kind, head, &packed].concat();
        let length = (body.len() as u32 - 4).to_be_bytes();
        [&length[..], &body, &crc32fast::hash(&body).to_be_bytes()].concat()
    };
    let said = [chunk(b"zTXt", b"a\0\0"), chunk(b"iCCP", b"a\0\0"), chunk(b"iTXt", b"a\0\x01\0\0\0")].concat();
    let bytes = [&plain[..33], &said, &plain[33..]].concat();
    let before = peak_kilobytes();
    assert_eq!(rgb(&bytes), rgb(&plain));
    assert!(load(&bytes, 4).is_ok());
    assert!(peak_kilobytes().saturating_sub(before) < 100_000);
}

#[test]
fn a_progressive_image_of_endless_scans_is_refused() {
    let bytes = testdata("progressive.jpg");
    let last = bytes.windows(2).rposition(|bytes| bytes == [0xff, 0xda]).expect("a scan");
    let (scan, end) = (&bytes[last..bytes.len() - 2], &bytes[bytes.len() - 2..]);
    let repeated = |count: usize| [&bytes[..last], &scan.repeat(count), end].concat();
    assert!(decode_pixels(&repeated(20), ImageFormat::Jpeg, &options()).is_ok());
    let refused = decode_pixels(&repeated(1100), ImageFormat::Jpeg, &options()).expect_err("1100 scans");
    assert!(format!("{refused:?}").contains("more than 1000 scans"), "{refused:?}");
}

/// A grey TIFF, one pixel wide, of uncompressed strips of a row each that all are the same bytes of the file.
fn tiff_of_shared_strips(rows: u32, shared: u32) -> Vec<u8> {
    let mut bytes = b"II*\0".to_vec();
    let (strips, lists) = (8_u32, 8 + shared);
    let directory = lists + 8 * rows;
    bytes.extend(directory.to_le_bytes());
    bytes.extend(std::iter::repeat_n(0x42, shared as usize));
    (0..rows).for_each(|_| bytes.extend(strips.to_le_bytes()));
    (0..rows).for_each(|_| bytes.extend(shared.to_le_bytes()));
    // Width, height, bits, compression, photometric, offsets, samples, rows per strip, byte counts.
    let tags = [
        (256_u16, 1, 1),
        (257, 1, rows),
        (258, 1, 8),
        (259, 1, 1),
        (262, 1, 1),
        (273, rows, lists),
        (277, 1, 1),
        (278, 1, 1),
        (279, rows, lists + 4 * rows),
    ];
    bytes.extend((tags.len() as u16).to_le_bytes());
    for (tag, count, value) in tags {
        bytes.extend(tag.to_le_bytes());
        bytes.extend(4_u16.to_le_bytes());
        bytes.extend(u32::to_le_bytes(count));
        bytes.extend(u32::to_le_bytes(value));
    }
    bytes.extend([0; 4]);
    bytes
}

#[test]
fn strips_may_share_bytes_but_not_all_of_the_file_again_and_again() {
    let (_, height, values) = rgb(&tiff_of_shared_strips(8, 10));
    assert_eq!((height, values), (8, vec![0x42; 24]));
    let refused = decode_pixels(&tiff_of_shared_strips(100, 10_000), ImageFormat::Tiff, &options()).expect_err("hours");
    assert_eq!(refused, PictureError::Unsupported(UnsupportedPicture::Tiff(TiffFeature::Overlap)));
}
