//! The summary of a new dataset: as lines for people, as JSON for programs.

use nnc_dataset_create::{Class, Csv, Group, Grouped, Kind, Leak, LeftOut, Mode, Summary};
use nnc_messages::{Say, messages};
use serde::Serialize;

/// Lines of one kind that people see; JSON has them all.
const SHOWN: usize = 20;
/// The largest groups, which people see.
const LARGEST: usize = 5;

messages! {
    /// Lines of the summary.
    enum Line {
        Table { outdir: String, file: String, rows: usize } => "{outdir}/{file}: {rows} rows", "{outdir}/{file}: {rows} 行";
        Class { label: usize, name: String, converted: usize, found: usize, folder: Option<OtherFolder> } =>
            "  label {label} = folder \"{name}\": {converted} of {found} images{folder}",
            "  ラベル {label} = フォルダー \"{name}\": 画像 {found} 枚中 {converted} 枚{folder}";
        Groups { groups: usize, single: usize } =>
            "groups: {groups}, {single} of them of one image; none is in both tables",
            "グループ: {groups} 個（うち画像 1 枚のもの {single} 個）。2 つの表にまたがるグループはありません";
        Share { file: String, asked: u8; got: f64 } =>
            "  {file} was to have {asked} % of the images and has {share} %, as near as whole groups come",
            "  {file} の割合は指定 {asked} % に対して {share} % です（グループを分けずに最も近い割合）"
            [share = format!("{got:.1}")];
        Largest { name: String, images: usize, csv: String } =>
            "  group \"{name}\": {images} images, {csv}",
            "  グループ \"{name}\": 画像 {images} 枚、{csv}";
        Guessed =>
            "  they were found by likeness, which can miss images of one part and join those of several: look through the largest ones; --json names all their images",
            "  見た目によるグループのため、同じ部品の見落としや、別の部品をまとめてしまうことがあります。大きいグループの画像を確認してください（--json ですべて表示します）";
        Note { note: String } => "note: {note}", "注意: {note}";
        Changed { count: usize } => "converted with a change: {count}", "変更を加えて変換した画像: {count} 枚";
        LeftOut { count: usize } => "left out: {count}", "除外したファイル: {count} 個";
        Leaks { count: usize } =>
            "warning: in both datasets, so the evaluation looks better than it is: {count}",
            "警告: 両方のデータセットに含まれる画像があり、評価が実際より良く見えます: {count} 枚";
        Item { text: String } => "  {text}", "  {text}";
        More { count: usize } =>
            "  and {count} more; --json lists them all",
            "  ほか {count} 件（--json ですべて表示します）";
    }
}

messages! {
    /// That a class folder has another name in the dataset.
    enum OtherFolder {
        Named { folder: String } =>
            ", as \"{folder}\" because folders differ in upper and lower case only",
            "（大文字と小文字だけが異なるフォルダーがあるため \"{folder}\" として出力）";
    }
}

/// The lines for people.
pub(super) fn lines(summary: &Summary) -> Vec<String> {
    let mut lines = Vec::new();
    for Csv { file, rows } in &summary.csvs {
        lines.push(Line::Table { outdir: summary.outdir.clone(), file: file.clone(), rows: *rows });
    }
    for Class { label, name, folder, found, converted } in &summary.classes {
        let other = (folder != name).then(|| OtherFolder::Named { folder: folder.clone() });
        let (label, name, converted, found) = (*label, name.clone(), *converted, *found);
        lines.push(Line::Class { label, name, converted, found, folder: other });
    }
    lines.extend(summary.groups.iter().flat_map(group_lines));
    lines.extend(summary.notes.iter().map(|note| Line::Note { note: note.said() }));
    list(&mut lines, |count| Line::Changed { count }, &summary.changed);
    list(&mut lines, |count| Line::LeftOut { count }, &summary.left_out);
    list(&mut lines, |count| Line::Leaks { count }, &summary.leaks);
    lines.iter().map(Say::said).collect()
}

/// What came of groups, and the largest of them.
fn group_lines(found: &Grouped) -> Vec<Line> {
    let Grouped { groups, asked, got, several, by_likeness, file } = found;
    let mut lines = vec![Line::Groups { groups: *groups, single: groups - several.len() }];
    if (1..100).contains(asked) {
        lines.push(Line::Share { file: file.clone(), asked: *asked, got: *got });
    }
    let largest = |Group { name, csv, images }: &Group| Line::Largest {
        name: name.clone(),
        images: images.len(),
        csv: csv.clone(),
    };
    lines.extend(several.iter().take(LARGEST).map(largest));
    if several.len() > LARGEST {
        lines.push(Line::More { count: several.len() - LARGEST });
    }
    lines.extend(by_likeness.then_some(Line::Guessed));
    lines
}

/// Adds a title with the number of items, and the first of them.
fn list(lines: &mut Vec<Line>, title: impl Fn(usize) -> Line, items: &[impl Say]) {
    if items.is_empty() {
        return;
    }
    lines.push(title(items.len()));
    lines.extend(items.iter().take(SHOWN).map(|item| Line::Item { text: item.said() }));
    if items.len() > SHOWN {
        lines.push(Line::More { count: items.len() - SHOWN });
    }
}

/// The summary for programs: `--json` prints it, and the folder that is made holds it.
#[derive(Serialize)]
pub(super) struct Json<'a> {
    source: &'a str,
    kind: Kind,
    outdir: &'a str,
    width: usize,
    height: usize,
    channels: usize,
    mode: Mode,
    csvs: &'a [Csv],
    classes: &'a [Class],
    found: usize,
    converted: usize,
    changed: Vec<JsonChanged<'a>>,
    left_out: Vec<JsonLeftOut<'a>>,
    groups: Option<&'a Grouped>,
    leaks: &'a [Leak],
    notes: Vec<String>,
}

#[derive(Serialize)]
struct JsonChanged<'a> {
    path: &'a str,
    output: &'a str,
    changes: Vec<&'static str>,
}

#[derive(Serialize)]
struct JsonLeftOut<'a> {
    path: &'a str,
    /// The reason's short name.
    kind: &'static str,
    /// The reason in words.
    reason: String,
}

impl<'a> From<&'a Summary> for Json<'a> {
    fn from(summary: &'a Summary) -> Self {
        let changed = summary.changed.iter().map(|one| JsonChanged {
            path: &one.path,
            output: &one.output,
            changes: one.changes.iter().map(|change| change.name()).collect(),
        });
        let left_out = summary.left_out.iter().map(|LeftOut { path, reason }| JsonLeftOut {
            path,
            kind: reason.kind(),
            reason: reason.said(),
        });
        Self {
            source: &summary.source,
            kind: summary.kind,
            outdir: &summary.outdir,
            width: summary.width,
            height: summary.height,
            channels: summary.channels,
            mode: summary.mode,
            csvs: &summary.csvs,
            classes: &summary.classes,
            found: summary.found,
            converted: summary.converted,
            changed: changed.collect(),
            left_out: left_out.collect(),
            groups: summary.groups.as_ref(),
            leaks: &summary.leaks,
            notes: summary.notes.iter().map(Say::said).collect(),
        }
    }
}
