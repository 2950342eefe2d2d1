//! Sentences of `nnc-weights`: which backbones there are, what is wrong with one, and how a download goes.

use nnc_files::note::NoteError;
use nnc_weights::{
    BadPackage, CertificateProblem, Description, FetchError, FetchEvent, FetchProblem, Hash, Licence, Package, Size,
    Source, UnknownBackbone, UnreadableFile, WeightsError,
};

use crate::failure::{Exit, Failure};
use crate::file::Doing;
use crate::hint::Hint;
use crate::{messages, sentences};

impl From<FetchError> for Failure {
    fn from(error: FetchError) -> Self {
        Self::new(Exit::Failed, error)
    }
}

impl From<UnknownBackbone> for Failure {
    fn from(error: UnknownBackbone) -> Self {
        Self::new(Exit::Usage, error)
    }
}

sentences! {
    UnknownBackbone {
        Self { name; nearest, known } => "there is no model called `{name}`; {hint}", "`{name}` というモデルはありません。{hint}"
            [hint = Hint::of(*nearest, known.iter().copied())];
    }
}

messages! {
    /// What a project may name as its model.
    enum Model {
        NearName(name: String) => "did you mean `{name}`?", "`{name}` の間違いではありませんか?";
        NamesAndPaths(names: Vec<&'static str>) => "known are {names}, and paths of backbone .nnp, .onnx, .pth and .safetensors files",
            "使えるのは {names}、およびバックボーンの .nnp、.onnx、.pth、.safetensors ファイルのパスです";
    }
}

messages! {
    /// The model of a project that does not exist.
    enum UnknownModel {
        Named { name: String, hint: Model } => "there is no model called `{name}`; {hint}", "`{name}` というモデルはありません。{hint}";
    }
}

impl UnknownModel {
    fn of(unknown: &UnknownBackbone) -> Self {
        let hint = match unknown.nearest {
            Some(name) => Model::NearName(name.to_owned()),
            None => Model::NamesAndPaths(unknown.known.clone()),
        };
        Self::Named { name: unknown.name.clone(), hint }
    }
}

messages! {
    /// A note of a hash that cannot be used.
    enum Note {
        Unreadable(problem: Doing) => "{problem}", "{problem}";
        NoHash(note: std::path::PathBuf) => "{note} does not contain a SHA-256; delete it and run `nnc-host weights fetch` again",
            "{note} に SHA-256 がありません。削除して `nnc-host weights fetch` をもう一度実行してください";
    }
}

impl Note {
    fn of(error: &NoteError) -> Self {
        match error {
            NoteError::Unreadable { note, error } => Self::Unreadable(Doing::Read(note.clone(), error.to_string())),
            NoteError::NoHash { note } => Self::NoHash(note.clone()),
        }
    }
}

sentences! {
    UnreadableFile {
        Self { path, error } => "cannot read {path}: {error}", "{path} を読み込めません: {error}";
    }
}

sentences! {
    WeightsError {
        Self::NoFile { path } => "there is no model file {path}", "モデルファイル {path} がありません";
        Self::Unknown { ; unknown } => "{sentence}", "{sentence}" [sentence = UnknownModel::of(unknown)];
        Self::Missing { folders; weights } =>
            "the weights of `{name}` are not on this machine; run `nnc-host weights fetch {name}` ({size}), or put {file} into one of {folders}",
            "`{name}` の重みがこの PC にありません。`nnc-host weights fetch {name}`（{size}）を実行するか、{file} を次のいずれかに置いてください: {folders}"
            [name = weights.name, size = weights.size, file = weights.file];
        Self::Unreadable(file) => "{file}", "{file}";
        Self::Note { ; error } => "{note}", "{note}" [note = Note::of(error)];
        Self::WrongSize { path, name, found, least, most } =>
            "{path} is not {name}: it has {found} bytes, expected {least} to {most}; delete it and run `nnc-host weights fetch {name}`",
            "{path} は {name} ではありません。{found} バイトですが、{least} ～ {most} バイトでなければなりません。削除して `nnc-host weights fetch {name}` を実行してください";
        Self::OtherKind { path, name, expected } =>
            "{path} is not {name}: it does not begin as a .{expected} file does; delete it and run `nnc-host weights fetch {name}`",
            "{path} は {name} ではありません。先頭が .{expected} ファイルの形式ではありません。削除して `nnc-host weights fetch {name}` を実行してください";
        Self::Damaged { path, name, found, expected } =>
            "{path} is damaged or not {name}: its SHA-256 is {found}, expected {expected}; delete it and run `nnc-host weights fetch {name}`",
            "{path} は壊れているか、{name} ではありません。SHA-256 は {found} ですが、{expected} でなければなりません。削除して `nnc-host weights fetch {name}` を実行してください";
    }
}

messages! {
    /// Where a download was to come from.
    enum Origin {
        Address(address: String) => "{address}: ", "{address}: ";
    }
}

sentences! {
    FetchError {
        Self::Failed { name, problem; address } => "cannot fetch {name}: {from}{problem}", "{name} を取得できません: {from}{problem}"
            [from = address.clone().map(Origin::Address)];
        Self::BadPackage { name, problem } => "the package of {name} is not as expected: {problem}",
            "{name} のパッケージが想定と異なります: {problem}";
        Self::Folder { path, error } => "cannot create {path}: {error}", "{path} を作成できません: {error}";
        Self::Write { path, error } => "cannot write {path}: {error}", "{path} に書き込めません: {error}";
    }
}

sentences! {
    FetchProblem {
        Self::IsPackage => "it comes as a package; name an address with --url",
            "パッケージとして配布されています。--url で入手先を指定してください";
        Self::NotEncrypted => "the address is not encrypted, so anybody on the way could send another file; use https, or allow it with --allow-http",
            "アドレスが暗号化されておらず、途中で別のファイルにすり替えられるおそれがあります。https を使うか、--allow-http で許可してください";
        Self::LeavesEncryption { to } => "the server redirects to {to}, which is not encrypted, so it was not followed; name the address of the file itself with --url",
            "サーバーが暗号化されていない {to} に転送しようとしたため、中止しました。--url でファイル自体のアドレスを指定してください";
        Self::BadAddress { reason } => "an address that is no http or https address, given or redirected to, cannot be used ({reason}); name the address of the file itself with --url",
            "http でも https でもないアドレスが指定されているか、そこに転送されるため、取得できません（{reason}）。--url でファイル自体のアドレスを指定してください";
        Self::Proxy { proxy, reason } => "the proxy {proxy} does not answer ({reason}); check HTTPS_PROXY, HTTP_PROXY and ALL_PROXY",
            "プロキシー {proxy} が応答しません（{reason}）。HTTPS_PROXY、HTTP_PROXY、ALL_PROXY を確認してください";
        Self::Slow { least, seconds } => "the server sent less than {least} bytes a second over {seconds} s",
            "サーバーからのデータが {seconds} 秒間、毎秒 {least} バイト未満でした";
        Self::WrongSize { found, least, most } => "what arrived has {found} bytes, expected {least} to {most}; nothing was kept",
            "届いたファイルは {found} バイトですが、{least} ～ {most} バイトでなければなりません。何も保存していません";
        Self::InUse => "another nnc-host is fetching it", "別の nnc-host が取得中です";
        Self::Status(status) => "the server answers {status}", "サーバーの応答: {status}";
        Self::Gone { status } =>
            "the server answers {status}: the file is no longer there; name its new address with --url, or put it into a weights folder by hand",
            "サーバーの応答: {status}: ファイルはもうありません。--url で新しい入手先を指定するか、手動で重みフォルダーに置いてください";
        Self::NoConnection { seconds } => "no connection within {seconds} s", "{seconds} 秒以内に接続できませんでした";
        Self::UnknownHost => "the server's name cannot be resolved", "サーバー名を解決できません";
        Self::NoAnswer(reason) => "no answer ({reason})", "応答がありません（{reason}）";
        Self::Broken(reason) => "the connection broke ({reason})", "接続が切れました（{reason}）";
        Self::Silent { seconds } => "the server sent no data for {seconds} s", "サーバーから {seconds} 秒間データが届きませんでした";
        Self::Http(reason) => "{reason}", "{reason}";
        Self::Certificates { file, problem } => "SSL_CERT_FILE {file}: {problem}", "SSL_CERT_FILE の {file}: {problem}";
        Self::LostPlace => "the server could not continue where the transfer stopped", "サーバーが続きを送信できませんでした";
        Self::WebPage => "the server sent a web page instead of the file", "サーバーがファイルの代わりに Web ページを送ってきました";
        Self::OtherSize { announced, expected } => "the server announces {announced} bytes, expected {expected}",
            "サーバーの示すサイズは {announced} バイトですが、{expected} バイトでなければなりません";
        Self::AnnouncesMore { limit } => "the server announces more than {limit} bytes, so this is not the expected file",
            "サーバーの示すサイズが {limit} バイトを超えており、目的のファイルではありません";
        Self::SendsMore { limit } => "the server sends more than {limit} bytes, so this is not the expected file",
            "サーバーが {limit} バイトを超えて送ってきており、目的のファイルではありません";
        Self::NoSpace { folder; needed, free } =>
            "it needs {needed} MB more, and {folder} has {free} MB free; free some space, or name another folder with --weights-dir",
            "あと {needed} MB 必要ですが、{folder} の空き容量は {free} MB です。空き容量を増やすか、--weights-dir で別のフォルダーを指定してください"
            [needed = megabytes(*needed, 0), free = megabytes(*free, 0)];
        Self::EndedEarly { received, total } => "the connection ended after {received} of {total} bytes",
            "{total} バイト中 {received} バイトで接続が終了しました";
        Self::Unreadable(file) => "{file}", "{file}";
        Self::Unwritable { path, error } => "cannot write {path}: {error}", "{path} に書き込めません: {error}";
        Self::Interrupted { problem, tries; received } => "{problem}, after {tries} tries; run this again to continue from {received} MB",
            "{problem}（{tries} 回試行）。もう一度実行すると {received} MB から再開します" [received = megabytes(*received, 1)];
        Self::GivenUp { problem, tries } => "{problem}, after {tries} tries; check the network, or put the file into a weights folder by hand",
            "{problem}（{tries} 回試行）。ネットワークを確認するか、手動で重みフォルダーに置いてください";
        Self::OtherKind { expected } => "what arrived is not a .{expected} file; nothing was kept",
            "届いたものは .{expected} ファイルではありません。何も保存していません";
        Self::OtherMd5 { found, expected } => "what arrived has MD5 {found}, its record says {expected}; nothing was kept",
            "届いたファイルの MD5 は {found} ですが、公開情報では {expected} です。何も保存していません";
        Self::OtherSha256 { found, expected } => "what arrived has SHA-256 {found}, expected {expected}; nothing was kept",
            "届いたファイルの SHA-256 は {found} ですが、{expected} でなければなりません。何も保存していません";
        Self::NotARecord(reason) => "its answer is not a record: {reason}", "応答が公開情報ではありません: {reason}";
        Self::NoPython(error) => "python3 is needed to fetch weights and cannot be started ({error}); install it",
            "重みの取得に必要な python3 を起動できません（{error}）。インストールしてください";
        Self::NoPip => "python3 has no pip; install it (Debian: apt-get install python3-pip)",
            "python3 に pip がありません。インストールしてください（Debian: apt-get install python3-pip）";
        Self::OtherPackage =>
            "the hash of the registry's package is not the one that this program trusts; nothing was installed",
            "レジストリーのパッケージのハッシュ値が、このプログラムの信頼する値と異なります。何もインストールしていません";
        Self::Pip { ; reason } => "pip could not download it ({reason}); check the network",
            "pip でダウンロードできませんでした（{reason}）。ネットワークを確認してください"
            [reason = reason.clone().map_or(PipReason::NotGiven, PipReason::Given)];
        Self::NoWheel { package } => "pip left no wheel of {package}", "pip が {package} の wheel を取得しませんでした";
    }
}

messages! {
    /// Why pip failed.
    enum PipReason {
        Given(reason: String) => "{reason}", "{reason}";
        NotGiven => "no reason given", "理由は不明";
    }
}

sentences! {
    CertificateProblem {
        Self::Unreadable(reason) => "{reason}", "{reason}";
        Self::Empty => "there is no certificate in it", "証明書がありません";
    }
}

sentences! {
    BadPackage {
        Self::Zip(reason) => "{reason}", "{reason}";
        Self::OtherSha256 { file, found, expected } => "its {file} has SHA-256 {found}, expected {expected}",
            "{file} の SHA-256 は {found} ですが、{expected} でなければなりません";
    }
}

sentences! {
    FetchEvent<'_> {
        Self::Begins { name, address } => "{name}: from {address}", "{name}: {address} から取得します";
        Self::Licence(licence) => "licence of the record: {licence}", "公開ページのライセンス: {licence}";
        Self::NoRecord { address, problem } => "the record's licence could not be read ({address}: {problem})",
            "公開ページのライセンスを確認できませんでした（{address}: {problem}）";
        Self::Retries { problem, retry, retries; pause } => "{problem}; trying again in {seconds} s ({retry} of {retries})",
            "{problem}。{seconds} 秒後に再試行します（{retry}/{retries} 回目）" [seconds = format!("{:.1}", pause.as_secs_f64())];
    }
}

sentences! {
    Size {
        Self::Exact(bytes) => "{bytes} MB", "{bytes} MB" [bytes = megabytes(*bytes, 1)];
        Self::About(bytes) => "about {bytes} MB", "約 {bytes} MB" [bytes = megabytes(*bytes, 0)];
    }
}

sentences! {
    Hash {
        Self::Full(hash) => "{hash}", "{hash}";
        Self::Unknown => "any", "任意";
    }
}

sentences! {
    Licence {
        Self::Spdx(expression) => "{expression}", "{expression}";
        Self::OfRecord => "as its record says", "入手元の記載に従う";
    }
}

sentences! {
    Description {
        Self::EfficientNetLite0 => "EfficientNet-Lite0 trained on ImageNet", "ImageNet で学習した EfficientNet-Lite0";
        Self::NncResNet50 => "NNC's ResNet-50 (C1), its default for PaDiM", "NNC の ResNet-50（C1）。NNC の PaDiM の既定値";
        Self::NncSeResNext101 => "NNC's SE-ResNeXt-101 (C1)", "NNC の SE-ResNeXt-101（C1）";
        Self::Torchvision(network) => "torchvision's {network}", "torchvision の {network}";
    }
}

sentences! {
    Package {
        Self { name, version } => "Python package {name} {version}", "Python パッケージ {name} {version}";
    }
}

sentences! {
    Source {
        Self::Package(package) => "{package}", "{package}";
        Self::Address(address) => "{address}", "{address}";
        Self::Zenodo(record) => "https://zenodo.org/records/{record}", "https://zenodo.org/records/{record}";
    }
}

/// Millions of bytes.
fn megabytes(bytes: u64, decimals: usize) -> String {
    format!("{:.decimals$}", bytes as f64 / 1e6)
}

#[cfg(test)]
mod tests {
    use crate::{Language, Said, Say};

    use super::*;

    #[test]
    fn a_missing_backbone_is_told_with_what_to_do() {
        let weights = nnc_weights::known("resnet50").unwrap();
        let missing = WeightsError::Missing { weights, folders: vec!["a".into(), "b".into()] };
        let expected = "the weights of `resnet50` are not on this machine; run `nnc-host weights fetch resnet50` \
                        (about 102 MB), or put resnet50_c1.nnp into one of a, b";
        assert_eq!(missing.said(), expected);
        let unknown = |name| WeightsError::Unknown { unknown: nnc_weights::named(name).unwrap_err() };
        assert!(unknown("efficientnet_lite").said().ends_with("did you mean `efficientnet_lite0`?"));
        assert!(unknown("vgg").said().contains("known are efficientnet_lite0, resnet50"));
    }

    #[test]
    fn a_failed_download_is_told_with_its_reason() {
        let problem = FetchProblem::Interrupted {
            problem: Box::new(FetchProblem::EndedEarly { received: 5, total: 9 }),
            tries: 6,
            received: 2_500_000,
        };
        let error = FetchError::Failed { name: "resnet18", address: Some("http://x/a".into()), problem };
        assert_eq!(
            error.said(),
            "cannot fetch resnet18: http://x/a: the connection ended after 5 of 9 bytes, after 6 tries; run this again \
             to continue from 2.5 MB"
        );
        let japanese = Said(&error, Language::Japanese).to_string();
        assert!(japanese.ends_with("もう一度実行すると 2.5 MB から再開します"), "{japanese}");
    }
}
