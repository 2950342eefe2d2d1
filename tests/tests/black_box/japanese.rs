//! A tour with `--lang ja`: every line that people read has Japanese in it, but for a short list of what has none.

use std::cell::RefCell;

use nnc_tests::{Sandbox, texture};

/// What NNC's log says word for word in every language (NNC contract 5.5, 9.3, 9.4); a line begins with one of these.
#[rustfmt::skip]
const NNC: &[&str] = &[
    "Loading config...", "Preparing training dataset...", "Calculating features...", "Creating anomary detection model...",
    "Saving anomary detection model...", "Training Completed.", "Add output_result.zip to result_evaluate.nnp.",
    "Forward Completed.", "data ", "mkdir ", "create ", "results handling...", "confusion_matrix.json can not created",
    "worker done", "Creating file list...", "Creating output images...", "Creating CSV files...",
    "Dataset was successfully created.",
];

/// Names that are the same in Japanese: of variables, and the word of clap for a second name.
const NAMES: &[&str] = &["y", "y:label", "alias"];

/// Beginnings of lines that are there to be typed.
const TYPED: &[&str] = &["nnc-host ", "cargo ", "cd "];

/// Whether a reader of Japanese finds nothing foreign in a line. `own` are the words of plugins about themselves.
fn fits(line: &str, own: &[String]) -> bool {
    let japanese = |c: char| matches!(c, '\u{3040}'..='\u{30ff}' | '\u{4e00}'..='\u{9fff}');
    let of_plugin = |text: &str| own.iter().any(|own| own == text);
    let text = line.trim();
    // `2026-01-31 10:15:02,118 [worker]: [INFO]: text`
    let said = text.rsplit_once("]: ").map_or(text, |(_, said)| said);
    if text.contains(japanese)
        || of_plugin(text)
        || NNC.iter().any(|literal| said.starts_with(literal))
        || TYPED.iter().any(|command| text.starts_with(command))
    {
        return true;
    }
    // What is left are paths, options, numbers and names.
    text.split_whitespace().all(|word| {
        let word = word.trim_matches(|c: char| "()[]{},;:'\"`|=".contains(c));
        let path = word.contains(['/', '.']) || word.starts_with(['-', '<']);
        path || !word.contains(char::is_alphabetic) || NAMES.contains(&word) || of_plugin(word)
    })
}

struct Tour {
    sandbox: Sandbox,
    own: Vec<String>,
    /// What was said in no language that is asked for, with the command.
    foreign: RefCell<Vec<String>>,
}

impl Tour {
    /// Runs a command in Japanese and looks at every line of it.
    fn go(&self, code: i32, line: &str) {
        let words: Vec<&str> = line.split(' ').chain(["--lang", "ja"]).collect();
        let outcome = self.sandbox.host(&words);
        if outcome.code != Some(code) {
            self.foreign.borrow_mut().push(format!("{line}: expected code {code}: {outcome}"));
        }
        let said = outcome.stdout.lines().chain(outcome.stderr.lines());
        let foreign = said.filter(|line| !fits(line, &self.own)).map(|said| format!("{line}: {said}"));
        self.foreign.borrow_mut().extend(foreign);
        assert!(!(outcome.stdout.is_empty() && outcome.stderr.is_empty()), "{line} says nothing");
    }
}

#[test]
fn every_line_of_a_tour_is_japanese() {
    texture();
    let sandbox = Sandbox::with_project();
    sandbox.gears("gears.toml", "");
    // What the plugins say about themselves is theirs.
    let mut own = Vec::new();
    let listed = sandbox.host(&["plugin", "list", "--json"]).expect(0);
    let listed: serde_json::Value = serde_json::from_str(&listed.stdout).unwrap();
    for manifest in listed.as_array().unwrap().iter().map(|plugin| &plugin["manifest"]) {
        let text = |of: &serde_json::Value, key: &str| of[key].as_str().unwrap_or_default().to_owned();
        own.extend(["id", "title", "description"].map(|key| text(manifest, key)));
        for parameter in manifest["parameters"].as_array().into_iter().flatten() {
            let (name, help) = (text(parameter, "name"), text(parameter, "help"));
            own.extend([format!("{help}({})", text(parameter, "type")), name, help]);
        }
    }
    let tour = Tour { sandbox, own, foreign: RefCell::default() };
    let go = |code, line: &str| tour.go(code, line);

    for command in [
        "",
        "run",
        "train",
        "evaluate",
        "report",
        "jobs",
        "jobs compare",
        "plugin",
        "plugin list",
        "plugin show",
        "plugin check",
        "plugin new",
        "plugin trust",
        "dataset",
        "dataset create",
        "dataset show",
        "dataset check",
        "nnp",
        "nnp show",
        "nnp run",
        "nnp unpack",
        "weights",
        "weights list",
        "weights fetch",
        "weights verify",
        "man",
        "completions",
    ] {
        go(0, format!("{command} --help").trim());
    }

    // Datasets.
    let sandbox = &tour.sandbox;
    sandbox.image("photos/正常/a.png", 9, 8, [10, 20, 30]);
    sandbox.image("photos/異常/b.png", 9, 8, [40, 50, 60]);
    sandbox.write("photos/異常/c.png", "no picture");
    sandbox.write("photos/notes.txt", "");
    go(0, "dataset create photos -o made -w 8 -g 8 --ratio2 50");
    go(2, "dataset create photos -o made");
    go(3, "dataset create train.csv -o other");
    go(3, "dataset create nowhere -o other");
    go(2, "dataset create photos -o other --ratio1 70 --ratio2 70");
    go(2, "dataset create photos -o photos/in");
    go(0, "dataset check train.csv --size 8x8 --channels 3");
    sandbox.image("small.png", 4, 4, [1; 3]);
    sandbox.write(
        "bad.csv",
        "x,y\nnone.png,0\nsmall.png,0\nphotos/異常/c.png,0\ntrain/0.png\n,0\na.heic,0\ntrain/1.png,1\n",
    );
    go(3, "dataset check bad.csv --size 8x8 --channels 3");
    go(3, "dataset check train.csv --against train.csv");
    go(3, "dataset check none.csv");
    go(3, "dataset check photos");
    go(0, "dataset show train.csv");
    sandbox.write("odd.csv", "x,y\nnone.png,0\nsmall.png,1\nphotos/異常/c.png,1\n");
    go(0, "dataset show odd.csv --rows all");
    go(2, "dataset show train.csv --rows 9-1");

    // Plugins and weights.
    go(0, "plugin list");
    go(0, "plugin show texture");
    go(0, "plugin show texture --usage");
    go(4, "plugin show textur");
    go(0, "plugin check --list");
    go(0, "plugin check texture");
    go(0, "plugin new mine --name my-detector");
    go(2, "plugin new mine --name My_Detector");
    go(0, "plugin trust");
    go(0, "weights list");
    go(2, "weights fetch resnet5000");

    // Jobs.
    go(0, "train gears.toml -o jobs/first");
    go(0, "evaluate gears.toml -o jobs/first --threshold 1");
    go(0, "run gears.toml -o jobs/second --param cell=16 --heatmaps");
    go(0, "evaluate gears.toml -o jobs/second --param cell=8");
    go(0, "report jobs/first --threshold 2");
    go(0, "report jobs/first --false-alarm-rate 0.1");
    go(0, "jobs .");
    go(0, "jobs compare jobs/first jobs/second");

    // What goes wrong.
    for (code, line) in [
        (2, "run nowhere.toml -o out"),
        (2, "run gears.toml -o out --param cel=8"),
        (2, "run gears.toml -o out --param cell=many"),
        (2, "run gears.toml -o out --set plugin.nam=texture"),
        (2, "run gears.toml -o out --device tpu"),
        (4, "run gears.toml -o out --plugin texturo"),
        (2, "run gears.toml -o out --false-alarm-rate 2"),
        (2, "run gears.toml -o out --masks nowhere"),
        (2, "run gears.toml"),
        (2, "evaluate gears.toml -o empty"),
        (3, "evaluate gears.toml -o jobs/first --dataset bad.csv"),
        (4, "train project.toml -o crash --param misbehave=abort"),
        (2, "report nowhere"),
        (2, "report jobs/first --masks photos"),
        (2, "jobs nowhere"),
        (2, "nnp show none.nnp"),
        (2, "nnp unpack jobs/first/results.nnp train"),
    ] {
        go(code, line);
    }
    let foreign = tour.foreign.take();
    assert!(foreign.is_empty(), "{}", foreign.join("\n"));
}
