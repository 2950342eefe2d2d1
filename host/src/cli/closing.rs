//! What the help of a command says below its options: notes and examples.

use nnc_language::Language;

/// Notes and examples of a command.
struct Closing {
    /// Words that lead to the command; none for the program itself.
    command: &'static str,
    /// A note in English and in Japanese.
    note: Option<(&'static str, &'static str)>,
    examples: &'static [&'static str],
}

/// The text below the options of a command.
pub(super) fn closing(command: &str, language: Language) -> Option<String> {
    let Closing { note, examples, .. } = CLOSINGS.iter().find(|closing| closing.command == command)?;
    let note = note.map(|(english, japanese)| match language {
        Language::English => english,
        Language::Japanese => japanese,
    });
    let heading = match language {
        Language::English => "Examples:",
        Language::Japanese => "例:",
    };
    let examples = (!examples.is_empty()).then(|| format!("{heading}\n  {}", examples.join("\n  ")));
    let paragraphs: Vec<String> = note.map(str::to_owned).into_iter().chain(examples).collect();
    Some(paragraphs.join("\n\n"))
}

const fn examples(command: &'static str, examples: &'static [&'static str]) -> Closing {
    Closing { command, note: None, examples }
}

const CLOSINGS: &[Closing] = &[
    Closing {
        command: "",
        note: Some((
            "Exit codes: 0 success, 1 the job failed, 2 wrong usage or project file, 3 bad dataset, 4 plugin refused or \
             crashed, 130 interrupted",
            "終了コード: 0 正常終了、1 ジョブ失敗、2 使い方またはプロジェクトファイルの誤り、3 データセットの不備、\
             4 プラグインの拒否または異常終了、130 中断",
        )),
        examples: &[
            "nnc-host run project.toml -o result",
            "nnc-host run project.toml -o result --set plugin.params.gaussian=single",
            "nnc-host evaluate project.toml -o result --dataset other.csv",
            "nnc-host dataset create train.zip -o train",
            "nnc-host dataset check train/train.csv --size 224x224 --channels 3",
        ],
    },
    examples(
        "run",
        &[
            "nnc-host run project.toml -o result",
            "nnc-host run project.toml -o result --set plugin.params.gaussian=single --device cpu",
            "nnc-host run project.toml -o result --json > result.json",
        ],
    ),
    examples(
        "train",
        &["nnc-host train project.toml -o result", "nnc-host train project.toml -o result --param feature_ratio=0.5"],
    ),
    examples(
        "evaluate",
        &[
            "nnc-host evaluate project.toml -o result --dataset other.csv",
            "nnc-host evaluate project.toml -o result --model results.nnp",
            "nnc-host evaluate project.toml -o folds --folds 5",
        ],
    ),
    examples(
        "report",
        &[
            "nnc-host report result --threshold 5.3",
            "nnc-host report result --false-alarm-rate 0.02",
            "nnc-host report result --masks masks --heatmaps --lang ja",
            "nnc-host report nnc/results/20260131_101500 -o report --dataset test.csv",
            "nnc-host report result_evaluate.nnp -o report",
        ],
    ),
    examples(
        "inspect",
        &[
            "nnc-host inspect result --watch camera -o inspection",
            "nnc-host inspect result --watch camera -o inspection --keep all > answers.jsonl",
            "nnc-host inspect model.nnp --watch camera -o inspection --threshold 5.3 --shape trimming",
        ],
    ),
    examples("jobs", &["nnc-host jobs results", "nnc-host jobs compare results/a results/b"]),
    examples(
        "studio",
        &[
            "nnc-host studio",
            "nnc-host studio parts --port 8080 --no-open",
            "nnc-host studio parts --listen 0.0.0.0 --token-file token.txt --host studio.example.com",
        ],
    ),
    examples("jobs compare", &["nnc-host jobs compare results/a results/b"]),
    examples("plugin list", &["nnc-host plugin list", "nnc-host plugin list --plugin-dir build --json"]),
    examples("plugin show", &["nnc-host plugin show padim", "nnc-host plugin show ./libnnc_plugin_mine.so"]),
    examples("plugin check", &["nnc-host plugin check padim", "nnc-host plugin check ./libnnc_plugin_mine.so"]),
    examples("plugin new", &["nnc-host plugin new mine --name my-detector"]),
    examples(
        "plugin trust",
        &[
            "nnc-host plugin trust libnnc_plugin_mine.so",
            "nnc-host plugin trust libnnc_plugin_mine.so --allow network --allow read=/srv/calibration",
            "nnc-host plugin trust --key author.pub --only-known yes",
        ],
    ),
    Closing {
        command: "dataset create",
        note: Some((
            "The source must contain one folder of images for each class, for example \"0\"; the folders are labelled \
             0, 1, 2, ... in the order of their names. A .gz file must contain a tar archive.",
            "元データには、クラスごとに画像の入ったフォルダー（例: \"0\"）を用意します。フォルダーには名前順に \
             0、1、2、... のラベルが付きます。.gz ファイルの中身は tar アーカイブに限ります。",
        )),
        examples: &[
            "nnc-host dataset create train.zip -o train",
            "nnc-host dataset create photos/ -o data --mode padding --file1 train.csv --file2 test.csv --ratio2 20 --shuffle",
            "nnc-host dataset create photos/ -o data --ratio2 20 --shuffle --group 'pattern (part\\d+)_' --group-column part",
            "nnc-host dataset create photos/ -o data --ratio2 20 --shuffle --group likeness --json",
            "nnc-host dataset create test.zip -o test --against train/train.csv",
        ],
    },
    examples("dataset show", &["nnc-host dataset show train.csv", "nnc-host dataset show train.csv --html train.html"]),
    examples(
        "dataset check",
        &[
            "nnc-host dataset check train.csv",
            "nnc-host dataset check train.csv --size 224x224 --channels 3",
            "nnc-host dataset check test.cache",
            "nnc-host dataset check test.csv --against train.csv --group 'pattern (part\\d+)_'",
        ],
    ),
    examples(
        "nnp convert",
        &["nnc-host nnp convert results.nnp results.onnx", "nnc-host nnp convert model.onnx model.nnp"],
    ),
    examples("nnp run", &["nnc-host nnp run model.nnp --input x=x.npy -o outputs"]),
    examples("nnp show", &["nnc-host nnp show results.nnp"]),
    examples("nnp unpack", &["nnc-host nnp unpack results.nnp parts --npy"]),
    examples("weights list", &["nnc-host weights list"]),
    examples("weights fetch", &["nnc-host weights fetch efficientnet_lite0"]),
    examples("weights verify", &["nnc-host weights verify"]),
    examples(
        "completions",
        &[
            "nnc-host completions bash > ~/.local/share/bash-completion/completions/nnc-host",
            "nnc-host completions zsh > ~/.zfunc/_nnc-host",
            "nnc-host completions fish > ~/.config/fish/completions/nnc-host.fish",
        ],
    ),
    examples("man", &["nnc-host man | man -l -", "nnc-host man -o ~/.local/share/man/man1"]),
];

#[cfg(test)]
pub(super) fn commands() -> impl Iterator<Item = &'static str> {
    CLOSINGS.iter().map(|closing| closing.command)
}
