//! What is said of evaluations that were interrupted and go on.

use nnc_language::texts;

texts! {
    /// Sentences of the log.
    pub(crate) enum Interruption {
        GoesOn: "going on after {0} of {1} images, which an interrupted evaluation has left",
            "中断された評価の結果が画像 {1} 枚中 {0} 枚分残っているため、続きから評価します";
        Other: "beginning with the first image: an interrupted evaluation has left {1} finished ones, but this one differs in {0}",
            "中断された評価の結果が {1} 枚分ありますが、次の点が異なるため最初から評価します: {0}";
        Kept: "{0} finished images are kept; `nnc-host evaluate` with the same settings goes on after them, with --restart it begins anew",
            "評価済みの画像 {0} 枚の結果は保存されています。同じ設定で `nnc-host evaluate` を実行すると続きから評価します（--restart を付けると最初から評価します）";
    }
}
