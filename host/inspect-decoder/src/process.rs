//! The process itself: one image after another until nobody asks any more.

use std::io;
use std::process::ExitCode;
use std::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use image::ImageFormat;
use nnc_dataset::{PictureDamage, PictureError, Pixels};
use nnc_messages::{Say, messages};
use nnc_picture::{Picture, guarded};
use nnc_sandbox::{MessagePipe, Requests};

use crate::words::{Form, Question, Told};

/// The most bytes of a question.
const LONGEST: usize = 256 << 20;
/// The most pixels of an image; its file may be small.
pub(crate) const MAX_PIXELS: u64 = 64 << 20;
/// Bytes of each of them, at most.
const BYTES_PER_PIXEL: u64 = 3;
/// How often a process without work says that it lives.
const SIGN_OF_LIFE: Duration = Duration::from_secs(2);

messages! {
    /// What is wrong with an image beside what decoders say.
    enum ImageMessage {
        RawSize { width: usize, height: usize, channels: usize, bytes: usize } => "raw pixels of {width}x{height} with {channels} channels have another size than {bytes} bytes",
            "{width}x{height}、{channels} チャンネルの生データのサイズが {bytes} バイトではありません";
        Empty => "the file is empty", "ファイルが空です";
    }
}

/// Decodes what standard input brings, on standard output.
pub fn main() -> ExitCode {
    let Ok(pipe) = MessagePipe::take_stdout() else { return ExitCode::FAILURE };
    let mut requests = Requests::default();
    let mut next = || requests.next(LONGEST, SIGN_OF_LIFE, &mut || pipe.send(&Told::Waiting));
    loop {
        match next() {
            Ok(Some(question)) => pipe.send(&answer(&question)),
            Ok(None) => return ExitCode::SUCCESS,
            Err(_) => return ExitCode::FAILURE,
        }
    }
}

fn answer(question: &[u8]) -> Told {
    match decoded(question) {
        Ok(Pixels { width, height, channels, values }) => {
            Told::Pixels { width, height, channels, values: BASE64_STANDARD.encode(values) }
        }
        Err(why) => Told::Refused { why },
    }
}

fn decoded(question: &[u8]) -> Result<Pixels, String> {
    let end = question.iter().position(|&byte| byte == b'\n').unwrap_or(question.len());
    let (line, bytes) = question.split_at(end);
    let bytes = bytes.get(1..).unwrap_or_default();
    let asked: Question = serde_json::from_slice(line).map_err(|error| io::Error::from(error).to_string())?;
    if bytes.is_empty() {
        return Err(ImageMessage::Empty.said());
    }
    match (asked.form, asked.shaping) {
        (Form::File, Some(shaping)) => {
            let named = named(bytes)?;
            shaping.decode(bytes, named, MAX_PIXELS).map(|(pixels, _)| pixels).map_err(|error| error.said())
        }
        (Form::File, None) => {
            let named = named(bytes)?;
            guarded(|| plain(bytes, named)).unwrap_or(Err(PictureError::DecoderPanic)).map_err(|error| error.said())
        }
        (Form::Raw { width, height, channels }, shaping) => {
            let size = width.checked_mul(height).and_then(|pixels| pixels.checked_mul(channels));
            if size != Some(bytes.len()) || !matches!(channels, 1 | 3) {
                return Err(ImageMessage::RawSize { width, height, channels, bytes: bytes.len() }.said());
            }
            let pixels = Pixels { width, height, channels, values: bytes.to_vec() };
            match shaping {
                Some(shaping) => shaping.shape(pixels, MAX_PIXELS).map_err(|error| error.said()),
                None => Ok(pixels),
            }
        }
    }
}

/// What kind of picture this is.
fn named(bytes: &[u8]) -> Result<ImageFormat, String> {
    let unknown = |error: image::ImageError| {
        PictureError::Damaged(PictureDamage::Decoder(error.to_string().replace(['\n', '\r'], " "))).said()
    };
    image::guess_format(bytes).map_err(unknown)
}

/// The pixels as they are read of a file that a table names.
fn plain(bytes: &[u8], named: ImageFormat) -> Result<Pixels, PictureError> {
    let picture = Picture::open(bytes, named, MAX_PIXELS * BYTES_PER_PIXEL)?;
    let ([channels, height, width], stride) = (*picture.shape(), picture.stride());
    let mut values = Vec::new();
    picture.read(&mut values)?;
    if channels < stride {
        values = values.chunks_exact(stride).flat_map(|pixel| &pixel[..channels]).copied().collect();
    }
    Ok(Pixels { width, height, channels, values })
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use image::RgbImage;
    use nnc_dataset_create::{AlphaPolicy, Mode, Shaping};

    use super::*;

    fn asked(form: Form, shaping: Option<Shaping>, bytes: &[u8]) -> Result<Pixels, String> {
        let mut question = serde_json::to_vec(&Question { form, shaping }).unwrap();
        question.push(b'\n');
        question.extend_from_slice(bytes);
        decoded(&question)
    }

    fn png(width: u32, height: u32) -> Vec<u8> {
        let mut bytes = Cursor::new(Vec::new());
        RgbImage::from_fn(width, height, |x, y| image::Rgb([x as u8, y as u8, 7]))
            .write_to(&mut bytes, ImageFormat::Png)
            .unwrap();
        bytes.into_inner()
    }

    const SHAPING: Shaping = Shaping {
        width: 4,
        height: 4,
        channels: 1,
        mode: Mode::Trimming,
        alpha: AlphaPolicy::Refuse,
        scale_sixteen_bit: false,
    };

    #[test]
    fn files_and_raw_pixels_are_shaped_alike() {
        let file = png(9, 5);
        let plain = asked(Form::File, None, &file).unwrap();
        assert_eq!((plain.width, plain.height, plain.channels), (9, 5, 3));
        let shaped = asked(Form::File, Some(SHAPING), &file).unwrap();
        assert_eq!((shaped.width, shaped.height, shaped.channels), (4, 4, 1));
        let raw = Form::Raw { width: 9, height: 5, channels: 3 };
        assert_eq!(asked(raw, Some(SHAPING), &plain.values).unwrap(), shaped);
        assert_eq!(asked(raw, None, &plain.values).unwrap(), plain);
    }

    #[test]
    fn what_is_no_image_is_told_and_nothing_panics() {
        let file = png(9, 5);
        for bytes in [&b""[..], b"text", &file[..file.len() - 20], &file[..20]] {
            for shaping in [None, Some(SHAPING)] {
                assert!(asked(Form::File, shaping, bytes).is_err());
            }
        }
        for (width, height, channels) in [(9, 5, 1), (usize::MAX, 2, 3), (0, 0, 0), (135, 1, 1)] {
            assert!(asked(Form::Raw { width, height, channels }, None, &[0; 134]).is_err());
        }
        for nonsense in [&b""[..], b"\n", b"{}\nx", b"{"] {
            assert!(decoded(nonsense).is_err());
        }
    }
}
