//! Images of a dataset that have a sibling in another one: a photograph of the same part, which a detector knows from its
//! training.

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;

use nnc_dataset::{Alike, Dataset, Fingerprint, find_alike};
use nnc_jobs::judging::groups;
use nnc_messages::{Exit, Failure, Result, Say, messages};
use nnc_project_types::GroupRule;
use nnc_text::PathText;
use serde_json::{Value, json};

use super::place_of;
use crate::commands::dataset::LIKENESS;

/// Siblings that are named in a sentence; JSON has them all.
const SHOWN: usize = 5;

messages! {
    /// What is said of siblings.
    pub(super) enum SiblingMessage {
        ByRule { siblings: usize, rows: usize, other: PathBuf, rule: String, examples: String, more: More } =>
            "{siblings} of {rows} images belong to a group that {other} has too ({rule}): {examples}{more}; keep each group in one of the two, as `dataset create --group` does, or name the rule as [dataset] group in the project, so that evaluations tell the AUROC without them",
            "画像 {rows} 枚のうち {siblings} 枚のグループが {other} にもあります（{rule}）: {examples}{more}。`dataset create --group` などで各グループを一方だけに入れるか、プロジェクトの [dataset] の group にこの規則を指定してください（それらを除いた AUROC が評価で表示されます）";
        ByLikeness { siblings: usize, rows: usize, other: PathBuf, examples: String, more: More } =>
            "{siblings} of {rows} images seem to show a part that {other} shows too, which makes scores look better than they are; this is a guess by likeness, which can miss some and be wrong: {examples}{more}; look at them, and keep the images of a part in one of the two, as `dataset create --group` does; --group names the rule where there is one",
            "画像 {rows} 枚のうち {siblings} 枚が {other} と同じ部品を写しているようです。評価が実際より良く見えます。見た目による推定のため、見落としや取り違えがあります: {examples}{more}。確認のうえ、`dataset create --group` などで同じ部品の画像を一方だけに入れてください。決め方が分かっていれば --group で指定できます";
        TooMany { rows: usize, other: PathBuf } =>
            "{rows} images and those of {other} are too many to be compared by likeness; name their groups with --group",
            "画像 {rows} 枚と {other} の画像は多すぎるため、見た目での比較はしていません。--group でグループを指定してください";
        NoColumn { dataset: PathBuf, name: String, known: String } =>
            "{dataset} has no column \"{name}\", which --group names; it has {known}",
            "{dataset} に、--group で指定された列 \"{name}\" がありません。列: {known}";
    }
}

messages! {
    /// That not all are named.
    pub(super) enum More {
        None => "", "";
        Further { count: usize } => " and {count} more (--json has all)", "、ほか {count} 枚（--json ですべて表示します）";
    }
}

messages! {
    /// One of them.
    enum Example {
        Of { line: u64, own: String, other: String } => "line {line}, {own} (like {other})", "{line} 行目の {own}（{other} と同じ部品）";
    }
}

/// What was found.
pub(super) struct Siblings {
    pub(super) message: SiblingMessage,
    pub(super) facts: Value,
    /// Whether a rule said so; likeness is a guess.
    pub(super) is_certain: bool,
}

/// A dataset with the column of its images.
pub(super) struct Side<'a> {
    pub(super) dataset: &'a Dataset,
    pub(super) variable: &'a str,
    pub(super) column: usize,
    pub(super) prints: &'a [Option<Fingerprint>],
}

impl Side<'_> {
    fn image(&self, row: usize) -> String {
        self.dataset.text(row, self.column).unwrap_or_default().to_owned()
    }
}

/// The rows of `own` with a sibling in `other`: by `rule`, or by likeness without one. Rows in `told` have been told as copies.
pub(super) fn find(
    own: &Side<'_>,
    other: &Side<'_>,
    rule: Option<&GroupRule>,
    told: &HashSet<usize>,
) -> Result<Option<Siblings>> {
    let path = || other.dataset.path().to_owned();
    let pairs = match rule {
        Some(rule) => by_rule(own, other, rule)?,
        None => match find_alike(other.prints, own.prints, &|| false) {
            Some(found) => found.into_iter().map(|Alike { first, second, .. }| (second, first)).collect(),
            None => {
                let message = SiblingMessage::TooMany { rows: own.dataset.len(), other: path() };
                return Ok(Some(Siblings { message, facts: Value::Null, is_certain: false }));
            }
        },
    };
    let pairs: Vec<(usize, usize)> = pairs.into_iter().filter(|(row, _)| !told.contains(row)).collect();
    if pairs.is_empty() {
        return Ok(None);
    }
    let (siblings, rows) = (pairs.len(), own.dataset.len());
    let example = |&(row, sibling): &(usize, usize)| {
        Example::Of { line: own.dataset.line(row), own: own.image(row), other: other.image(sibling) }.said()
    };
    let examples = pairs.iter().take(SHOWN).map(example).collect::<Vec<_>>().join("; ");
    let more = match siblings.saturating_sub(SHOWN) {
        0 => More::None,
        count => More::Further { count },
    };
    let message = match rule {
        Some(rule) => SiblingMessage::ByRule { siblings, rows, other: path(), rule: rule.to_string(), examples, more },
        None => SiblingMessage::ByLikeness { siblings, rows, other: path(), examples, more },
    };
    let place = |&(row, sibling): &(usize, usize)| {
        json!({
            "line": own.dataset.line(row),
            "file": own.dataset.file(row, own.column).as_deref().map(PathText),
            "other": place_of(other.dataset, sibling, other.column),
        })
    };
    let facts = json!({
        "kind": "siblings",
        "message": message.said(),
        "rule": rule.map_or_else(|| LIKENESS.to_owned(), GroupRule::to_string),
        "images": siblings,
        "of": rows,
        "siblings": pairs.iter().map(place).collect::<Vec<_>>(),
    });
    Ok(Some(Siblings { message, facts, is_certain: rule.is_some() }))
}

/// The rows whose group `other` has too, each with the first row of that group there.
fn by_rule(own: &Side<'_>, other: &Side<'_>, rule: &GroupRule) -> Result<Vec<(usize, usize)>> {
    let groups = |side: &Side<'_>| {
        groups::of_rows(rule, side.dataset, side.variable).ok_or_else(|| {
            let dataset = side.dataset.path().to_owned();
            let name = rule.to_string().trim_start_matches("column ").to_owned();
            let known = side.dataset.header().join(", ");
            Failure::new(Exit::Dataset, SiblingMessage::NoColumn { dataset, name, known })
        })
    };
    let mut known: HashMap<String, usize> = HashMap::new();
    for (row, group) in groups(other)?.into_iter().enumerate() {
        if let Some(group) = group {
            known.entry(group).or_insert(row);
        }
    }
    let own = groups(own)?.into_iter().enumerate();
    Ok(own.filter_map(|(row, group)| Some((row, *known.get(&group?)?))).collect())
}
