//! What can be wrong with an image, whatever it belongs to.

use crate::error::{DatasetError, Place};
use crate::language::Word;

/// Why an image cannot be used. Every message is one line that says what was found and what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, strum::IntoStaticStr)]
#[strum(serialize_all = "kebab-case")]
#[non_exhaustive]
pub enum PictureError {
    /// More pixels or bytes than the limit.
    TooLarge {
        /// What was found.
        found: String,
        /// What is allowed.
        limit: String,
    },
    /// Cut short, damaged, or no image at all.
    Damaged {
        /// What the decoder said.
        reason: String,
    },
    /// Something no decoder here understands.
    Unsupported {
        /// What the decoder said.
        reason: String,
    },
    /// More than 8 bits per channel.
    SixteenBit {
        /// The kind of pixel.
        found: String,
    },
    /// An alpha channel or a transparent palette entry.
    Alpha {
        /// The kind of pixel.
        found: String,
    },
    /// Four inks.
    Cmyk,
    /// A decoder panicked, which is a bug in it and not in the image.
    DecoderPanic,
}

impl PictureError {
    /// The short name of the defect, such as `sixteen-bit`, for programs.
    pub fn kind(&self) -> &'static str {
        self.into()
    }

    /// The same defect in a dataset.
    pub(crate) fn at(self, place: Box<Place>) -> DatasetError {
        match self {
            PictureError::TooLarge { found, limit } => DatasetError::TooLarge { place, found, limit },
            PictureError::Damaged { reason } => DatasetError::DamagedImage { place, reason },
            PictureError::Unsupported { reason } => DatasetError::UnsupportedImage { place, reason },
            PictureError::SixteenBit { found } => DatasetError::SixteenBit { place, found },
            PictureError::Alpha { found } => DatasetError::Alpha { place, found },
            PictureError::Cmyk => DatasetError::Cmyk { place },
            PictureError::DecoderPanic => DatasetError::DecoderPanic { place, reason: Word::NoMessage.with(&[]) },
        }
    }
}
