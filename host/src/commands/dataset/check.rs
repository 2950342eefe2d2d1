//! `dataset check`: every problem of a data set.

use std::fmt::Display;

use nnc_dataset::{CheckOptions, Dataset, DatasetError, Fingerprint, Variable, twins};
use serde_json::{Value, json};

use crate::cli::DatasetCheckArgs;
use crate::commands::print_json;
use crate::console::{Console, LogTo, Unit};
use crate::language::Message;
use crate::table;
use nnc_messages::{Exit, Failure, OrExit, Result};

/// Something wrong, for people and for programs.
struct Problem {
    message: String,
    facts: Value,
}

impl From<DatasetError> for Problem {
    fn from(error: DatasetError) -> Self {
        let message = error.to_string();
        let place = error.place();
        let facts = json!({
            "kind": error.kind(),
            "line": error.line(),
            "column": place.map(|place| &place.column),
            "file": place.and_then(|place| place.file.as_deref()),
            "message": message,
        });
        Self { message, facts }
    }
}

/// Checks a data set; exit code 3 when there is a problem.
pub(crate) fn run(args: &DatasetCheckArgs) -> Result<()> {
    let shapes = match (&args.size, args.channels) {
        (Some(size), Some(channels)) => vec![(args.variable.clone(), shape(size, channels.into())?)],
        _ => Vec::new(),
    };
    let other = args.against.as_deref().map(Dataset::open).transpose().or_exit(Exit::Dataset)?;
    let console = Console::new(if args.json { LogTo::Stderr } else { LogTo::Stdout });
    let (dataset, defects) = match Dataset::open_leniently(&args.csv) {
        Ok((dataset, defects)) => (Some(dataset), defects),
        Err(defects) => (None, defects),
    };
    let mut problems: Vec<Problem> = Vec::new();
    let mut warnings: Vec<String> = dataset.iter().flat_map(Dataset::warnings).cloned().collect();
    let mut found = defects;
    if let Some(dataset) = &dataset {
        found.extend(dataset.variable(&args.variable).err());
        let total = dataset.len() as u64;
        let known = |name: &str| dataset.variable(name).is_ok();
        let options = CheckOptions { shapes: shapes.into_iter().filter(|(name, _)| known(name)).collect(), threads: 0 };
        found.extend(dataset.check(&options, &|done| {
            console.progress(&Message::Checking.with(&[]), Unit::Items, done as u64, total);
        }));
        console.clear_bar();
        // Problems of the table's form and of its cells, as they come in the file.
        found.sort_by_key(DatasetError::line);
        if let Some(other) = &other {
            let note;
            (problems, note) = leaks(dataset, other, &args.variable)?;
            warnings.extend(note);
        }
    }
    problems.splice(0..0, found.into_iter().map(Problem::from));

    let path = dataset.as_ref().map_or(args.csv.as_path(), Dataset::path);
    if args.json {
        print_json(&json!({
            "dataset": path,
            "rows": dataset.as_ref().map_or(0, Dataset::len),
            "header": dataset.as_ref().map_or(&[][..], Dataset::header),
            "warnings": warnings,
            "problems": problems.iter().map(|problem| &problem.facts).collect::<Vec<_>>(),
        }))?;
    } else {
        for warning in &warnings {
            table::print(&Message::Warning.with(&[warning]), 2);
        }
    }
    let rows = dataset.as_ref().map_or(0, Dataset::len);
    match (problems.as_slice(), &dataset) {
        ([], _) => {
            if !args.json {
                println!("{}", Message::NoProblem.with(&[&path.display(), &rows]));
            }
            Ok(())
        }
        // A table that cannot be read has one thing to say.
        ([only], None) => Err(Failure::new(Exit::Dataset, only.message.clone())),
        (problems, _) => {
            if !args.json {
                problems.iter().for_each(|problem| table::print(&problem.message, 2));
            }
            let text = match problems.len() {
                1 => Message::OneProblem.with(&[&path.display(), &rows]),
                several => Message::Problems.with(&[&path.display(), &several, &rows]),
            };
            Err(Failure::new(Exit::Dataset, text))
        }
    }
}

fn shape(size: &str, channels: usize) -> Result<Vec<usize>> {
    let sides = size.split_once('x').and_then(|(w, h)| Some((w.parse().ok()?, h.parse().ok()?)));
    match sides {
        Some((width, height)) if width > 0 && height > 0 => Ok(vec![channels, height, width]),
        _ => Err(Failure::new(Exit::Usage, Message::SizeIsWrong.with(&[&format!("{size:?}")]))),
    }
}

/// Images of `dataset` that are (nearly) in `other` too; and what the user should know where not all could be compared.
fn leaks(dataset: &Dataset, other: &Dataset, variable: &str) -> Result<(Vec<Problem>, Option<String>)> {
    let theirs = other.variable(variable).or_exit(Exit::Dataset)?;
    // That the variable is missing here has been told.
    let Ok(own) = dataset.variable(variable) else { return Ok(Default::default()) };
    let prints = other.fingerprints(theirs);
    let missing = prints.iter().filter(|print| print.is_none()).count();
    let own_prints = dataset.fingerprints(own);
    let nothing = |prints: &[Option<Fingerprint>]| prints.iter().all(Option::is_none);
    if let Some((empty, _)) = [(other, &prints), (dataset, &own_prints)].into_iter().find(|(_, prints)| nothing(prints))
    {
        let message = Message::NothingToCompare.with(&[&empty.path().display()]);
        let facts = json!({ "kind": "not-compared", "message": message, "other": { "dataset": other.path() } });
        return Ok((vec![Problem { message, facts }], None));
    }
    let note = (missing > 0).then(|| {
        let (rows, path) = (prints.len(), other.path().display());
        Message::NotAllCompared.with(&[&missing, &rows, &path])
    });
    let found = twins(&prints, &own_prints);
    let first = |variable: &Variable| variable.columns.first().copied().unwrap_or_default();
    let (own, theirs) = (first(own), first(theirs));
    let cell = |dataset: &Dataset, row, column| dataset.record(row).nth(column).unwrap_or_default().to_owned();
    let problem = |twin: nnc_dataset::Twin| {
        let (line, other_line) = (dataset.line(twin.second), other.line(twin.first));
        let (name, other_name) = (cell(dataset, twin.second, own), cell(other, twin.first, theirs));
        let distance = format!("{:.2}", twin.distance);
        let places: [&dyn Display; 7] =
            [&dataset.path().display(), &line, &name, &other.path().display(), &other_line, &other_name, &distance];
        let message = if twin.exact { Message::SameImage } else { Message::NearlySameImage }.with(&places);
        let facts = json!({
            "kind": "leak",
            "line": line,
            "column": dataset.header().get(own),
            "file": dataset.file(twin.second, own),
            "message": message,
            "exact": twin.exact,
            "distance": twin.distance,
            "other": { "dataset": other.path(), "line": other_line, "file": other.file(twin.first, theirs) },
        });
        Problem { message, facts }
    };
    Ok((found.into_iter().map(problem).collect(), note))
}
