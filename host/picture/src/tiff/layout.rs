//! How the samples of a TIFF lie in its file, from the tags of its first page.

use std::io::Cursor;

use tiff::decoder::Decoder;
use tiff::tags::Tag;

use super::turned::Orientation;
use crate::cmyk;
use crate::error::{PictureError, PictureLimit, TiffFeature, UnsupportedPicture};

/// What the decoder has to know of the first page.
pub(super) struct Layout {
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) bits: u32,
    pub(super) colours: Colours,
    pub(super) compression: Compression,
    /// Each sample differs from the one of the pixel before.
    pub(super) differences: bool,
    /// The lowest bit of a byte comes first.
    pub(super) low_bit_first: bool,
    /// Each sample in strips or tiles of its own.
    pub(super) separate: bool,
    /// Size of a strip or tile.
    pub(super) chunk_width: u32,
    pub(super) chunk_height: u32,
    /// Start and length in the file.
    pub(super) chunks: Vec<(u64, u64)>,
    pub(super) jpeg_tables: Option<Vec<u8>>,
}

/// What the samples of a pixel are.
pub(super) enum Colours {
    Grey {
        white_is_zero: bool,
        bits: u32,
    },
    Rgb,
    /// Only inside JPEGs, whose decoder makes RGB of it.
    YCbCr,
    /// The colour of each index.
    Palette {
        colours: Vec<[u8; 3]>,
    },
    Cmyk,
}

impl Colours {
    /// Whether the samples are the pixels.
    pub(super) fn is_stored(&self) -> bool {
        matches!(self, Colours::Rgb | Colours::YCbCr | Colours::Grey { white_is_zero: false, bits: 8 })
    }

    /// From samples to pixels.
    pub(super) fn convert(&self, samples: &[u8], out: &mut [u8]) {
        match self {
            Colours::Grey { white_is_zero, bits } => {
                let scale = u8::MAX / ((1_u16 << bits) - 1) as u8;
                let flip = if *white_is_zero { u8::MAX } else { 0 };
                out.iter_mut().zip(samples).for_each(|(out, sample)| *out = (sample * scale) ^ flip);
            }
            Colours::Palette { colours } => {
                for (out, sample) in out.chunks_exact_mut(3).zip(samples) {
                    out.copy_from_slice(&colours.get(usize::from(*sample)).copied().unwrap_or_default());
                }
            }
            Colours::Cmyk => {
                for (out, inks) in out.chunks_exact_mut(3).zip(samples.chunks_exact(4)) {
                    out.copy_from_slice(&cmyk::to_rgb(inks[0], inks[1], inks[2], inks[3]));
                }
            }
            Colours::Rgb | Colours::YCbCr => out.copy_from_slice(samples),
        }
    }
}

/// The codings that are decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Compression {
    None,
    PackBits,
    Lzw,
    Deflate,
    Jpeg,
    Fax3,
    Fax4,
}

impl Layout {
    /// Samples per pixel.
    pub(super) fn samples(&self) -> usize {
        match self.colours {
            Colours::Grey { .. } | Colours::Palette { .. } => 1,
            Colours::Rgb | Colours::YCbCr => 3,
            Colours::Cmyk => 4,
        }
    }
}

/// How often a byte of the file may be part of a strip or tile, on average.
const SHARED: u64 = 16;

/// The layout of the first page, where it is one that is known here; `None` where the directory cannot be read.
pub(super) fn read(bytes: &[u8], max_bytes: u64) -> Result<Option<(Orientation, Option<Layout>)>, PictureError> {
    let Ok(mut file) = Decoder::new(Cursor::new(bytes)) else { return Ok(None) };
    let Ok((width, height)) = file.dimensions() else { return Ok(None) };
    let Some(orientation) = number(&mut file, Tag::Orientation, 1) else { return Ok(None) };
    let orientation = Orientation::of(orientation);
    let layout = match first_page(&mut file, width, height) {
        None => return Ok(Some((orientation, None))),
        Some(Err(feature)) => return Err(PictureError::Unsupported(UnsupportedPicture::Tiff(feature))),
        Some(Ok(layout)) => layout,
    };
    let samples = layout.samples() as u64;
    let bytes_of = |width: u32, height: u32| u64::from(width) * u64::from(height) * samples;
    if width == 0 || height == 0 || layout.chunk_width == 0 || layout.chunk_height == 0 {
        return Ok(Some((orientation, None)));
    }
    // Some writers let equal strips share their bytes; a file whose strips are all of it again and again takes hours.
    let stored = layout.chunks.iter().map(|(_, length)| *length).fold(0, u64::saturating_add);
    if stored > (bytes.len() as u64).saturating_mul(SHARED) {
        return Err(PictureError::Unsupported(UnsupportedPicture::Tiff(TiffFeature::Overlap)));
    }
    if bytes_of(width, height) > max_bytes || bytes_of(layout.chunk_width, layout.chunk_height) > max_bytes {
        return Err(PictureError::TooLarge(PictureLimit::Bytes { width, height, limit: max_bytes }));
    }
    Ok(Some((orientation, Some(layout))))
}

type File<'a> = Decoder<Cursor<&'a [u8]>>;

/// The number of a tag, or `otherwise` where it is left out; `None` where it is no number.
fn number(file: &mut File<'_>, tag: Tag, otherwise: u32) -> Option<u32> {
    file.find_tag_unsigned::<u32>(tag).ok().map(|found| found.unwrap_or(otherwise))
}

/// The layout by the tags of the page, what is not supported of it, or `None` for one that is not known here.
fn first_page(file: &mut File<'_>, width: u32, height: u32) -> Option<Result<Layout, TiffFeature>> {
    let mut list = |tag| file.find_tag_unsigned_vec::<u64>(tag).ok();
    let depths = list(Tag::BitsPerSample)?.unwrap_or_else(|| vec![1]);
    let formats = list(Tag::SampleFormat)?.unwrap_or_default();
    let extra = list(Tag::ExtraSamples)?.unwrap_or_default();
    let colour_map = list(Tag::ColorMap)?;
    let (strips, strip_bytes) = (list(Tag::StripOffsets)?, list(Tag::StripByteCounts)?);
    let (tiles, tile_bytes) = (list(Tag::TileOffsets)?, list(Tag::TileByteCounts)?);
    let mut number = |tag, otherwise| number(file, tag, otherwise);
    let samples = number(Tag::SamplesPerPixel, 1)?;
    let compression = number(Tag::Compression, 1)?;
    let predictor = number(Tag::Predictor, 1)?;
    let photometric = number(Tag::PhotometricInterpretation, u32::MAX)?;
    let ink_set = number(Tag::Unknown(332), 1)?;
    let fax_options = number(Tag::Unknown(292), 0)?;
    let fill_order = number(Tag::FillOrder, 1)?;
    let planes = number(Tag::PlanarConfiguration, 1)? == 2;
    let separate = planes && samples > 1;
    let (offsets, counts, chunk_width, chunk_height) = match (strips, tiles) {
        (Some(strips), _) => {
            let rows = number(Tag::RowsPerStrip, u32::MAX)?.min(height);
            (strips, strip_bytes?, width, rows)
        }
        (None, Some(tiles)) => (tiles, tile_bytes?, number(Tag::TileWidth, 0)?, number(Tag::TileLength, 0)?),
        (None, None) => return None,
    };
    let jpeg_tables = file.find_tag(Tag::JPEGTables).ok()?.and_then(|tables| tables.into_u8_vec().ok());
    let bits = u32::try_from(*depths.first()?).ok()?;
    if depths.iter().any(|depth| *depth != u64::from(bits)) || formats.iter().any(|format| *format != 1) {
        return None;
    }
    let jpeg = compression == 7;
    let colours = match (photometric, samples, bits) {
        _ if !extra.is_empty() => return None,
        (0 | 1, 1, 1 | 2 | 4 | 8) => Colours::Grey { white_is_zero: photometric == 0, bits },
        (2, 3, 8) => Colours::Rgb,
        (3, 1, 1 | 2 | 4 | 8) => Colours::Palette { colours: palette(&colour_map?, bits)? },
        (5, 4, 8) if ink_set == 1 => Colours::Cmyk,
        (6, 3, 8) if jpeg && !separate => Colours::YCbCr,
        (6, ..) => return Some(Err(TiffFeature::YCbCr)),
        (8..=10, ..) => return Some(Err(TiffFeature::Lab)),
        _ => return None,
    };
    let compression = match compression {
        1 => Compression::None,
        32773 => Compression::PackBits,
        5 => Compression::Lzw,
        8 | 32946 => Compression::Deflate,
        7 => Compression::Jpeg,
        // With lines that build on the one before, or bits that are not compressed.
        3 if fax_options & 3 == 0 => Compression::Fax3,
        4 => Compression::Fax4,
        code => return Some(Err(TiffFeature::Compression { code })),
    };
    // Pillow forgets the order of the bits here, so NNC sees noise.
    if planes && fill_order == 2 && compression == Compression::None {
        return Some(Err(TiffFeature::BitsInPlanes));
    }
    let predicted = matches!(compression, Compression::Lzw | Compression::Deflate);
    if predicted && (predictor > 2 || predictor == 2 && bits != 8) {
        return Some(Err(TiffFeature::Predictor { bits }));
    }
    Some(Ok(Layout {
        width,
        height,
        bits,
        colours,
        compression,
        differences: predicted && predictor == 2,
        low_bit_first: fill_order == 2,
        separate,
        chunk_width,
        chunk_height,
        chunks: offsets.into_iter().zip(counts).collect(),
        jpeg_tables,
    }))
}

/// The upper bytes of the three colours, which lie one after the other.
fn palette(map: &[u64], bits: u32) -> Option<Vec<[u8; 3]>> {
    let count = 1_usize << bits;
    let channel = |channel: usize| map.get(channel * count..(channel + 1) * count);
    let (red, green, blue) = (channel(0)?, channel(1)?, channel(2)?);
    let byte = |value: u64| (value >> 8) as u8;
    Some((0..count).map(|index| [byte(red[index]), byte(green[index]), byte(blue[index])]).collect())
}
