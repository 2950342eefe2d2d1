//! The group of every image, such as the part that it shows, and whether the training set has images of the same group.

use std::collections::HashSet;
use std::path::{Component, Path, PathBuf};

use nnc_dataset::{Dataset, DatasetError};
use nnc_messages::{Exit, Failure, Result, messages};
use nnc_project_types::{GroupRule, Grouping};
use nnc_report::EvaluatedImage;

messages! {
    /// What is wrong with groups.
    pub enum GroupMessage {
        NoColumn { dataset: PathBuf, name: String, known: String } =>
            "{dataset} has no column \"{name}\", which [dataset] group names; it has {known}",
            "{dataset} に、[dataset] の group で指定された列 \"{name}\" がありません。列: {known}";
        TrainingUnreadable { what: DatasetError } =>
            "whether images share their group with a training image is not known: {what}",
            "学習用画像と同じグループの画像があるかどうかは不明です: {what}";
        TrainingWithoutColumn { dataset: PathBuf, name: String } =>
            "whether images share their group with a training image is not known: {dataset} has no column \"{name}\"",
            "学習用画像と同じグループの画像があるかどうかは不明です: {dataset} に列 \"{name}\" がありません";
    }
}

/// Where a dataset says what group an image belongs to.
enum Source<'a> {
    Column(usize),
    Path(&'a GroupRule),
}

impl<'a> Source<'a> {
    /// `None` where the dataset lacks the column. Its name may leave out the `#` that makes a comment of it, or be that of a
    /// variable.
    fn of(rule: &'a GroupRule, dataset: &Dataset) -> Option<Self> {
        let GroupRule::Column(name) = rule else { return Some(Self::Path(rule)) };
        let plain = |text: &str| text.trim().trim_start_matches('#').trim().to_owned();
        let header = dataset.header();
        let exact = header.iter().position(|column| column == name);
        let variable = || dataset.variable(name).ok().and_then(|variable| variable.columns.first().copied());
        let comment = || header.iter().position(|column| plain(column) == plain(name));
        exact.or_else(variable).or_else(comment).map(Self::Column)
    }

    /// The group of a row as it is shown, and as rows of two datasets are compared by it. `column` is that of the images.
    fn group(&self, dataset: &Dataset, row: usize, column: usize) -> Option<(String, String)> {
        let cell = |column| dataset.record(row).nth(column).filter(|cell| !cell.is_empty());
        let same = |text: &str| (text.to_owned(), text.to_owned());
        match self {
            Self::Column(column) => cell(*column).map(|cell| same(cell.trim())),
            Self::Path(GroupRule::Pattern(pattern)) => {
                GroupRule::matched(pattern, &cell(column)?.replace('\\', "/")).map(same)
            }
            Self::Path(_) => {
                let path = PathBuf::from(cell(column)?.replace('\\', "/"));
                let folder = path.parent()?;
                let shown = folder.to_string_lossy().into_owned();
                Some((shown, plain(&dataset.folder().join(folder)).to_string_lossy().into_owned()))
            }
        }
    }
}

/// A path without `.` and `..`, so that two datasets name a folder alike.
fn plain(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => drop(plain.pop()),
            part => plain.push(part),
        }
    }
    plain
}

/// The groups of the rows of a dataset, as rows of two datasets are compared by them: none for a row that is a group of its
/// own. `None` where the dataset lacks the column that `rule` names.
pub fn of_rows(rule: &GroupRule, dataset: &Dataset, variable: &str) -> Option<Vec<Option<String>>> {
    let source = Source::of(rule, dataset)?;
    let column = images(dataset, variable);
    Some((0..dataset.len()).map(|row| Some(source.group(dataset, row, column)?.1)).collect())
}

/// The column with the images of a dataset.
fn images(dataset: &Dataset, variable: &str) -> usize {
    let known = dataset.variable(variable).ok().or_else(|| dataset.variables().first());
    known.and_then(|variable| variable.columns.first().copied()).unwrap_or_default()
}

/// Refuses a rule whose column the dataset lacks, before anything is scored.
///
/// # Errors
/// Such a rule.
pub fn refuse_missing(grouping: Option<&Grouping>, dataset: &Dataset) -> Result<()> {
    match grouping {
        Some(Grouping { rule: rule @ GroupRule::Column(name), .. }) if Source::of(rule, dataset).is_none() => {
            let known = dataset.header().join(", ");
            let message = GroupMessage::NoColumn { dataset: dataset.path().to_owned(), name: name.clone(), known };
            Err(Failure::new(Exit::Dataset, message))
        }
        _ => Ok(()),
    }
}

/// Gives the images their groups, and says which of them have a sibling among the training images. Returns what the user
/// should know where that is not known.
pub fn assign(
    grouping: &Grouping,
    dataset: &Dataset,
    variable: &str,
    rows: &mut [EvaluatedImage],
) -> Option<GroupMessage> {
    let source = Source::of(&grouping.rule, dataset)?;
    let column = images(dataset, variable);
    let (trained, warning) = match grouping.training.as_deref().map(|path| trained(grouping, path, variable)) {
        None => (None, None),
        Some(Ok(groups)) => (Some(groups), None),
        Some(Err(warning)) => (None, Some(warning)),
    };
    for image in rows {
        let group = source.group(dataset, image.row, column);
        let compared = group.as_ref().map(|(_, compared)| compared);
        image.sibling = trained.as_ref().map(|trained| compared.is_some_and(|group| trained.contains(group)));
        image.group = group.map(|(shown, _)| shown);
    }
    warning
}

/// The groups of the training images.
fn trained(grouping: &Grouping, path: &Path, variable: &str) -> std::result::Result<HashSet<String>, GroupMessage> {
    let dataset = Dataset::open(path).map_err(|what| GroupMessage::TrainingUnreadable { what })?;
    let Some(groups) = of_rows(&grouping.rule, &dataset, variable) else {
        let name = grouping.rule.to_string().trim_start_matches("column ").to_owned();
        return Err(GroupMessage::TrainingWithoutColumn { dataset: path.to_owned(), name });
    };
    Ok(groups.into_iter().flatten().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_come_from_columns_patterns_and_folders() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(&path, text).unwrap();
            path
        };
        let test = write("t/test.csv", "x:image,y:label,# tile\n./a/p1_0.png,0,7\n./a/p2_0.png,0,8\n./b/q.png,1,\n");
        let train = write("train.csv", "x:image,# tile\n./t/b/p2_1.png,7\n./n/p9_1.png,9\n");
        let bare = write("bare.csv", "x:image\n./n/p9_1.png\n");
        let dataset = Dataset::open(&test).unwrap();
        let groups = |rule: &str, training: Option<&PathBuf>| {
            let grouping = Grouping { rule: rule.parse().unwrap(), training: training.cloned() };
            refuse_missing(Some(&grouping), &dataset).unwrap();
            let mut rows: Vec<_> = (0..3).map(|row| EvaluatedImage { row, ..EvaluatedImage::default() }).collect();
            let warning = assign(&grouping, &dataset, "x", &mut rows);
            let of = |image: &EvaluatedImage| (image.group.clone(), image.sibling);
            (rows.iter().map(of).collect::<Vec<_>>(), warning)
        };
        let some = |group: &str, sibling| (Some(group.to_owned()), sibling);
        for rule in ["column tile", "column # tile"] {
            let (found, warning) = groups(rule, Some(&train));
            assert_eq!(found, [some("7", Some(true)), some("8", Some(false)), (None, Some(false))]);
            assert!(warning.is_none());
        }
        let (found, _) = groups(r"pattern /(p\d+)_", Some(&train));
        assert_eq!(found, [some("p1", Some(false)), some("p2", Some(true)), (None, Some(false))]);
        // By where a folder is, however a dataset names it.
        let (found, _) = groups("folder", Some(&train));
        assert_eq!(found, [some("./a", Some(false)), some("./a", Some(false)), some("./b", Some(true))]);
        let (found, _) = groups("folder", None);
        assert_eq!(found[0], some("./a", None));

        let (found, warning) = groups("column tile", Some(&bare));
        assert_eq!(found[0], some("7", None));
        assert!(matches!(warning, Some(GroupMessage::TrainingWithoutColumn { .. })));
        let (_, warning) = groups("column tile", Some(&folder.path().join("none.csv")));
        assert!(matches!(warning, Some(GroupMessage::TrainingUnreadable { .. })));
        let missing = Grouping { rule: GroupRule::Column("part".to_owned()), training: None };
        let refused = refuse_missing(Some(&missing), &dataset).unwrap_err();
        assert_eq!(refused.exit, Exit::Dataset);
    }
}
