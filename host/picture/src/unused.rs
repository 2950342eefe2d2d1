//! What an image file holds beside the pixels that are taken: NNC follows no EXIF orientation, takes the first page or
//! frame alone, and knows no colour profiles. Nothing here trusts a size or an offset, and nothing is ever an error.

mod profile;

use std::io::Cursor;

use image::metadata::Orientation;
use image::{ImageFormat, ImageReader};
use tiff::decoder::Decoder;
use tiff::tags::Tag;

use crate::quiet::guarded;

/// The most bytes that metadata may unfold to.
const MAX_METADATA: u64 = 1 << 24;

/// What of an image file does not become pixels.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Unused {
    /// It has an EXIF orientation other than upright, and its pixels are taken as they are stored.
    pub orientation: bool,
    /// It has further pages or frames.
    pub pages: bool,
    /// The name of its colour profile, where that is not sRGB.
    pub profile: Option<String>,
}

/// What of the image in `bytes` is not used.
pub fn unused(bytes: &[u8]) -> Unused {
    let find = || match image::guess_format(bytes) {
        Ok(ImageFormat::Jpeg) => jpeg(bytes),
        Ok(ImageFormat::Png) => png(bytes),
        Ok(ImageFormat::Gif) => Unused { pages: gif_frames(bytes) > 1, ..Unused::default() },
        Ok(ImageFormat::WebP) => webp(bytes),
        Ok(ImageFormat::Tiff) => tiff(bytes),
        _ => Unused::default(),
    };
    guarded(find).unwrap_or_default()
}

/// Whether EXIF data, which begin like a TIFF, turn the image.
fn turns(exif: &[u8]) -> bool {
    Orientation::from_exif_chunk(exif).is_some_and(|orientation| orientation != Orientation::NoTransforms)
}

/// The segments before the first scan.
fn jpeg(bytes: &[u8]) -> Unused {
    let (mut found, mut icc) = (Unused::default(), Vec::new());
    let mut at = 2;
    while let Some(&[0xff, marker, high, low]) = bytes.get(at..at + 4) {
        match marker {
            0xff => {
                at += 1;
                continue;
            }
            0xd9 | 0xda => break,
            _ => {}
        }
        let end = at + 2 + usize::from(u16::from_be_bytes([high, low]));
        let Some(segment) = bytes.get(at + 4..end) else { break };
        if let (0xe1, Some(exif)) = (marker, segment.strip_prefix(b"Exif\0\0")) {
            found.orientation |= turns(exif);
        }
        // The profile in parts, behind the number of the part and that of all.
        if let (0xe2, Some(part)) = (marker, segment.strip_prefix(b"ICC_PROFILE\0")) {
            icc.extend(part.get(2..).unwrap_or_default());
        }
        at = end;
    }
    Unused { profile: profile::other_than_srgb(&icc), ..found }
}

fn png(bytes: &[u8]) -> Unused {
    let mut found = Unused::default();
    let mut with_metadata = false;
    let mut at = 8;
    while let Some(&[a, b, c, d, ref kind @ ..]) = bytes.get(at..at + 8) {
        let length = u32::from_be_bytes([a, b, c, d]) as usize;
        let content = bytes.get(at + 8..).and_then(|rest| rest.get(..length)).unwrap_or_default();
        match kind {
            b"acTL" => found.pages = content.get(..4).is_some_and(|count| count > &[0, 0, 0, 1][..]),
            b"eXIf" => found.orientation = turns(content),
            b"iCCP" => with_metadata = true,
            b"IEND" => break,
            _ => {}
        }
        at = at.saturating_add(length).saturating_add(12);
    }
    // A profile is packed.
    if with_metadata {
        found.profile = metadata(bytes, ImageFormat::Png).1;
    }
    found
}

fn webp(bytes: &[u8]) -> Unused {
    // Only the extended header can tell of anything else than pixels.
    let Some((b"VP8X", flags)) = bytes.get(12..16).zip(bytes.get(20)).map(|(kind, flags)| (kind, *flags)) else {
        return Unused::default();
    };
    let (exif, profile) = metadata(bytes, ImageFormat::WebP);
    Unused { orientation: exif, pages: flags & 2 != 0, profile }
}

/// Whether EXIF data turn the image, and its profile, by the crate `image`.
fn metadata(bytes: &[u8], format: ImageFormat) -> (bool, Option<String>) {
    use image::ImageDecoder;

    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    let mut limits = image::Limits::default();
    limits.max_alloc = Some(MAX_METADATA);
    reader.limits(limits);
    let Ok(mut decoder) = reader.into_decoder() else { return (false, None) };
    let exif = decoder.exif_metadata().ok().flatten().is_some_and(|exif| turns(&exif));
    (exif, decoder.icc_profile().ok().flatten().and_then(|icc| profile::other_than_srgb(&icc)))
}

/// The orientation of a TIFF is followed. A smaller copy of the first page is no page.
fn tiff(bytes: &[u8]) -> Unused {
    let Ok(mut file) = Decoder::new(Cursor::new(bytes)) else { return Unused::default() };
    let icc = file.find_tag(Tag::IccProfile).ok().flatten().and_then(|profile| profile.into_u8_vec().ok());
    let profile = icc.and_then(|icc| profile::other_than_srgb(&icc));
    let mut pages = false;
    // One that cannot be read ends the search; so many pages of copies alone there are not.
    for _ in 0..64 {
        if pages || !file.more_images() || file.next_image().is_err() {
            break;
        }
        let kind = file.find_tag_unsigned::<u32>(Tag::NewSubfileType).ok().flatten().unwrap_or(0);
        // Bits for a copy of lower resolution and for a mask.
        pages = kind & 0b101 == 0;
    }
    Unused { orientation: false, pages, profile }
}

/// Images in a GIF, at most two.
fn gif_frames(bytes: &[u8]) -> usize {
    /// Bytes of the palette that the flags announce.
    fn palette(flags: u8) -> usize {
        if flags & 0x80 == 0 { 0 } else { 3 << ((flags & 7) + 1) }
    }
    let mut frames = 0;
    let Some(&flags) = bytes.get(10) else { return 0 };
    let mut at = 13 + palette(flags);
    while let Some(&block) = bytes.get(at) {
        at += match block {
            // An extension: its label.
            0x21 => 2,
            // An image: place, size, flags, palette, and the width of codes.
            0x2c => {
                frames += 1;
                11 + bytes.get(at + 9).map_or(0, |&flags| palette(flags))
            }
            _ => break,
        };
        if frames > 1 {
            break;
        }
        // Parts with their lengths, up to an empty one.
        while let Some(&length) = bytes.get(at) {
            at += 1 + usize::from(length);
            if length == 0 {
                break;
            }
        }
    }
    frames
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    /// Files that Pillow wrote, and what of them is not used.
    #[test]
    #[allow(clippy::disallowed_methods, reason = "opens files of its own")]
    fn what_pillow_writes_beside_pixels_is_found() {
        let turned = || Unused { orientation: true, ..Unused::default() };
        let pages = || Unused { pages: true, ..Unused::default() };
        let profile = || Unused { profile: Some("Display P3".to_owned()), ..Unused::default() };
        for (name, due) in [
            ("turned.jpg", turned()),
            ("turned.png", turned()),
            ("turned.webp", turned()),
            ("upright.jpg", Unused::default()),
            ("turned.tif", Unused::default()),
            ("pages.tif", pages()),
            ("copies.tif", Unused::default()),
            ("frames.gif", pages()),
            ("one_frame.gif", Unused::default()),
            ("frames.webp", pages()),
            ("frames.png", pages()),
            ("p3.jpg", profile()),
            ("p3.png", profile()),
            ("p3.webp", profile()),
            ("p3.tif", profile()),
            ("srgb.jpg", Unused::default()),
            ("everything.jpg", Unused { orientation: true, ..profile() }),
        ] {
            let bytes = std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/unused/testdata").join(name));
            let bytes = bytes.expect(name);
            assert_eq!(unused(&bytes), due, "{name}");
            // Wherever they end, there is no panic, and nothing is found that is not there.
            for length in 0..bytes.len() {
                let found = unused(&bytes[..length]);
                assert!(due.orientation || !found.orientation, "{name} {length}");
            }
        }
    }
}
