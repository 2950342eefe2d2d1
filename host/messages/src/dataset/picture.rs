//! What is wrong with an image, whether it belongs to a dataset or is to become part of one.

use crate::sentences;
use nnc_dataset::{
    Change, PictureDamage, PictureError, PictureLimit, PixelDepth, TiffFeature, Transparency, UnsupportedPicture,
};

sentences! {
    PictureError {
        Self::TooLarge(limit) => "{limit}; make the image smaller", "{limit}。画像を小さくしてください";
        Self::Damaged(damage) =>
            "the image is damaged or cut short ({damage}); copy or export it again",
            "画像が壊れているか、途中で切れています（{damage}）。もう一度コピーまたは書き出してください";
        Self::Unsupported(what) =>
            "this kind of image is not supported ({what}); save it as an 8-bit grey or RGB PNG",
            "この形式の画像には対応していません（{what}）。8 ビットのグレースケールまたは RGB の PNG で保存してください";
        Self::SixteenBit(found) =>
            "found an image with {found}, expected 8 bits per channel; convert it to 8 bits, or let `dataset create --scale-16bit` do it",
            "画像が {found} です。1 チャンネル 8 ビットに変換するか、`dataset create --scale-16bit` で変換してください";
        Self::Alpha(found) =>
            "found an image with transparency ({found}), expected grey or RGB; remove the alpha channel, or choose with `dataset create --alpha` what becomes of it",
            "透明度のある画像です（{found}）。グレースケールまたは RGB が必要です。アルファチャンネルを取り除くか、`dataset create --alpha` で扱いを指定してください";
        Self::DecoderPanic =>
            "the decoder stopped unexpectedly; save the image again with another tool",
            "デコーダーが予期せず停止しました。別のツールで画像を保存し直してください";
    }
}

sentences! {
    PictureLimit {
        Self::Bytes { width, height, limit } =>
            "found an image of {width}x{height} pixels, more than the limit of {limit} bytes decoded",
            "{width}x{height} ピクセルの画像で、デコード後の上限 {limit} バイトを超えています";
        Self::Pixels { width, height, limit } =>
            "found an image of {width}x{height} pixels, more than the limit of {limit} pixels, which `dataset create --max-pixels` raises",
            "{width}x{height} ピクセルの画像で、上限の {limit} ピクセルを超えています（`dataset create --max-pixels` で変更できます）";
        Self::Memory { reason } =>
            "the image needs more memory than the decoder may use ({reason})",
            "画像の読み込みに必要なメモリーがデコーダーの上限を超えています（{reason}）";
        Self::Proportions { width, height } =>
            "found an image of {width}x{height} pixels, whose proportions are too extreme to scale it",
            "{width}x{height} ピクセルの画像で、縦横比が極端なためサイズを変更できません";
    }
}

sentences! {
    PictureDamage {
        Self::Decoder(reason) => "{reason}", "{reason}";
        Self::NoPixels { width, height } =>
            "its size is {width}x{height} pixels",
            "サイズが {width}x{height} ピクセルです";
        Self::JpegCutShort =>
            "the JPEG ends before its end marker",
            "JPEG が終了マーカーの前で終わっています";
    }
}

sentences! {
    UnsupportedPicture {
        Self::Decoder(reason) => "{reason}", "{reason}";
        Self::Floats =>
            "32-bit floats have no fixed range",
            "32 ビット浮動小数点数には決まった範囲がありません";
        Self::Extension(extension) =>
            "no decoder for the extension {extension}",
            "拡張子 {extension} のデコーダーがありません";
        Self::Tiff(feature) => "{feature}", "{feature}";
    }
}

sentences! {
    TiffFeature {
        Self::Compression { code } =>
            "TIFF compression {code}{name}",
            "TIFF の圧縮方式 {code}{name}"
            [name = compression_name(*code)];
        Self::Predictor { bits } =>
            "a TIFF predictor for {bits}-bit samples",
            "{bits} ビットのサンプルに対する TIFF の予測方式";
        Self::YCbCr =>
            "a TIFF of YCbCr without JPEG, or in planes",
            "JPEG を使わない、またはプレーンに分かれた YCbCr の TIFF";
        Self::BitsInPlanes =>
            "a TIFF in planes with FillOrder 2 and without compression",
            "FillOrder 2 で圧縮なしの、プレーンに分かれた TIFF";
        Self::Overlap =>
            "a TIFF whose strips or tiles share their bytes with each other again and again",
            "ストリップまたはタイルが同じバイト列を何度も共有する TIFF";
        Self::Lab => "a TIFF of CIE L*a*b* colours", "CIE L*a*b* の TIFF";
    }
}

/// What the number of a compression stands for, in brackets; names of formats are the same in every language.
fn compression_name(code: u32) -> &'static str {
    match code {
        2 => " (CCITT RLE)",
        3 => " (CCITT Group 3, 2-D)",
        6 => " (old JPEG)",
        34887 => " (LERC)",
        34925 => " (LZMA)",
        50000 => " (Zstandard)",
        50001 => " (WebP)",
        _ => "",
    }
}

sentences! {
    PixelDepth {
        Self::SixteenBits => "16 bits per channel", "1 チャンネル 16 ビット";
        Self::Floats => "32-bit floats", "32 ビット浮動小数点数";
    }
}

sentences! {
    Transparency {
        Self::Channels(count) => "{count} channels", "{count} チャンネル";
        Self::Palette =>
            "a transparent palette entry, or a first frame smaller than the image",
            "透明なパレット色、または画像より小さい最初のフレーム";
    }
}

sentences! {
    Change {
        Self::AlphaDropped => "alpha channel dropped", "アルファチャンネルを除去";
        Self::AlphaBlended => "blended with the background", "背景色と合成";
        Self::SixteenBitScaled => "16 bits scaled to 8", "16 ビットから 8 ビットに変換";
        Self::OneBitSpread => "1 bit spread to 0 and 255", "1 ビットから 0 と 255 に変換";
    }
}
