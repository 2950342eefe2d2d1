//! What can be wrong with an image, whatever it belongs to.

use crate::error::{DatasetError, Place};

/// Why an image cannot be used. Every message is one line that says what was found and what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, strum::IntoStaticStr)]
#[strum(serialize_all = "kebab-case")]
#[non_exhaustive]
pub enum PictureError {
    /// More pixels or bytes than the limit.
    #[error("found {found}, more than the limit of {limit}; make the image smaller")]
    TooLarge {
        /// What was found.
        found: String,
        /// What is allowed.
        limit: String,
    },
    /// Cut short, damaged, or no image at all.
    #[error("damaged, cut short or no image ({reason}); copy or export it again")]
    Damaged {
        /// What the decoder said.
        reason: String,
    },
    /// Something no decoder here understands.
    #[error("this kind of image is not supported ({reason}); save it as an 8-bit grey or RGB PNG")]
    Unsupported {
        /// What the decoder said.
        reason: String,
    },
    /// More than 8 bits per channel.
    #[error("{found}, expected 8; convert the image to 8 bits")]
    SixteenBit {
        /// The kind of pixel.
        found: String,
    },
    /// An alpha channel or a transparent palette entry.
    #[error("transparency ({found}), expected grey or RGB; remove the alpha channel")]
    Alpha {
        /// The kind of pixel.
        found: String,
    },
    /// Four inks.
    #[error("CMYK (4 channels), expected grey or RGB; convert the image to RGB")]
    Cmyk,
    /// A decoder panicked, which is a bug in it and not in the image.
    #[error("the decoder stopped unexpectedly; save the image anew with another tool")]
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
            PictureError::DecoderPanic => DatasetError::DecoderPanic { place, reason: "no message".to_string() },
        }
    }
}
