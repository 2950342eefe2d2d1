//! What the `weights` commands say besides the sentences of `nnc-weights`.

use std::path::PathBuf;

use nnc_messages::messages;
use nnc_weights::{Licence, Source};

messages! {
    /// Lines and failures.
    pub(super) enum WeightsText {
        LicenceFrom { licence: Licence, source: Source } => "licence {licence}, from {source}", "ライセンス: {licence}、入手元: {source}";
        NotHere { name: &'static str, file: &'static str } =>
            "not here; run `nnc-host weights fetch {name}`, or put {file} into a weights folder",
            "なし（`nnc-host weights fetch {name}` で取得するか、{file} を重みフォルダーに置いてください）";
        NoCacheFolder => "there is no home folder for a cache; name a folder with --weights-dir",
            "キャッシュを置くホームフォルダーがありません。--weights-dir でフォルダーを指定してください";
        Fetched { path: PathBuf } => "{path}: verified", "{path}: 検証済み";
        NotOnThisMachine { name: &'static str } => "{name}: not on this machine", "{name}: この PC にありません";
        Intact { name: &'static str, path: PathBuf } => "{name}: intact ({path})", "{name}: 正常（{path}）";
        NothingToCompare { name: &'static str, path: PathBuf, sha256: String } =>
            "{name}: {path} has SHA-256 {sha256}; no complete hash is known to compare it with, `nnc-host weights fetch {name}` records it",
            "{name}: {path} の SHA-256 は {sha256} です。照合できる完全な値がありません（`nnc-host weights fetch {name}` で記録します）";
        OneDamaged => "1 weights file is damaged", "1 個の重みファイルが壊れています";
        Damaged { count: usize } => "{count} weights files are damaged", "{count} 個の重みファイルが壊れています";
        Hashing => "hashing", "ハッシュ計算";
        /// Of a progress bar.
        Left { time: &'static str } => "{time} left", "残り {time}";
    }
}
