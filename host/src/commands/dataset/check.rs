//! `dataset check`: every problem of a dataset.

mod siblings;

use std::collections::HashSet;
use std::path::PathBuf;

use nnc_console::print_line;
use nnc_dataset::{
    CheckOptions, Dataset, DatasetError, Duplicate, Fingerprint, HeaderWarning, Outside, UnusedParts, Variable,
    find_duplicates, find_repeats,
};
use nnc_jobs::LABEL;
use nnc_messages::{Exit, Failure, OrExit, Result, Say, messages};
use nnc_project_types::GroupRule;
use serde_json::{Value, json};

use crate::cli::DatasetCheckArgs;
use crate::commands::dataset::LIKENESS;
use crate::commands::{confined, print_json};
use crate::table;
use nnc_console::{Console, LogTo, Unit};
use nnc_text::PathText;
use siblings::{SiblingMessage, Siblings, Side};

messages! {
    /// What the command says itself.
    enum Message {
        Checking => "checking", "検査";
        Warning { warning: Warning } => "warning: {warning}", "警告: {warning}";
        NoProblem { dataset: PathBuf, rows: usize } =>
            "{dataset}: {rows} rows, no problem found",
            "{dataset}: {rows} 行、問題は見つかりませんでした";
        OneProblem { dataset: PathBuf, rows: usize } =>
            "{dataset}: 1 problem in {rows} rows",
            "{dataset}: {rows} 行中に問題が 1 件あります";
        Problems { dataset: PathBuf, problems: usize, rows: usize } =>
            "{dataset}: {problems} problems in {rows} rows",
            "{dataset}: {rows} 行中に問題が {problems} 件あります";
        NothingToCompare { dataset: PathBuf } =>
            "no row of {dataset} holds an image that can be read, so nothing could be compared; name the CSV beside its images",
            "{dataset} に読み込める画像の行がないため、比較できませんでした。画像がそろっている CSV を指定してください";
        SizeIsWrong { found: String } =>
            "--size is \"{found}\", expected WIDTHxHEIGHT, for example 224x224",
            "--size の値 \"{found}\" は正しくありません。幅x高さ（例: 224x224）で指定してください";
    }
}

messages! {
    /// What is odd but no problem.
    enum Warning {
        Header(warning: HeaderWarning) => "{warning}", "{warning}";
        Outside(outside: Outside) => "{outside}", "{outside}";
        Unused(unused: UnusedParts) => "{unused}", "{unused}";
        Siblings(siblings: SiblingMessage) => "{siblings}", "{siblings}";
        NotAllCompared { missing: usize, rows: usize, dataset: PathBuf } =>
            "{missing} of {rows} rows of {dataset} hold no image that can be read, and were not compared",
            "{dataset} の {rows} 行のうち {missing} 行は画像を読み込めないため、比較していません";
    }
}

messages! {
    /// Two rows of one dataset that cannot both be right.
    enum Contradiction {
        Labels { own: Row, other: Row, label: &'static str, found: f64, before: f64 } =>
            "{own}: the same image as {other}, but `{label}` is {found} here and {before} there; correct one of them",
            "{own}: {other} と同じ画像ですが、`{label}` がここでは {found}、そちらでは {before} です。どちらかを修正してください";
    }
}

messages! {
    /// Two rows with one image.
    enum SharedImage {
        Same { own: Row, other: Row } =>
            "{own}: the same image as {other}; keep it in one of the two",
            "{own}: {other} と同じ画像です。どちらか一方から除いてください";
        NearlySame { own: Row, other: Row; distance: f64 } =>
            "{own}: nearly the same image ({levels} grey levels apart) as {other}; keep it in one of the two",
            "{own}: {other} とほぼ同じ画像です（輝度差 {levels} 階調）。どちらか一方から除いてください"
            [levels = format!("{distance:.2}")];
    }
}

messages! {
    /// A row and the image it names.
    enum Row {
        Of { dataset: PathBuf, line: u64, image: String } =>
            "{dataset} line {line}, {image}",
            "{dataset} {line} 行目の {image}";
    }
}

/// Something wrong, for people and for programs.
struct Problem {
    message: String,
    facts: Value,
}

impl From<DatasetError> for Problem {
    fn from(error: DatasetError) -> Self {
        let message = error.said();
        let place = error.place();
        let facts = json!({
            "kind": error.kind(),
            "line": error.line(),
            "column": place.map(|place| &place.column),
            "file": place.and_then(|place| place.file.as_deref()).map(PathText),
            "message": message,
        });
        Self { message, facts }
    }
}

/// What NNC calls the variable with the images.
const USUAL: &str = "x";

/// Checks a dataset; exit code 3 when there is a problem.
pub(crate) fn run(args: &DatasetCheckArgs) -> Result<()> {
    let wanted = match (&args.size, args.channels) {
        (Some(size), Some(channels)) => Some(shape(size, channels.into())?),
        _ => None,
    };
    let rule = args.group.as_deref().filter(|text| text.trim() != LIKENESS);
    let rule: Option<GroupRule> = rule.map(str::parse).transpose().or_exit(Exit::Usage)?;
    confined::to_reading()?;
    let other = args.against.as_deref().map(Dataset::open).transpose().or_exit(Exit::Dataset)?;
    let console = Console::new(if args.json { LogTo::Stderr } else { LogTo::Stdout });
    let (dataset, defects) = match Dataset::open_leniently(&args.csv) {
        Ok((dataset, defects)) => (Some(dataset), defects),
        Err(defects) => (None, defects),
    };
    let mut problems: Vec<Problem> = Vec::new();
    let mut siblings = None;
    let mut warnings: Vec<Warning> = dataset.iter().flat_map(Dataset::warnings).cloned().map(Warning::Header).collect();
    warnings.extend(dataset.as_ref().and_then(Dataset::outside).map(Warning::Outside));
    let mut found = defects;
    if let Some(dataset) = &dataset {
        let variable = images_of(dataset, args.variable.as_deref());
        // One that is asked for has to be there.
        found.extend(dataset.variable(variable).err());
        let total = dataset.len() as u64;
        let known = dataset.variable(variable).is_ok();
        let shapes = wanted.into_iter().filter(|_| known).map(|shape| (variable.to_owned(), shape)).collect();
        let options = CheckOptions { shapes, threads: 0 };
        found.extend(dataset.check(&options, &|done| {
            console.progress(&Message::Checking.said(), Unit::Items, done as u64, total);
        }));
        console.clear_bar();
        warnings.extend(dataset.unused().into_iter().map(Warning::Unused));
        // Problems of the table's form and of its cells, as they come in the file.
        found.sort_by_key(DatasetError::line);
        problems = contradictions(dataset, variable);
        if let Some(other) = &other {
            let shared = shared(dataset, other, variable, rule.as_ref())?;
            problems.extend(shared.leaks);
            warnings.extend(shared.note);
            if let Some(found) = shared.siblings {
                siblings = Some(found.facts.clone());
                match found.is_certain {
                    true => problems.push(Problem { message: found.message.said(), facts: found.facts }),
                    false => warnings.push(Warning::Siblings(found.message)),
                }
            }
        }
    }
    problems.splice(0..0, found.into_iter().map(Problem::from));

    let path = dataset.as_ref().map_or(args.csv.as_path(), Dataset::path);
    if args.json {
        print_json(&json!({
            "dataset": PathText(path),
            "rows": dataset.as_ref().map_or(0, Dataset::len),
            "header": dataset.as_ref().map_or(&[][..], Dataset::header),
            "warnings": warnings.iter().map(Say::said).collect::<Vec<_>>(),
            "siblings": siblings,
            "problems": problems.iter().map(|problem| &problem.facts).collect::<Vec<_>>(),
        }))?;
    } else {
        for warning in warnings {
            table::print(&Message::Warning { warning }.said(), 2);
        }
    }
    let rows = dataset.as_ref().map_or(0, Dataset::len);
    match (problems.as_slice(), &dataset) {
        ([], _) => {
            if !args.json {
                print_line(Message::NoProblem { dataset: path.to_owned(), rows }.said());
            }
            Ok(())
        }
        // A table that cannot be read has one thing to say.
        ([only], None) => Err(Failure::new(Exit::Dataset, only.message.clone())),
        (problems, _) => {
            if !args.json {
                problems.iter().for_each(|problem| table::print(&problem.message, 2));
            }
            let dataset = path.to_owned();
            let message = match problems.len() {
                1 => Message::OneProblem { dataset, rows },
                problems => Message::Problems { dataset, problems, rows },
            };
            Err(Failure::new(Exit::Dataset, message))
        }
    }
}

fn shape(size: &str, channels: usize) -> Result<Vec<usize>> {
    let sides = size.split_once('x').and_then(|(w, h)| Some((w.parse().ok()?, h.parse().ok()?)));
    match sides {
        Some((width, height)) if width > 0 && height > 0 => Ok(vec![channels, height, width]),
        _ => Err(Failure::new(Exit::Usage, Message::SizeIsWrong { found: size.to_owned() })),
    }
}

/// Images that `dataset` holds twice, with different labels.
fn contradictions(dataset: &Dataset, variable: &str) -> Vec<Problem> {
    let (Ok(images), Ok(label)) = (dataset.variable(variable), dataset.variable(LABEL)) else { return Vec::new() };
    let column = images.columns.first().copied().unwrap_or_default();
    let row_of = |row| Row::Of {
        dataset: dataset.path().to_owned(),
        line: dataset.line(row),
        image: dataset.text(row, column).unwrap_or_default().to_owned(),
    };
    let problem = |(first, second)| {
        let (before, found) = (dataset.number(first, label)?, dataset.number(second, label)?);
        if before == found {
            return None;
        }
        let (own, other) = (row_of(second), row_of(first));
        let message = Contradiction::Labels { own, other, label: LABEL, found, before }.said();
        let facts = json!({
            "kind": "contradiction",
            "line": dataset.line(second),
            "column": dataset.header().get(column),
            "file": dataset.file(second, column).as_deref().map(PathText),
            "message": message,
            "other": place_of(dataset, first, column),
        });
        Some(Problem { message, facts })
    };
    find_repeats(&dataset.fingerprints(images)).into_iter().filter_map(problem).collect()
}

/// Where an image is that another row has too.
fn place_of(dataset: &Dataset, row: usize, column: usize) -> Value {
    let file = dataset.file(row, column);
    json!({
        "dataset": PathText(dataset.path()),
        "line": dataset.line(row),
        "file": file.as_deref().map(PathText),
    })
}

/// The variable with the images: the one asked for, else `x`, else the first one.
fn images_of<'a>(dataset: &'a Dataset, asked: Option<&'a str>) -> &'a str {
    let first = || dataset.variables().first().map(|variable| variable.name.as_str());
    asked.or_else(|| dataset.variable(USUAL).is_err().then(first).flatten()).unwrap_or(USUAL)
}

/// What two datasets have in common.
#[derive(Default)]
struct Shared {
    /// Images that are (nearly) in the other one too.
    leaks: Vec<Problem>,
    /// Images of parts that the other one shows too.
    siblings: Option<Siblings>,
    /// What the user should know where not all could be compared.
    note: Option<Warning>,
}

/// What `dataset` has in common with `other`.
fn shared(dataset: &Dataset, other: &Dataset, variable: &str, rule: Option<&GroupRule>) -> Result<Shared> {
    let theirs = other.variable(variable).or_exit(Exit::Dataset)?;
    // That the variable is missing here has been reported.
    let Ok(own) = dataset.variable(variable) else { return Ok(Default::default()) };
    let prints = other.fingerprints(theirs);
    let missing = prints.iter().filter(|print| print.is_none()).count();
    let own_prints = dataset.fingerprints(own);
    let nothing = |prints: &[Option<Fingerprint>]| prints.iter().all(Option::is_none);
    if let Some((empty, _)) = [(other, &prints), (dataset, &own_prints)].into_iter().find(|(_, prints)| nothing(prints))
    {
        let message = Message::NothingToCompare { dataset: empty.path().to_owned() }.said();
        let facts =
            json!({ "kind": "not-compared", "message": message, "other": { "dataset": PathText(other.path()) } });
        return Ok(Shared { leaks: vec![Problem { message, facts }], ..Shared::default() });
    }
    let note = (missing > 0).then(|| {
        let (rows, dataset) = (prints.len(), other.path().to_owned());
        Warning::NotAllCompared { missing, rows, dataset }
    });
    let found = find_duplicates(&prints, &own_prints);
    let first = |variable: &Variable| variable.columns.first().copied().unwrap_or_default();
    let (variable_there, own, theirs) = (theirs.name.as_str(), first(own), first(theirs));
    let told: HashSet<usize> = found.iter().map(|duplicate| duplicate.second).collect();
    let here = Side { dataset, variable, column: own, prints: &own_prints };
    let there = Side { dataset: other, variable: variable_there, column: theirs, prints: &prints };
    let siblings = siblings::find(&here, &there, rule, &told)?;
    let cell = |dataset: &Dataset, row, column| dataset.text(row, column).unwrap_or_default().to_owned();
    let row_of = |dataset: &Dataset, row, column| Row::Of {
        dataset: dataset.path().to_owned(),
        line: dataset.line(row),
        image: cell(dataset, row, column),
    };
    let problem = |Duplicate { first, second, distance, exact }| {
        let (own_row, other_row) = (row_of(dataset, second, own), row_of(other, first, theirs));
        let message = match exact {
            true => SharedImage::Same { own: own_row, other: other_row },
            false => SharedImage::NearlySame { own: own_row, other: other_row, distance },
        };
        let message = message.said();
        let facts = json!({
            "kind": "leak",
            "line": dataset.line(second),
            "column": dataset.header().get(own),
            "file": dataset.file(second, own).as_deref().map(PathText),
            "message": message,
            "exact": exact,
            "distance": distance,
            "other": place_of(other, first, theirs),
        });
        Problem { message, facts }
    };
    Ok(Shared { leaks: found.into_iter().map(problem).collect(), siblings, note })
}
