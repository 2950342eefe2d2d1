//! NNC's "Create Dataset" dialog: its fields with choices and defaults, in NNC's words.

use nnc_messages::{Said, messages};
use serde_json::{Value, json};

use super::request::In;
use crate::jobs::{Alpha, CreateOptions, Mode, SECOND_TABLE};

/// The longest side of images that are made.
pub(super) const LARGEST: u32 = 16_384;

messages! {
    /// Words of NNC's dialog.
    enum Word {
        Mode => "Shaping mode", "整形モード";
        Trimming => "Trimming", "トリミング";
        Padding => "Padding", "パディング";
        Resize => "Resize", "リサイズ";
        Colour => "Color", "画像の色";
        Rgb => "RGB", "RGB";
        Grey => "Grayscale", "グレースケール";
        Width => "Width", "幅";
        Height => "Height", "高さ";
        Shuffle => "Shuffle", "シャッフル";
        First => "Dataset name 1", "データセット名 1";
        FirstRate => "Rate 1 (%)", "割合 1 (%)";
        Second => "Dataset name 2", "データセット名 2";
        SecondRate => "Rate 2 (%)", "割合 2 (%)";
        Alpha => "Images with transparency", "透過画像";
        Skip => "Leave out, as NNC does", "除外する（NNC と同じ）";
        Drop => "Drop the alpha channel", "アルファチャンネルを破棄する";
        White => "Blend with white", "白と合成する";
        Black => "Blend with black", "黒と合成する";
        Sixteen => "Convert 16-bit images instead of leaving them out", "16 ビット画像を除外せず変換する";
        Group => "Keep images together whose names match this regular expression", "ファイル名がこの正規表現に一致する画像を同じ表にまとめる";
        Seed => "Seed of the shuffled order", "シャッフルの乱数シード";
    }
}

/// Fields, choices and defaults of NNC's dialog.
pub(super) async fn dialog(In(language): In) -> axum::Json<Value> {
    let said = |word: &Word| Said(word, language).to_string();
    let usual = CreateOptions::default();
    let choice = |value: Value, word: &Word| json!({ "value": value, "label": said(word) });
    let modes = Mode::ALL.map(|mode| match mode {
        Mode::Trimming => choice(json!(mode.name()), &Word::Trimming),
        Mode::Padding => choice(json!(mode.name()), &Word::Padding),
        Mode::Resize => choice(json!(mode.name()), &Word::Resize),
    });
    let alphas = Alpha::ALL.map(|alpha| match alpha {
        Alpha::Refuse => choice(json!(alpha.name()), &Word::Skip),
        Alpha::Drop => choice(json!(alpha.name()), &Word::Drop),
        Alpha::White => choice(json!(alpha.name()), &Word::White),
        Alpha::Black => choice(json!(alpha.name()), &Word::Black),
    });
    let whole = |name: &str, word: &Word, from: u64, to: u64, usual: Value| json!({ "name": name, "label": said(word), "type": "integer", "minimum": from, "maximum": to, "default": usual });
    let other = |name: &str, word: &Word, kind: &str, usual: Value| json!({ "name": name, "label": said(word), "type": kind, "default": usual });
    let chosen = |name: &str, word: &Word, choices: Value, usual: Value| json!({ "name": name, "label": said(word), "type": "choice", "choices": choices, "default": usual });
    let colours = json!([choice(json!(3), &Word::Rgb), choice(json!(1), &Word::Grey)]);
    let most = u64::from(LARGEST);
    axum::Json(json!({ "fields": [
        chosen("mode", &Word::Mode, json!(modes), json!(usual.mode.name())),
        chosen("channels", &Word::Colour, colours, json!(usual.channels)),
        whole("width", &Word::Width, 1, most, json!(usual.width)),
        whole("height", &Word::Height, 1, most, json!(usual.height)),
        other("shuffle", &Word::Shuffle, "boolean", json!(usual.shuffle)),
        other("file1", &Word::First, "text", Value::Null),
        whole("ratio1", &Word::FirstRate, 0, 100, json!(100)),
        other("file2", &Word::Second, "text", json!(SECOND_TABLE)),
        whole("ratio2", &Word::SecondRate, 0, 100, json!(0)),
        chosen("alpha", &Word::Alpha, json!(alphas), json!(usual.alpha.name())),
        other("scale_16bit", &Word::Sixteen, "boolean", json!(usual.scale_16bit)),
        other("group_by", &Word::Group, "text", Value::Null),
        whole("seed", &Word::Seed, 0, (1 << 53) - 1, json!(usual.seed)),
    ] }))
}
