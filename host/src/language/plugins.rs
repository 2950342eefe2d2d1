//! What is said about plugins: those that are found, what they may do, and values for their parameters.

use nnc_language::{Language, texts};

texts! {
    /// Values of parameters.
    pub(crate) enum ParameterText {
        NameValue: "--param {0}: expected NAME=VALUE", "--param {0}: 名前=値 の形で指定してください";
    }
}

texts! {
    /// Files of plugins, and whether they may be opened.
    pub(crate) enum PluginText {
        Conflict: "; conflict: {0} has the same id and is used instead; remove one of them",
            "（競合: 同じ ID の {0} が使われます。どちらかを削除してください）";
        Shadowed: "; shadowed by {0}, which is searched first", "（先に検索される {0} が優先されます）";
        OfPath: "plugin {0}: {1}", "プラグイン {0}: {1}";
        NobodyLooked: "nobody looked into it", "まだ調べられていません";
        InQuarantine: "it is in quarantine: {0}; remove it or tell its author (`nnc-host plugin list --rescan` tries it again)",
            "隔離されています: {0}。削除するか、作者に連絡してください（`nnc-host plugin list --rescan` で再度試せます）";
        Quarantined: "{0}; remove it or tell its author (it is in quarantine from now on)",
            "{0}。削除するか、作者に連絡してください（今後は隔離されます）";
        BrokeOpening: "it {0} when it was opened", "開くとき、{0}";
        CrashedOpening: "it crashed while it was opened ({0})", "開くときに異常終了しました（{0}）";

        NoTrustHome: "there is no home folder; set {0} to a file", "ホームフォルダーがありません。{0} にファイルを指定してください";
        TrustDamaged: "the trust file {0} is damaged: {1}", "信頼リスト {0} が壊れています: {1}";
        TrustUnreadable: "cannot read the trust file {0}: {1}; no plugin is opened without it",
            "信頼リスト {0} を読み込めません: {1}。読み込めるまでプラグインは開きません";
        CannotRead: "cannot read {0}: {1}", "{0} を読み込めません: {1}";
        Pinned: "{0} is not the file that {1} pins: its SHA-256 is {2}, expected {3}; put the right file back, or remove the pin if the change is meant",
            "{0} は {1} で固定されたファイルと異なります。SHA-256 は {2} ですが、{3} でなければなりません。正しいファイルに戻すか、意図した変更であれば固定を解除してください";
        NotTrusted: "{0} is not a known plugin and only those are allowed here (SHA-256 {1}); if you trust it, run `nnc-host plugin trust {0}`",
            "{0} は登録されたプラグインではなく、ここでは登録済みのものだけが許可されています（SHA-256 {1}）。信頼できる場合は `nnc-host plugin trust {0}` を実行してください";
        PinUnreadable: "cannot read the pin {0}: {1}", "固定ファイル {0} を読み込めません: {1}";
        PinDamaged: "the pin {0} holds no SHA-256; write it with `sha256sum {1} > {0}`",
            "固定ファイル {0} に SHA-256 がありません。`sha256sum {1} > {0}` で作成してください";
        Changed: "{0} changed while it was opened; start again", "{0} が開いている間に変更されました。もう一度実行してください";

        Missing: "there is no plugin file {0}", "プラグインファイル {0} がありません";
        MissingLibrary: "{0} needs the library {1}, which is not on this machine; install it, or name its folder in LD_LIBRARY_PATH",
            "{0} に必要なライブラリー {1} がこの PC にありません。インストールするか、そのフォルダーを LD_LIBRARY_PATH に指定してください";
        Open: "{0} cannot be loaded as a shared library: {1}", "{0} を共有ライブラリーとして読み込めません: {1}";
        NotAPlugin: "{0} is a shared library but no nnc-host plugin (it does not call `export_detector!`)",
            "{0} は共有ライブラリーですが、nnc-host のプラグインではありません（`export_detector!` を呼び出していません）";
        TooNew: "{0} needs plugin interface {1}, this host offers {2}; use a newer nnc-host, or a build of the plugin for interface {2}",
            "{0} にはプラグインインターフェース {1} が必要ですが、この nnc-host は {2} です。新しい nnc-host か、インターフェース {2} 用のプラグインを使ってください";
        TooOld: "{0} has plugin interface {1}, this host needs {2}; build it again with a newer nnc-plugin-api",
            "{0} のプラグインインターフェースは {1} ですが、この nnc-host には {2} が必要です。新しい nnc-plugin-api でビルドし直してください";
        Incompatible: "{0} was built with a changed plugin interface ({1}); build it again with an unchanged nnc-plugin-api",
            "{0} は変更されたプラグインインターフェースでビルドされています（{1}）。変更されていない nnc-plugin-api でビルドし直してください";
        BadManifest: "{0} has an unusable manifest: {1}", "{0} のマニフェストは使用できません: {1}";
    }
}

texts! {
    /// What `plugin check` asks. The English is that of the cases themselves.
    pub(crate) enum Question {
        Loads: "Can it be opened?", "開けるか";
        Manifest: "Does it describe itself for people and dialogs?", "利用者とダイアログ向けの説明があるか";
        Parameters: "Does it work at both ends of every parameter's range?", "各パラメーターの範囲の両端で動作するか";
        UnknownParameters: "Does it ignore parameters of later hosts?", "将来の nnc-host のパラメーターを無視するか";
        RoundTrip: "Does a saved model score as the one that was trained?", "保存したモデルのスコアが学習時と同じか";
        DamagedModels: "Are damaged models refused politely?", "壊れたモデルを適切に拒否するか";
        Repeatable: "Does the same training give the same scores?", "同じ学習で同じスコアになるか";
        BatchSizes: "Do scores not depend on the size of batches?", "スコアがバッチサイズに依存しないか";
        Threads: "Do scores not depend on the number of threads?", "スコアがスレッド数に依存しないか";
        EmptyData: "Is a training set without samples refused politely?", "サンプルのない学習データを適切に拒否するか";
        SingleImage: "Does it survive a single training sample?", "学習サンプルが 1 個でも動作するか";
        ConstantData: "Does it survive samples that are all the same?", "すべて同じサンプルでも動作するか";
        Finite: "Is every score a finite number, whatever the samples show?", "どのサンプルでもスコアが有限の数値か";
        WrongShapes: "Are batches of a wrong size refused politely?", "サイズの誤ったバッチを適切に拒否するか";
        Cancel: "Does it stop within two seconds when asked to?", "中断の要求から 2 秒以内に停止するか";
        Writes: "Does it write only where it is told to?", "指示された場所にだけ書き込むか";
        Leaks: "Does memory stay the same over a hundred batches?", "100 バッチ実行してもメモリー使用量が変わらないか";
    }
}

impl Question {
    /// What a case asks, in the language of this process.
    pub(crate) fn said(english: &'static str) -> String {
        let known = Self::ALL.iter().find(|question| question.of(Language::English) == english);
        known.map_or_else(|| english.to_owned(), |question| question.with(&[]))
    }
}

texts! {
    /// `plugin check` and `plugin new`.
    pub(crate) enum CheckText {
        Passed: "passed", "合格";
        Warning: "warning", "警告";
        Failed: "FAILED", "不合格";
        Crashed: "CRASHED", "異常終了";
        Skipped: "skipped", "省略";
        Sum: "{0} passed, {1} with a warning, {2} failed, {3} skipped", "合格 {0}、警告 {1}、不合格 {2}、省略 {3}";
        Breaks: "{0} breaks {1} of the rules, first `{2}`: {3}", "{0} は {1} 件の規則に違反しています。最初は `{2}`: {3}";
        CannotBeOpened: "it cannot be opened", "開けません";
        Ended: "it {0}", "{0}";
        NoCase: "there is no case `{0}`; {1}", "検査項目 `{0}` はありません。{1}";

        FolderIsFull: "{0} is there already and not empty; name a new folder",
            "{0} はすでに存在し、空ではありません。新しいフォルダーを指定してください";
        Made: "{0}: a detector `{1}` that works; next:", "{0}: 動作する検出器 `{1}` を作成しました。次の手順:";
        ReadOn: "Its README.md goes on from there.", "続きは README.md をご覧ください。";
        NoName: "{0} is no name for a plugin: use lower-case letters, digits and single '-', like my-detector",
            "{0} はプラグインの名前に使えません。my-detector のように、英小文字、数字、連続しない '-' を使ってください";
        NoApi: "--api {0}: there is no crate nnc-plugin-api", "--api {0}: クレート nnc-plugin-api がありません";

        Usage: "usage: nnc-host {0} PROJECT -o OUT", "使い方: nnc-host {0} PROJECT -o OUT";
        Parameters: "parameters:", "パラメーター:";
        UsageDefault: ", default={0}", "、既定値={0}";
    }
}

#[cfg(test)]
mod tests {
    use nnc_plugin_api::testkit::CASES;

    use super::*;

    #[test]
    fn every_question_of_a_check_is_translated() {
        let known: Vec<&str> = Question::ALL.iter().map(|question| question.of(Language::English)).collect();
        assert_eq!(known, CASES.iter().map(|case| case.question).collect::<Vec<_>>());
    }
}
