//! What the `weights` commands say besides the sentences of `nnc-weights`.

use std::path::PathBuf;

use nnc_messages::messages;
use nnc_weights::{Licence, Proof, Source};

messages! {
    /// Lines and failures.
    pub(super) enum WeightsText {
        LicenceFrom { licence: Licence, source: Source } => "licence {licence}, from {source}", "ライセンス: {licence}、入手元: {source}";
        NotHere { name: &'static str, file: &'static str } =>
            "not here; run `nnc-host weights fetch {name}`, or put {file} into a weights folder",
            "なし（`nnc-host weights fetch {name}` で取得するか、{file} を重みフォルダーに置いてください）";
        NoCacheFolder => "there is no home folder for a cache; name a folder with --weights-dir",
            "キャッシュを置くホームフォルダーがありません。--weights-dir でフォルダーを指定してください";
        Fetched { path: PathBuf, proof: ProofText } => "{path}: {proof}", "{path}: {proof}";
        NotOnThisMachine { name: &'static str } => "{name}: not on this machine", "{name}: この PC にありません";
        Unchanged { name: &'static str, path: PathBuf } => "{name}: unchanged since it was fetched, not verified: nothing is published to compare it with ({path})",
            "{name}: 取得時から変更なし。公開されたハッシュ値がないため未検証です（{path}）";
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

messages! {
    /// What a file that was fetched was compared with.
    pub(super) enum ProofText {
        Published => "verified (its SHA-256 is the published one)", "検証済み（SHA-256 が公開値と一致）";
        Record => "verified (size and MD5 are those of its record)", "検証済み（サイズと MD5 が公開情報と一致）";
        Noted => "unchanged since it was fetched, not verified: nothing is published to compare it with",
            "取得時から変更なし。公開されたハッシュ値がないため未検証です";
        Nothing => "not verified: nothing was published to compare it with; its SHA-256 is noted beside it",
            "未検証: 照合できる公開値がありません。SHA-256 をファイルの隣に記録しました";
    }
}

impl From<Proof> for ProofText {
    fn from(proof: Proof) -> Self {
        match proof {
            Proof::Published => Self::Published,
            Proof::Record => Self::Record,
            Proof::Noted => Self::Noted,
            Proof::Nothing => Self::Nothing,
        }
    }
}
