//! Every kind of image: what is decoded, and what is refused with which words.

use std::io::Cursor;

use image::{DynamicImage, ExtendedColorType, ImageFormat, Rgb, RgbImage};
use nnc_dataset::{CellDefect, DatasetError, PictureError};

use crate::support::{Folder, as_floats, assert_message, bytes, floats};

const W: usize = 5;
const H: usize = 3;

fn encode(color: ExtendedColorType, pixels: &[u8], format: ImageFormat) -> Vec<u8> {
    let mut file = Cursor::new(Vec::new());
    image::write_buffer_with_format(&mut file, pixels, W as u32, H as u32, color, format).unwrap();
    file.into_inner()
}

/// Interleaved values that differ everywhere.
fn ramp(channels: usize) -> Vec<u8> {
    (0..W * H * channels).map(|i| (i * 5 + 3) as u8).collect()
}

/// What the ramp looks like channel-first.
fn channel_first(pixels: &[u8], channels: usize) -> Vec<u8> {
    (0..channels).flat_map(|c| pixels.iter().copied().skip(c).step_by(channels)).collect()
}

fn palette_png(depth: png::BitDepth, color: png::ColorType, transparent: Option<&[u8]>) -> Vec<u8> {
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, W as u32, H as u32);
    encoder.set_color(color);
    encoder.set_depth(depth);
    if color == png::ColorType::Indexed {
        encoder.set_palette(vec![10, 20, 30, 40, 50, 60]);
    }
    if let Some(transparent) = transparent {
        encoder.set_trns(transparent.to_vec());
    }
    // Rows of five pixels 0 1 0 1 1.
    let data: Vec<u8> = match depth {
        png::BitDepth::One => [0b0101_1000].repeat(H),
        _ => [0, 1, 0, 1, 1].repeat(H),
    };
    encoder.write_header().unwrap().write_image_data(&data).unwrap();
    file
}

fn gif(palette: &[u8], frames: &[[u8; W * H]], transparent: Option<u8>) -> Vec<u8> {
    let mut file = Vec::new();
    let mut encoder = gif::Encoder::new(&mut file, W as u16, H as u16, palette).unwrap();
    for pixels in frames {
        let frame = gif::Frame::from_indexed_pixels(W as u16, H as u16, pixels.to_vec(), transparent);
        encoder.write_frame(&frame).unwrap();
    }
    drop(encoder);
    file
}

/// A one-strip TIFF of little-endian shorts: tag and value pairs, then the strip.
fn tiff(tags: &[(u16, u16)], strip: &[u8]) -> Vec<u8> {
    let mut all = vec![(256, W as u16), (257, H as u16), (259, 1), (278, H as u16), (279, strip.len() as u16)];
    all.extend_from_slice(tags);
    all.push((273, (8 + 2 + (all.len() + 1) * 12 + 4) as u16));
    all.sort();
    let mut file = b"II*\0\x08\0\0\0".to_vec();
    file.extend((all.len() as u16).to_le_bytes());
    for (tag, value) in all {
        file.extend(tag.to_le_bytes());
        file.extend(3u16.to_le_bytes());
        file.extend(1u32.to_le_bytes());
        file.extend(u32::from(value).to_le_bytes());
    }
    file.extend([0; 4]);
    file.extend(strip);
    file
}

/// An uncompressed BMP with a palette.
fn bmp(bits: u16, palette: &[[u8; 3]], used: u32, row: &[u8]) -> Vec<u8> {
    let offset = 54 + 4 * palette.len() as u32;
    let mut file = b"BM\0\0\0\0\0\0\0\0".to_vec();
    file.extend(offset.to_le_bytes());
    file.extend(40u32.to_le_bytes());
    file.extend((W as i32).to_le_bytes());
    file.extend((H as i32).to_le_bytes());
    file.extend(1u16.to_le_bytes());
    file.extend(bits.to_le_bytes());
    file.extend([0; 16]);
    file.extend(used.to_le_bytes());
    file.extend([0; 4]);
    for [r, g, b] in palette {
        file.extend([*b, *g, *r, 0]);
    }
    for _ in 0..H {
        file.extend(row);
    }
    file
}

fn greys(count: usize) -> Vec<[u8; 3]> {
    (0..count).map(|i| [i as u8; 3]).collect()
}

#[test]
fn lossless_formats_give_the_pixels() {
    let folder = Folder::new();
    let (grey, rgb) = (ramp(1), ramp(3));
    for (extension, format) in [
        ("png", ImageFormat::Png),
        ("PNG", ImageFormat::Png),
        ("bmp", ImageFormat::Bmp),
        ("tif", ImageFormat::Tiff),
        ("TiFF", ImageFormat::Tiff),
    ] {
        let name = format!("rgb.{extension}");
        folder.write(&name, encode(ExtendedColorType::Rgb8, &rgb, format));
        assert_eq!(folder.shape(&name).unwrap(), [3, H, W], "{name}");
        let expected = channel_first(&rgb, 3);
        assert_eq!(folder.decode(&name, &bytes(&[3, H, W])).unwrap(), expected, "{name}");
        let values = as_floats(&folder.decode(&name, &floats(&[3, H, W])).unwrap());
        let expected: Vec<f32> = expected.iter().map(|value| f32::from(*value)).collect();
        assert_eq!(values, expected, "{name}");

        let name = format!("grey.{extension}");
        folder.write(&name, encode(ExtendedColorType::L8, &grey, format));
        assert_eq!(folder.shape(&name).unwrap(), [1, H, W], "{name}");
        assert_eq!(folder.decode(&name, &bytes(&[1, H, W])).unwrap(), grey, "{name}");
    }
}

#[test]
fn jpeg_gives_nearly_the_pixels() {
    let folder = Folder::new();
    let flat: Vec<u8> = [200, 100, 50].repeat(W * H);
    for name in ["a.jpg", "a.JPEG"] {
        folder.write(name, encode(ExtendedColorType::Rgb8, &flat, ImageFormat::Jpeg));
        let found = folder.decode(name, &bytes(&[3, H, W])).unwrap();
        for (found, expected) in found.iter().zip(channel_first(&flat, 3)) {
            assert!(found.abs_diff(expected) < 6, "{found} {expected}");
        }
    }
    folder.write("g.jpg", encode(ExtendedColorType::L8, &[77; W * H], ImageFormat::Jpeg));
    assert_eq!(folder.shape("g.jpg").unwrap(), [1, H, W]);
    assert!(folder.decode("g.jpg", &bytes(&[1, H, W])).unwrap()[0].abs_diff(77) < 3);
}

#[test]
fn palettes_become_rgb_and_one_bit_greys_0_and_1() {
    let folder = Folder::new();
    let bits: Vec<u8> = [0, 1, 0, 1, 1].repeat(H);
    let colors: Vec<u8> = bits.iter().flat_map(|&bit| [10 + 30 * bit, 20 + 30 * bit, 30 + 30 * bit]).collect();
    let colors = channel_first(&colors, 3);
    use png::{BitDepth, ColorType};
    folder.write("p8.png", palette_png(BitDepth::Eight, ColorType::Indexed, None));
    folder.write("p1.png", palette_png(BitDepth::One, ColorType::Indexed, None));
    folder.write("p.gif", gif(&[10, 20, 30, 40, 50, 60], &[bits.clone().try_into().unwrap(), [1; 15]], None));
    folder.write("p8.bmp", bmp(8, &[[10, 20, 30], [40, 50, 60]], 2, &[0, 1, 0, 1, 1, 0, 0, 0]));
    folder.write("p1.bmp", bmp(1, &[[10, 20, 30], [40, 50, 60]], 0, &[0b0101_1000, 0, 0, 0]));
    for name in ["p8.png", "p1.png", "p.gif", "p8.bmp", "p1.bmp"] {
        assert_eq!(folder.shape(name).unwrap(), [3, H, W], "{name}");
        assert_eq!(folder.decode(name, &bytes(&[3, H, W])).unwrap(), colors, "{name}");
    }
    folder.write("g1.png", palette_png(BitDepth::One, ColorType::Grayscale, None));
    folder.write("g1.bmp", bmp(1, &[[0; 3], [255; 3]], 0, &[0b0101_1000, 0, 0, 0]));
    folder.write("g1.tif", tiff(&[(258, 1), (262, 1), (277, 1)], &[0b0101_1000].repeat(H)));
    for name in ["g1.png", "g1.bmp", "g1.tif"] {
        assert_eq!(folder.decode(name, &bytes(&[1, H, W])).unwrap(), bits, "{name}");
    }
    // A palette that is the plain ramp of greys is a grey image to Pillow in these two formats.
    folder.write("g8.bmp", bmp(8, &greys(256), 0, &[0, 1, 0, 1, 1, 0, 0, 0]));
    folder.write("g8s.bmp", bmp(8, &greys(2), 2, &[0, 1, 0, 1, 1, 0, 0, 0]));
    folder.write("g.gif", gif(&greys(4).concat(), &[bits.clone().try_into().unwrap()], None));
    for name in ["g8.bmp", "g8s.bmp", "g.gif"] {
        assert_eq!(folder.decode(name, &bytes(&[1, H, W])).unwrap(), bits, "{name}");
    }
}

#[test]
fn the_content_decides_where_the_extension_is_wrong() {
    let folder = Folder::new();
    let rgb = ramp(3);
    folder.write("really_png.jpg", encode(ExtendedColorType::Rgb8, &rgb, ImageFormat::Png));
    let found = folder.decode("really_png.jpg", &bytes(&[3, H, W])).unwrap();
    assert_eq!(found, channel_first(&rgb, 3));
}

#[test]
fn refused_pixels() {
    let folder = Folder::new();
    let check = |name: &str, content: Vec<u8>, expected: fn(&DatasetError) -> bool, parts: &[&str]| {
        let file = folder.write(name, content);
        for error in [folder.shape(name).err(), folder.decode(name, &bytes(&[3, H, W])).err()] {
            // A GIF tells only its pixels whether anything is transparent.
            let Some(error) = error else {
                assert!(name.ends_with("gif"), "{name}");
                continue;
            };
            assert!(expected(&error), "{name}: {error:?}");
            let file = file.display().to_string();
            assert_message(&error, &["d.csv line 2, column \"x\"", &file]);
            assert_message(&error, parts);
        }
    };
    let sixteen: fn(&DatasetError) -> bool =
        |e| matches!(e, DatasetError::Cell { defect: CellDefect::Image(PictureError::SixteenBit(_)), .. });
    let alpha: fn(&DatasetError) -> bool =
        |e| matches!(e, DatasetError::Cell { defect: CellDefect::Image(PictureError::Alpha(_)), .. });
    for format in [ImageFormat::Png, ImageFormat::Tiff] {
        let extension = format.extensions_str()[0];
        for (color, channels) in [(ExtendedColorType::L16, 2), (ExtendedColorType::Rgb16, 6)] {
            let file = encode(color, &ramp(channels), format);
            check(&format!("a.{extension}"), file, sixteen, &["16 bits", "convert it to 8 bits"]);
        }
        let file = encode(ExtendedColorType::Rgba8, &ramp(4), format);
        check(&format!("b.{extension}"), file, alpha, &["transparency", "remove the alpha channel"]);
    }
    check("la.png", encode(ExtendedColorType::La8, &ramp(2), ImageFormat::Png), alpha, &[]);
    check("rgba16.png", encode(ExtendedColorType::Rgba16, &ramp(8), ImageFormat::Png), sixteen, &[]);
    check("rgba.bmp", encode(ExtendedColorType::Rgba8, &ramp(4), ImageFormat::Bmp), alpha, &[]);
    use png::{BitDepth, ColorType};
    check("t8.png", palette_png(BitDepth::Eight, ColorType::Indexed, Some(&[0, 255])), alpha, &[]);
    check("t1.png", palette_png(BitDepth::One, ColorType::Indexed, Some(&[255, 255])), alpha, &[]);
    check("tg.png", palette_png(BitDepth::Eight, ColorType::Grayscale, Some(&[0, 1])), alpha, &[]);
    let pixels = [0, 1, 0, 1, 1].repeat(H).try_into().unwrap();
    check("t.gif", gif(&[10, 20, 30, 40, 50, 60], &[pixels], Some(1)), alpha, &[]);
    let floats = tiff(&[(258, 32), (262, 1), (277, 1), (339, 3)], &ramp(4));
    check(
        "f.tif",
        floats,
        |e| {
            matches!(
                e,
                DatasetError::Cell { defect: CellDefect::Image(PictureError::Unsupported(_)), .. }
                    | DatasetError::Cell { defect: CellDefect::Image(PictureError::SixteenBit(_)), .. }
            )
        },
        &[],
    );
    // Five inks and more, or a JPEG without a scan.
    let jpeg = [0xff, 0xd8, 0xff, 0xc0, 0, 20, 8, 0, 3, 0, 5, 4, 1, 17, 0, 2, 17, 0, 3, 17, 0, 4, 17, 0];
    check(
        "cmyk.jpg",
        jpeg.to_vec(),
        |e| matches!(e, DatasetError::Cell { defect: CellDefect::Image(PictureError::Damaged(_)), .. }),
        &["cut short"],
    );
    check(
        "w.png",
        b"RIFF\x1a\0\0\0WEBPVP8L".to_vec(),
        |e| matches!(e, DatasetError::Cell { defect: CellDefect::Image(PictureError::Damaged(_)), .. }),
        &[],
    );
}

#[test]
fn truncated_anywhere_is_an_error_or_complete() {
    let folder = Folder::new();
    let rgb: Vec<u8> = (0..W * H * 3).map(|i| (i * i * 31 + i * 7) as u8).collect();
    let mut files = Vec::new();
    for (name, format) in [
        ("a.png", ImageFormat::Png),
        ("a.bmp", ImageFormat::Bmp),
        ("a.tif", ImageFormat::Tiff),
        ("a.jpg", ImageFormat::Jpeg),
    ] {
        files.push((name, encode(ExtendedColorType::Rgb8, &rgb, format)));
    }
    let pixels: [u8; 15] = std::array::from_fn(|i| (i % 4) as u8);
    files.push(("a.gif", gif(&[1, 2, 3, 40, 50, 60, 70, 80, 90, 9, 8, 7], &[pixels], None)));
    for (name, whole) in files {
        folder.write(name, &whole);
        let expected = folder.decode(name, &bytes(&[3, H, W])).unwrap();
        let mut refused = 0;
        for length in 0..whole.len() {
            folder.write(name, &whole[..length]);
            match folder.decode(name, &bytes(&[3, H, W])) {
                // Trailers behind the pixels may be missing.
                Ok(found) => assert_eq!(found, expected, "{name} cut to {length} of {}", whole.len()),
                Err(error) => {
                    refused += 1;
                    assert!(
                        matches!(
                            error,
                            DatasetError::Cell { defect: CellDefect::Image(PictureError::Damaged(_)), .. }
                                | DatasetError::Cell { defect: CellDefect::Image(PictureError::Unsupported(_)), .. }
                                | DatasetError::Cell { defect: CellDefect::WrongImageSize { .. }, .. }
                        ),
                        "{name} cut to {length}: {error}"
                    );
                }
            }
        }
        assert!(refused * 10 > whole.len() * 8, "{name}: {refused} of {}", whole.len());
    }
}

#[test]
fn a_large_jpeg_cut_short_is_refused() {
    let folder = Folder::new();
    let image = RgbImage::from_fn(224, 224, |x, y| Rgb([(x * y) as u8, (x ^ y) as u8, (x + y) as u8]));
    let mut file = Cursor::new(Vec::new());
    DynamicImage::from(image).write_to(&mut file, ImageFormat::Jpeg).unwrap();
    let file = file.into_inner();
    folder.write("a.jpg", &file);
    folder.decode("a.jpg", &bytes(&[3, 224, 224])).unwrap();
    for part in 1..50 {
        folder.write("a.jpg", &file[..file.len() * part / 50]);
        let error = folder.decode("a.jpg", &bytes(&[3, 224, 224])).unwrap_err();
        assert!(
            matches!(error, DatasetError::Cell { defect: CellDefect::Image(PictureError::Damaged(_)), .. }),
            "{part}: {error}"
        );
    }
}

#[test]
fn damaged_bytes_never_panic() {
    let folder = Folder::new();
    let rgb = ramp(3);
    for (name, format) in [
        ("a.png", ImageFormat::Png),
        ("a.bmp", ImageFormat::Bmp),
        ("a.tif", ImageFormat::Tiff),
        ("a.jpg", ImageFormat::Jpeg),
        ("a.gif", ImageFormat::Gif),
    ] {
        let whole = match format {
            ImageFormat::Gif => gif(&[1, 2, 3, 4, 5, 6], &[[1; 15]], None),
            _ => encode(ExtendedColorType::Rgb8, &rgb, format),
        };
        for at in 0..whole.len() {
            for value in [0, 1, 0x7f, 0xff] {
                let mut damaged = whole.clone();
                damaged[at] = value;
                folder.write(name, &damaged);
                // Only that it returns matters: a flipped pixel is still an image.
                let _ = folder.decode(name, &bytes(&[3, H, W]));
            }
        }
    }
}

#[test]
fn wrong_sizes_say_both_sizes() {
    let folder = Folder::new();
    folder.write("rgb.png", encode(ExtendedColorType::Rgb8, &ramp(3), ImageFormat::Png));
    folder.write("grey.png", encode(ExtendedColorType::L8, &ramp(1), ImageFormat::Png));
    let error = folder.decode("rgb.png", &bytes(&[3, 224, 224])).unwrap_err();
    assert!(
        matches!(&error, DatasetError::Cell { defect: CellDefect::WrongImageSize { found, .. }, .. } if *found == [3, H, W])
    );
    assert_message(&error, &["3,3,5", "3,224,224", "nnc-host dataset create"]);
    let error = folder.decode("grey.png", &bytes(&[3, H, W])).unwrap_err();
    assert!(matches!(error, DatasetError::Cell { defect: CellDefect::GreyImage { expected: 3, .. }, .. }));
    assert_message(&error, &["grey image", "convert it to RGB"]);
    for (name, shape) in [("grey.png", vec![3, 9, 9]), ("rgb.png", vec![1, H, W]), ("rgb.png", vec![W * H * 3])] {
        let error = folder.decode(name, &bytes(&shape)).unwrap_err();
        assert!(matches!(error, DatasetError::Cell { defect: CellDefect::WrongImageSize { .. }, .. }), "{error}");
    }
}

#[test]
fn decompression_bombs_are_refused_by_their_header() {
    let folder = Folder::new();
    let mut file = encode(ExtendedColorType::Rgb8, &ramp(3), ImageFormat::Bmp);
    file[18..22].copy_from_slice(&30_000i32.to_le_bytes());
    file[22..26].copy_from_slice(&30_000i32.to_le_bytes());
    folder.write("bomb.bmp", file);
    let error = folder.shape("bomb.bmp").unwrap_err();
    assert!(
        matches!(error, DatasetError::Cell { defect: CellDefect::Image(PictureError::TooLarge(_)), .. }),
        "{error}"
    );
    assert_message(&error, &["30000x30000"]);
}

#[test]
fn cells_that_name_no_readable_image() {
    let folder = Folder::new();
    std::fs::create_dir(folder.path().join("dir.png")).unwrap();
    let check = |cell: &str, expected: fn(&DatasetError) -> bool, parts: &[&str]| {
        let error = folder.decode(cell, &bytes(&[3, H, W])).unwrap_err();
        assert!(expected(&error), "{cell}: {error:?}");
        assert_message(&error, &["d.csv line 2, column \"x\""]);
        assert_message(&error, parts);
    };
    check(
        "none.png",
        |e| matches!(e, DatasetError::Cell { defect: CellDefect::MissingFile, .. }),
        &["none.png", "relative to the folder"],
    );
    check("dir.png", |e| matches!(e, DatasetError::Cell { defect: CellDefect::IsDirectory, .. }), &["folder"]);
    check("dir.png/a.png", |e| matches!(e, DatasetError::Cell { defect: CellDefect::MissingFile, .. }), &[]);
    check("\"\"", |e| matches!(e, DatasetError::Cell { defect: CellDefect::EmptyCell, .. }), &[]);
    check("7", |e| matches!(e, DatasetError::Cell { defect: CellDefect::NotAnImage { .. }, .. }), &["a number"]);
    check(
        "https://example.com/a.png",
        |e| matches!(e, DatasetError::Cell { defect: CellDefect::RemoteFile { .. }, .. }),
        &["offline"],
    );
    check("S3://bucket/a.png", |e| matches!(e, DatasetError::Cell { defect: CellDefect::RemoteFile { .. }, .. }), &[]);
    for extension in ["dcm", "WAV"] {
        let cell = format!("a.{extension}");
        check(
            &cell,
            |e| matches!(e, DatasetError::Cell { defect: CellDefect::UnsupportedKind { .. }, .. }),
            &[&extension.to_lowercase()],
        );
    }
    for (cell, extension) in [("a.TXT", ".txt"), ("good", ""), (".png", ""), ("a.png.", "."), ("d.png/a", "")] {
        let words = format!("File format with extension \"{extension}\" is not supported.");
        check(cell, |e| matches!(e, DatasetError::Cell { defect: CellDefect::UnknownExtension { .. }, .. }), &[&words]);
    }
    #[cfg(unix)]
    {
        let pipe = folder.path().join("pipe.png");
        let made = std::process::Command::new("mkfifo").arg(pipe).status();
        if made.is_ok_and(|status| status.success()) {
            check("pipe.png", |e| matches!(e, DatasetError::Cell { defect: CellDefect::NotAFile, .. }), &["pipe"]);
        }
    }
}

#[test]
fn paths_with_slashes_of_both_kinds() {
    let folder = Folder::new();
    let file = folder.write("data/0/a.png", encode(ExtendedColorType::L8, &ramp(1), ImageFormat::Png));
    let absolute = file.display().to_string();
    for cell in ["data/0/a.png", "./data/0/a.png", ".\\data\\0\\a.png", "data/../data/0/a.png", &absolute] {
        assert_eq!(folder.shape(cell).unwrap(), [1, H, W], "{cell}");
    }
}

#[test]
fn pixels_are_those_nnabla_saw() {
    let folder = Folder::new();
    folder.write("gear.png", include_bytes!("../../testdata/gear.png"));
    folder.write("gear.npy", include_bytes!("../../testdata/gear.npy"));
    let format = floats(&[3, 224, 224]);
    let image = folder.decode("gear.png", &format).unwrap();
    assert!(image == folder.decode("gear.npy", &format).unwrap());
}
