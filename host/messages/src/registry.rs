//! Why plugins cannot be used, as `nnc-registry` and the loader of `nnc-plugin-api` tell.

use std::fmt;
use std::path::Path;

use nnc_files::Exposure;
use nnc_language::Language;
use nnc_plugin_api::ABI_VERSION;
use nnc_plugin_api::loader::LoadError;
use nnc_registry::{FindError, Hidden, Hint, KeyError, NotAllowed, OpenError, Refusal, TrustError};
use nnc_sandbox::{BrokenLimit, Ending};

use crate::failure::{Exit, Failure};
use crate::say::{Said, Say, Words};
use crate::{messages, sentences};

sentences! {
    TrustError {
        Self::NoHome { variable } => "there is no home folder for the trust file; name a file with the environment variable {variable}",
            "信頼リストを置くホームフォルダーがありません。環境変数 {variable} でファイルを指定してください";
        Self::Damaged { path; error } => "the trust file {path} is damaged: {error}; repair or remove it",
            "信頼リスト {path} が壊れています: {error}。修正するか削除してください" [error = Words(error)];
        Self::Unreadable { path, error } => "cannot read the trust file {path}: {error}; no plugin is opened without it",
            "信頼リスト {path} を読み込めません: {error}。読み込めるまでプラグインは開きません";
        Self::Exposed { path, exposure } => "the trust file {path} is not believed: {exposure}; no plugin is opened with it",
            "信頼リスト {path} は使用できません。{exposure}。この状態ではプラグインを開きません";
        Self::NotSaved { path, error } => "cannot write the trust file {path}: {error}", "信頼リスト {path} に書き込めません: {error}";
    }
}

sentences! {
    NotAllowed {
        Self::Unreadable { path, error } => "cannot read {path}: {error}", "{path} を読み込めません: {error}";
        Self::Pinned { path, pin, found, expected } => "{path} is not the file that {pin} pins: its SHA-256 is {found}, expected {expected}; put the right file back, or remove the pin if the change is intended",
            "{path} は {pin} で固定されたファイルと異なります。SHA-256 は {found} ですが、{expected} でなければなりません。正しいファイルに戻すか、意図した変更であれば固定を解除してください";
        Self::NotKnown { path, sha256 } => "{path} is not a known plugin and only those are allowed here (SHA-256 {sha256}); if you trust it, run `nnc-host plugin trust {path}`",
            "{path} は登録されたプラグインではなく、ここでは登録済みのものだけが許可されています（SHA-256 {sha256}）。信頼できる場合は `nnc-host plugin trust {path}` を実行してください";
        Self::NamedByProject { path, sha256 } => "the project names the plugin file {path}, which is not trusted (SHA-256 {sha256}); if you trust it, run `nnc-host plugin trust {path}`, or name it on the command line with --plugin {path}",
            "プロジェクトで指定されたプラグインファイル {path} は信頼リストにありません（SHA-256 {sha256}）。信頼できる場合は `nnc-host plugin trust {path}` を実行するか、コマンドラインで --plugin {path} を指定してください";
        Self::PinUnreadable { pin, error } => "cannot read the pin {pin}: {error}", "固定ファイル {pin} を読み込めません: {error}";
        Self::PinDamaged { path, pin } => "the pin {pin} holds no SHA-256; write it with `sha256sum {path} > {pin}`",
            "固定ファイル {pin} に SHA-256 がありません。`sha256sum {path} > {pin}` で作成してください";
        Self::Exposed { path, exposure } => "{path} is not opened, because others could put other code there: {exposure}",
            "{path} は、他者がコードを差し替えられるため開きません。{exposure}";
        Self::OtherLibrary { path, library, found } => "{library}, which {path} needs, is not the library that was trusted with it (SHA-256 {found}); put the right one back, or if you trust this one, run `nnc-host plugin trust {path}`",
            "{path} に必要な {library} は、登録されたときのライブラリーと異なります（SHA-256 {found}）。正しいファイルに戻すか、信頼できる場合は `nnc-host plugin trust {path}` を実行してください";
        Self::SearchPath { path, what } => "{path} looks for its libraries by `{what}`, which depends on where the program is started or is too much; link it with `-Wl,-rpath,$ORIGIN` and names without folders",
            "{path} はライブラリーを `{what}` で検索します。起動場所に依存するか、数が多すぎます。`-Wl,-rpath,$ORIGIN` と、フォルダーを含まない名前でリンクしてください";
        Self::NotCopied { path, error } => "the system makes no copy of {path} that is safe from changes: {error}",
            "{path} を変更から保護したコピーを作成できません: {error}";
        Self::SignatureUnreadable { signature, error } => "cannot read the signature {signature}: {error}",
            "署名 {signature} を読み込めません: {error}";
        Self::SignatureDamaged { signature } => "{signature} is no signature of minisign; get it again from the author, or remove it if you trust the plugin without it",
            "{signature} は minisign の署名ではありません。作者から入手し直すか、署名なしで信頼できる場合は削除してください";
        Self::SignatureWrong { path, signature, signer } => "{path} is not what {signer} signed ({signature}); get both files again from the author",
            "{path} は {signer} が署名したファイル（{signature}）と異なります。両方のファイルを作者から入手し直してください";
        Self::UnknownKey { path, signature, sha256 } => "{path} is not a known plugin and only those are allowed here (SHA-256 {sha256}); {signature} is by a key that is not trusted; if you trust its owner, run `nnc-host plugin trust --key KEY`, or for this file alone `nnc-host plugin trust {path}`",
            "{path} は登録されたプラグインではなく、ここでは登録済みのものだけが許可されています（SHA-256 {sha256}）。{signature} の鍵は信頼リストにありません。鍵の持ち主を信頼できる場合は `nnc-host plugin trust --key 鍵` を、このファイルだけの場合は `nnc-host plugin trust {path}` を実行してください";
    }
}

// Ends of sentences.
sentences! {
    Exposure {
        Self::Foreign { path; owner, user } => "{path} belongs to user {owner}, neither to you (user {user}) nor to root; copy it into a folder of your own, or let root install it",
            "{path} の所有者はユーザー {owner} で、あなた（ユーザー {user}）でも root でもありません。自分のフォルダーにコピーするか、root でインストールしてください";
        Self::OpenToAll { path } => "everybody may write to {path}; forbid that with `chmod o-w {path}`, or copy the plugin into a folder of your own",
            "{path} には誰でも書き込めます。`chmod o-w {path}` で禁止するか、プラグインを自分のフォルダーにコピーしてください";
        Self::OpenToGroup { path } => "its group may write to {path}; forbid that with `chmod g-w {path}`, or copy the plugin into a folder of your own",
            "{path} にはグループの他のユーザーが書き込めます。`chmod g-w {path}` で禁止するか、プラグインを自分のフォルダーにコピーしてください";
    }
}

sentences! {
    KeyError {
        Self::Damaged { key } => "{key} is neither a public key of minisign nor a file with one; it has 56 characters and begins with RW",
            "{key} は minisign の公開鍵でも、公開鍵のファイルでもありません。公開鍵は RW で始まる 56 文字です";
        Self::Unreadable { path, error } => "cannot read {path}: {error}", "{path} を読み込めません: {error}";
        Self::NotKnown { key } => "{key} is not a trusted key; `nnc-host plugin trust` lists those that are",
            "{key} は信頼された鍵ではありません。`nnc-host plugin trust` で一覧を表示できます";
    }
}

sentences! {
    LoadError {
        Self::Missing { path } => "there is no plugin file {path}", "プラグインファイル {path} がありません";
        Self::MissingLibrary { path, library } => "{path} needs the library {library}, which is not on this machine; install it, or name its folder in LD_LIBRARY_PATH",
            "{path} に必要なライブラリー {library} がこの PC にありません。インストールするか、そのフォルダーを LD_LIBRARY_PATH に指定してください";
        Self::Open { path, reason } => "{path} cannot be loaded as a shared library: {reason}", "{path} を共有ライブラリーとして読み込めません: {reason}";
        Self::NotAPlugin { path } => "{path} is a shared library but no nnc-host plugin (it does not call `export_detector!`)",
            "{path} は共有ライブラリーですが、nnc-host のプラグインではありません（`export_detector!` を呼び出していません）";
        Self::TooNew { path, theirs } => "{path} needs plugin interface {theirs}, this host offers {ours}; use a newer nnc-host, or a build of the plugin for interface {ours}",
            "{path} にはプラグインインターフェース {theirs} が必要ですが、この nnc-host は {ours} です。新しい nnc-host か、インターフェース {ours} 用のプラグインを使ってください"
            [ours = ABI_VERSION];
        Self::TooOld { path, theirs } => "{path} has plugin interface {theirs}, this host needs {ours}; build it again with a newer nnc-plugin-api",
            "{path} のプラグインインターフェースは {theirs} ですが、この nnc-host には {ours} が必要です。新しい nnc-plugin-api でビルドし直してください"
            [ours = ABI_VERSION];
        Self::Incompatible { path, reason } => "{path} was built with a changed plugin interface ({reason}); build it again with an unchanged nnc-plugin-api",
            "{path} は変更されたプラグインインターフェースでビルドされています（{reason}）。変更されていない nnc-plugin-api でビルドし直してください";
        Self::Manifest { path, reason } => "{path} has an unusable manifest: {reason}", "{path} のマニフェストは使用できません: {reason}";
        // Those of later versions have words of their own.
        else other => Words(other);
    }
}

sentences! {
    OpenError {
        Self::Trust(error) => "{error}", "{error}";
        Self::NotAllowed(error) => "{error}", "{error}";
        Self::Load(error) => "{error}", "{error}";
    }
}

sentences! {
    Refusal {
        Self::NotAllowed(error) => "{error}", "{error}";
        Self::NotInspected(error) => "{error}", "{error}";
        Self::Refused(reason) => "{reason}", "{reason}";
        Self::Ended(ending) => "{ending}; that is not held against it, the next look tries again", "{ending}。プラグインの問題とは限らないため、次回もう一度試します"
            [ending = opened(ending)];
        Self::Crashed(ending) => "{ending}; remove it or report this to its author (it is in quarantine from now on)",
            "{ending}。削除するか、作者に連絡してください（今後は隔離されます）" [ending = opened(ending)];
        Self::InQuarantine(ending) => "it is in quarantine: {ending}; remove it or report this to its author (`nnc-host plugin list --rescan` tries it again)",
            "隔離されています: {ending}。削除するか、作者に連絡してください（`nnc-host plugin list --rescan` で再度試せます）"
            [ending = opened(ending)];
    }
}

messages! {
    /// What a plugin did when it was opened.
    enum Opened {
        Broke(limit: BrokenLimit) => "when it was opened, it {limit}", "開くとき、{limit}";
        Crashed(ending: Ending) => "it crashed while it was opened ({ending})", "開くときに異常終了しました（{ending}）";
    }
}

fn opened(ending: &Ending) -> Opened {
    ending.broken_limit().map_or_else(|| Opened::Crashed(ending.clone()), Opened::Broke)
}

sentences! {
    FindError {
        Self::Trust(error) => "{error}", "{error}";
        Self::Refused { ; path, refusal } => "{why}", "{why}" [why = AboutFile { path, refusal }];
        Self::Unknown { plugin, hint, searched } => "there is no plugin `{plugin}`: {hint} (searched {searched})",
            "プラグイン `{plugin}` がありません。{hint}（検索したフォルダー: {searched}）";
    }
}

sentences! {
    Hint {
        Self::Near(name) => "did you mean `{name}`?", "`{name}` の間違いではありませんか?";
        Self::Others(names) => "there are {names}", "使えるのは {names} です";
        Self::Nothing => "there is none at all", "プラグインは 1 つもありません";
    }
}

/// A refusal as a sentence of its own, which names the file.
struct AboutFile<'a> {
    path: &'a Path,
    refusal: &'a Refusal,
}

impl Say for AboutFile<'_> {
    fn say(&self, language: Language, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = Said(self.path, language).to_string();
        let reason = Said(self.refusal, language).to_string();
        if reason.contains(&path) { f.write_str(&reason) } else { OfPlugin::Is { path, reason }.say(language, f) }
    }
}

messages! {
    enum OfPlugin {
        Is { path: String, reason: String } => "plugin {path}: {reason}", "プラグイン {path}: {reason}";
    }
}

// The end of a line about a file.
sentences! {
    Hidden {
        Self::Conflict { by } => "; conflict: {by} has the same id and is used instead; remove one of them",
            "（競合: 同じ ID の {by} が使われます。どちらかを削除してください）";
        Self::Shadowed { by } => "; shadowed by {by}, which is searched first", "（先に検索される {by} が優先されます）";
    }
}

impl From<TrustError> for Failure {
    fn from(error: TrustError) -> Self {
        let exit = if matches!(error, TrustError::NotSaved { .. }) { Exit::Failed } else { Exit::Usage };
        Self::new(exit, error)
    }
}

impl From<KeyError> for Failure {
    fn from(error: KeyError) -> Self {
        Self::new(Exit::Usage, error)
    }
}

impl From<NotAllowed> for Failure {
    fn from(error: NotAllowed) -> Self {
        Self::new(Exit::Plugin, error)
    }
}

impl From<OpenError> for Failure {
    fn from(error: OpenError) -> Self {
        match error {
            OpenError::Trust(error) => error.into(),
            other => Self::new(Exit::Plugin, other),
        }
    }
}

impl From<FindError> for Failure {
    fn from(error: FindError) -> Self {
        match error {
            FindError::Trust(error) => error.into(),
            other => Self::new(Exit::Plugin, other),
        }
    }
}

#[cfg(test)]
mod tests {
    use nnc_sandbox::{How, Signal};

    use super::*;

    #[test]
    fn refusals_name_the_file_once() {
        let about = |refusal| FindError::Refused { path: "/p.so".into(), refusal }.said();
        assert_eq!(about(Refusal::Refused("too old".into())), "plugin /p.so: too old");
        assert_eq!(about(Refusal::Refused("/p.so is too old".into())), "/p.so is too old");
        let ending = Ending { how: How::Signalled(Signal::Abort), shortage: None, last_words: None };
        assert_eq!(
            about(Refusal::Crashed(ending.clone())),
            "plugin /p.so: it crashed while it was opened (crashed (abort, signal 6)); remove it or report this to its \
             author (it is in quarantine from now on)"
        );
        assert!(Refusal::InQuarantine(ending).said().starts_with("it is in quarantine: it crashed while"));
    }

    #[test]
    fn unknown_plugins_get_a_suggestion() {
        let unknown =
            |hint| FindError::Unknown { plugin: "padin".into(), hint, searched: vec!["/a".into(), "/b".into()] };
        assert_eq!(
            unknown(Hint::Near("padim".into())).said(),
            "there is no plugin `padin`: did you mean `padim`? (searched /a, /b)"
        );
        assert_eq!(unknown(Hint::Nothing).said(), "there is no plugin `padin`: there is none at all (searched /a, /b)");
    }

    #[test]
    fn errors_of_the_loader_have_the_words_that_authors_know() {
        // The crate of the interface keeps English words of its own, for programs other than this one.
        let path = || std::path::PathBuf::from("/p.so");
        let (reason, theirs) = (|| "why".to_owned(), || "9".to_owned());
        for error in [
            LoadError::Missing { path: path() },
            LoadError::MissingLibrary { path: path(), library: "liba.so".into() },
            LoadError::Open { path: path(), reason: reason() },
            LoadError::NotAPlugin { path: path() },
            LoadError::TooNew { path: path(), theirs: theirs() },
            LoadError::TooOld { path: path(), theirs: theirs() },
            LoadError::Incompatible { path: path(), reason: reason(), report: String::new() },
            LoadError::Manifest { path: path(), reason: reason() },
        ] {
            assert_eq!(error.said(), error.to_string());
        }
    }
}
