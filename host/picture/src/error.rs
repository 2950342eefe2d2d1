//! What can be wrong with an image, whatever it belongs to.

/// Why an image cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, strum::IntoStaticStr)]
#[strum(serialize_all = "kebab-case")]
#[error("{self:?}")]
pub enum PictureError {
    /// More pixels or bytes than the limit.
    TooLarge(PictureLimit),
    /// Cut short, damaged, or no image at all.
    Damaged(PictureDamage),
    /// Something no decoder here understands.
    Unsupported(UnsupportedPicture),
    /// More than 8 bits per channel; NNC's back-ends disagree on what such a file means.
    SixteenBit(PixelDepth),
    /// An alpha channel or a transparent palette entry; NNC would silently feed a 2- or 4-channel image.
    Alpha(Transparency),
    /// A decoder panicked, which is a bug in it and not in the image.
    DecoderPanic,
}

/// The limit that an image passes, and what it has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PictureLimit {
    /// Bytes of the decoded image.
    Bytes {
        /// Pixels across.
        width: u32,
        /// Pixels down.
        height: u32,
        /// The most bytes, decoded.
        limit: u64,
    },
    /// Pixels.
    Pixels {
        /// Pixels across.
        width: u32,
        /// Pixels down.
        height: u32,
        /// The most pixels.
        limit: u64,
    },
    /// The memory of the decoder.
    Memory {
        /// The decoder's own words.
        reason: String,
    },
    /// Proportions so extreme that scaling the image would take more memory than any image does.
    Proportions {
        /// Pixels across.
        width: usize,
        /// Pixels down.
        height: usize,
    },
}

/// How an image is damaged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PictureDamage {
    /// What the decoder found, in its own words.
    Decoder(String),
    /// A side of 0 pixels.
    NoPixels {
        /// Pixels across.
        width: u32,
        /// Pixels down.
        height: u32,
    },
    /// A JPEG without its end marker, whose missing part would be decoded as grey.
    JpegCutShort,
}

/// What no decoder here understands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UnsupportedPicture {
    /// A feature, in the decoder's own words.
    Decoder(String),
    /// 32-bit floats, which have no fixed range.
    Floats,
    /// The extension of no image format.
    Extension(String),
    /// A kind of TIFF.
    Tiff(TiffFeature),
}

/// What a TIFF may be and is not decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TiffFeature {
    /// A compression.
    Compression {
        /// Its number in the file.
        code: u32,
    },
    /// A predictor other than differences of bytes.
    Predictor {
        /// Bits per sample.
        bits: u32,
    },
    /// Brightness and two colour differences outside of a JPEG, or in planes of their own.
    YCbCr,
    /// CIE L*a*b*.
    Lab,
    /// Planes that are not compressed, with the lowest bit of a byte first.
    BitsInPlanes,
    /// Strips or tiles that are the same bytes over and over.
    Overlap,
}

/// A kind of pixel with more than 8 bits per channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PixelDepth {
    /// 16 bits per channel.
    SixteenBits,
    /// 32-bit floats.
    Floats,
}

/// How an image is transparent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transparency {
    /// It has an alpha channel, with this many channels in all.
    Channels(u8),
    /// A palette entry is transparent, or the first frame is smaller than the image.
    Palette,
}

impl PictureError {
    /// The short name of the defect, such as `sixteen-bit`, for programs.
    pub fn kind(&self) -> &'static str {
        self.into()
    }
}
