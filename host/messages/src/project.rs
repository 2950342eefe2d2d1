//! Sentences of `nnc-project`: what is wrong with a project file, and what of it has no effect.

use nnc_project::{
    NotFoundHint, OverrideError, OverrideProblem, OwnNetwork, ProjectError, ProjectNote, ProjectProblem,
    SdcprojProblem, UnknownKey,
};

use crate::failure::{Exit, Failure};
use crate::hint::Hint;
use crate::say::Words;
use crate::{messages, sentences};

impl From<ProjectError> for Failure {
    fn from(error: ProjectError) -> Self {
        Self::new(Exit::Usage, error)
    }
}

impl From<OverrideError> for Failure {
    fn from(error: OverrideError) -> Self {
        Self::new(Exit::Usage, error)
    }
}

sentences! {
    ProjectError {
        Self { problem; path, line } => "{place}: {problem}", "{place}: {problem}"
            [place = format!("{}{}", path.display(), line.map(|line| format!(":{line}")).unwrap_or_default())];
    }
}

sentences! {
    ProjectProblem {
        Self::IsDataset =>
            "this is a dataset; the first argument is a project file, such as project.toml, that names it as uri",
            "これはデータセットです。最初の引数には、データセットを uri で指定したプロジェクトファイル（project.toml など）を指定してください";
        Self::Unreadable(error) => "cannot read the project file: {error}", "プロジェクトファイルを読み込めません: {error}";
        Self::Toml(reason) => "{reason}", "{reason}";
        Self::UnknownKey(key) => "{key}", "{key}";
        Self::Override(error) => "{error}", "{error}";
        Self::AfterOverrides { reason; given } => "with --set {overrides}: {reason}", "--set {overrides} の適用時: {reason}"
            [overrides = given.join(" ")];
        Self::OutOfRange { key, found, max } => "[config] {key} is {found}, expected a whole number from 1 to {max}",
            "[config] の {key} の値 {found} は正しくありません。1 から {max} までの整数で指定してください";
        Self::ControlCharacters { key, found } =>
            "{key} is \"{found}\": a backslash between double quotes begins a special character; use / in paths, or single quotes",
            "{key} は \"{found}\" です。二重引用符の中の \\ は特殊文字になります。パスには / を使うか、単一引用符で囲んでください";
        Self::EmptyUri { dataset } => "[dataset.{dataset}] uri is empty; write the path of a dataset CSV",
            "[dataset.{dataset}] の uri が空です。データセット CSV のパスを指定してください";
        Self::Device(error) => "{error}", "{error}";
        Self::Engine(error) => "{error}", "{error}";
        Self::ScoreRule(error) => "{error}", "{error}";
        Self::GroupRule(error) => "{error}", "{error}";
        Self::RoiCorner { polygon } => "polygon {polygon} of [dataset] roi has a corner that is no finite number",
            "[dataset] の roi の多角形 {polygon} の頂点に、有限の数値でないものがあります";
        Self::TileRule(error) => "{error}", "{error}";
        Self::Task(error) => "{error}", "{error}";
        Self::NormalSource(error) => "{error}", "{error}";
        Self::NoPlugin { ; example } => "[plugin] name is missing; write for example name = \"{example}\"",
            "[plugin] に name がありません。name = \"{example}\" のように指定してください" [example = Words(example)];
        Self::OnlyNncTrains { ; networks, example } =>
            "the project has {own}, and only NNC trains networks; train it there and evaluate its results.nnp here, or, where the dataset is images of which the normal ones are to be learned, name a detector such as --plugin {example}",
            "このプロジェクトには{own}がありますが、ネットワークの学習は NNC でしかできません。NNC で学習した results.nnp を評価するか、正常品の画像から学習する場合は --plugin {example} のように検出器を指定してください"
            [own = own_networks(networks), example = Words(example)];
        Self::Nntxt { ; error } => "column {column}: {kind}", "{column} 文字目: {kind}" [column = error.column, kind = &error.kind];
        Self::Sdcproj(problem) => "{problem}", "{problem}";
    }
}

messages! {
    /// The networks that a project has drawn.
    enum Own {
        One { functions: usize } => "a network of {functions} functions", "関数 {functions} 個のネットワーク";
        Several { networks: Vec<Own> } => "the networks {networks}", "ネットワーク {networks} ";
        Named { name: String, functions: usize } => "{name} ({functions} functions)", "{name}（関数 {functions} 個）";
    }
}

fn own_networks(networks: &[OwnNetwork]) -> Own {
    match networks {
        [one] => Own::One { functions: one.functions },
        several => {
            let named = |one: &OwnNetwork| Own::Named { name: one.name.clone(), functions: one.functions };
            Own::Several { networks: several.iter().map(named).collect() }
        }
    }
}

messages! {
    /// Where a key stands.
    enum Section {
        Named(section: String) => " in [{section}]", "（[{section}] の中）";
    }
}

sentences! {
    UnknownKey {
        Self { key; section, nearest, known } => "unknown key `{key}`{place}; {hint}", "不明なキー `{key}` があります{place}。{hint}"
            [place = (!section.is_empty()).then(|| Section::Named(section.clone())), hint = Hint::of(*nearest, known.iter().copied())];
    }
}

sentences! {
    OverrideError {
        Self { given, problem } => "--set {given}: {problem}", "--set {given}: {problem}";
    }
}

sentences! {
    OverrideProblem {
        Self::NoValue => "expected key.path=value", "キー=値 の形で指定してください";
        Self::EmptyKey => "the key is empty", "キーが空です";
        Self::UnknownKey(key) => "{key}", "{key}";
        Self::NoSection { key } => "`{key}` is a value, not a section", "`{key}` はセクションではなく値です";
    }
}

sentences! {
    SdcprojProblem {
        Self::NoSectionBefore => "found no [Section] before this line; is this a .sdcproj?",
            "この行より前に [セクション] がありません。.sdcproj ファイルですか?";
        Self::NoKeyValue { ; found } => "found {found}, expected Key=Value or [Section]",
            "{found} があります。キー=値 または [セクション] が必要です" [found = format!("{found:?}")];
        Self::Empty => "the project file is empty", "プロジェクトファイルが空です";
        Self::NotANumber { section, key; found } => "[{section}] {key} is {found}, expected a whole number",
            "[{section}] の {key} の値 {found} は正しくありません。整数で指定してください" [found = format!("{found:?}")];
        Self::TooMany { section, key, found, max } => "[{section}] {key} is {found}, expected at most {max}",
            "[{section}] の {key} の値 {found} は正しくありません。{max} 以下で指定してください";
        Self::NoFlag { section, key; found } => "[{section}] {key} is {found}, expected 0 or 1",
            "[{section}] の {key} の値 {found} は正しくありません。0 か 1 で指定してください" [found = format!("{found:?}")];
    }
}

sentences! {
    NotFoundHint {
        Self::WindowsPath =>
            "it is a path of a Windows computer; give --dataset-root FOLDER where its files are on this machine, or name the CSV with --set dataset.NAME.uri=PATH",
            "Windows のパスです。--dataset-root でこの PC にあるフォルダーを指定するか、--set dataset.NAME.uri=パス で CSV を指定してください";
        Self::NoRoots { uri, variable } =>
            "it may be a dataset of NNC; give --dataset-root FOLDER (or {variable}) with {uri}/index.csv in it",
            "NNC のデータセットかもしれません。{uri}/index.csv のあるフォルダーを --dataset-root（または {variable}）で指定してください";
        Self::InNoRoot { uri, roots } => "nor is there {uri}/index.csv, {uri}.csv or {uri}.cache in {roots}",
            "{roots} に {uri}/index.csv、{uri}.csv、{uri}.cache もありません";
    }
}

sentences! {
    ProjectNote {
        Self::NormalizationIgnored { dataset } =>
            "image normalization is off for {dataset}; that has no effect here, the model determines how images are read",
            "{dataset} の画像の正規化が無効になっていますが、ここでは影響しません（画像の読み込み方はモデルが決めます）";
        Self::ShuffleIgnored => "[dataset.training] shuffle has no effect: detectors read images in the order of the dataset",
            "[dataset.training] の shuffle は影響しません。検出器はデータセットの順に画像を読み込みます";
        Self::EvaluationShuffleIgnored =>
            "[dataset.validation] shuffle has no effect: as in NNC, an evaluation goes through the dataset in its order",
            "[dataset.validation] の shuffle は影響しません。NNC と同じく、評価はデータセットの順に行います";
        Self::DefaultPlugin { ; plugin } => "the project names no plugin; {plugin} is trained, --plugin chooses another one",
            "プロジェクトにプラグインの指定がないため、{plugin} で学習します（--plugin で変更できます）" [plugin = Words(plugin)];
        Self::NetworkIgnored { ; plugin } => "the project's own network is not used: plugin {plugin} has its own",
            "プロジェクトのネットワークは使いません。プラグイン {plugin} は独自のネットワークを持っています" [plugin = Words(plugin)];
    }
}

#[cfg(test)]
mod tests {
    use nnc_project_types::PluginReference;

    use crate::Say;

    use super::*;

    #[test]
    fn a_problem_is_told_with_file_line_and_what_to_do() {
        let said = |line, problem| ProjectError { path: "p.toml".into(), line, problem }.said();
        let unknown = |section: &str, nearest| UnknownKey {
            key: "parms".into(),
            section: section.into(),
            nearest,
            known: &["name", "params"],
        };
        for (line, problem, expected) in [
            (
                Some(3),
                ProjectProblem::UnknownKey(unknown("plugin", Some("params")).into()),
                "p.toml:3: unknown key `parms` in [plugin]; did you mean `params`?",
            ),
            (
                Some(1),
                ProjectProblem::UnknownKey(unknown("", None).into()),
                "p.toml:1: unknown key `parms`; known are name, params",
            ),
            (
                None,
                ProjectProblem::OutOfRange { key: "batch_size", found: 0, max: 9 },
                "p.toml: [config] batch_size is 0, expected a whole number from 1 to 9",
            ),
            (
                None,
                ProjectProblem::NoPlugin { example: PluginReference::Id("padim".into()) },
                "p.toml: [plugin] name is missing; write for example name = \"padim\"",
            ),
            (
                Some(2),
                ProjectProblem::Sdcproj(SdcprojProblem::NoKeyValue { found: "x".into() }),
                "p.toml:2: found \"x\", expected Key=Value or [Section]",
            ),
        ] {
            assert_eq!(said(line, problem), expected);
        }
        let error = OverrideError { given: "nonsense".into(), problem: OverrideProblem::NoValue };
        assert_eq!(error.said(), "--set nonsense: expected key.path=value");
    }
}
