//! `dataset show`: what is in a dataset, as NNC lists it.

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;
use std::path::PathBuf;

use nnc_dataset::{Dataset, Variable};
use nnc_messages::{At, Doing, Exit, Failure, OrExit, Result, Say, messages};
use nnc_report::{Preview, PreviewCell, preview_html, terminal_picture};
use serde::Serialize;

use crate::cli::ShowArgs;
use crate::commands::{confined, print_json};
use crate::table;
use nnc_console::{is_terminal, print_error, print_exactly, print_line};
use nnc_files::write_atomically;
use nnc_text::path_text;

/// Rows in a terminal unless more are asked for.
const ROWS: usize = 10;
/// Different labels that are counted; a column with more is no label.
const LABELS: usize = 50;
/// Characters that a picture in the terminal is wide, at most.
const PICTURE_SIDE: u32 = 32;

messages! {
    /// What the command says itself.
    enum Message {
        NoSuchRows { rows: usize } =>
            "--rows asks for rows after the last one, {rows}",
            "--rows で最後の行（{rows} 行目）より後が指定されています";
        BadRows { found: String } =>
            "--rows is \"{found}\", expected a number such as 20, a range such as 21-40, or all",
            "--rows の値 \"{found}\" は正しくありません。20 のような行数、21-40 のような範囲、または all で指定してください";
        Head { dataset: PathBuf, rows: usize, columns: usize, size: Size, files: usize } =>
            "{dataset}: {rows} rows, {columns} columns, {size} in {files} files",
            "{dataset}: {rows} 行、{columns} 列、{files} ファイル、計 {size}";
        Page { path: PathBuf, rows: usize, thumbnails: usize, bytes: usize } =>
            "{path}: {rows} rows, {thumbnails} thumbnails, {bytes} bytes",
            "{path}: {rows} 行、サムネイル {thumbnails} 枚、{bytes} バイト";
        OnlyTerminal =>
            "note: --images draws in a terminal only",
            "注意: --images は端末でのみ画像を表示します";
        More { rows: usize, from: usize, to: usize } =>
            "... {rows} more rows: --rows {from}-{to}",
            "... ほか {rows} 行: --rows {from}-{to}";
    }
}

messages! {
    /// Titles of columns and facts.
    enum Title {
        Index => "index", "番号";
        Rows => "rows", "行数";
        Columns => "columns", "列数";
        Size => "size", "サイズ";
    }
}

messages! {
    /// A number of bytes in a readable unit.
    enum Size {
        Bytes { bytes: u64 } => "{bytes} bytes", "{bytes} バイト";
        Larger { text: String } => "{text}", "{text}";
    }
}

/// What is shown, and what `--json` prints.
#[derive(Serialize)]
struct Shown {
    #[serde(serialize_with = "path_text")]
    dataset: PathBuf,
    rows: usize,
    /// Bytes of the table and of the files it names, or of a `.cache`.
    bytes: u64,
    /// Files beside the table.
    files: usize,
    columns: Vec<String>,
    labels: BTreeMap<String, BTreeMap<String, usize>>,
    /// The rows that were asked for.
    page: Vec<Line>,
    #[serde(skip)]
    first: usize,
}

#[derive(Serialize)]
struct Line {
    /// From 1.
    index: usize,
    cells: Vec<Cell>,
}

#[derive(Serialize)]
struct Cell {
    /// As it is written.
    text: String,
    /// Sizes of what a file holds, `3,224,224` for an image.
    #[serde(skip_serializing_if = "Option::is_none")]
    shape: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<String>,
    #[serde(skip)]
    file: Option<PathBuf>,
}

impl Cell {
    /// What NNC shows, and the name.
    fn shown(&self) -> String {
        match (&self.shape, &self.problem) {
            (Some(shape), _) => format!("{shape}  {}", self.text),
            (None, Some(_)) => format!("!  {}", self.text),
            (None, None) => self.text.clone(),
        }
    }
}

/// Shows a dataset.
pub(crate) fn run(args: &ShowArgs) -> Result<()> {
    args.html.as_ref().map_or_else(confined::to_reading, |page| confined::to_file(page))?;
    let dataset = Dataset::open(&args.csv).or_exit(Exit::Dataset)?;
    let usual = if args.html.is_some() { dataset.len() } else { ROWS };
    let range = args.rows.as_deref().map_or(Ok(0..usual), range)?;
    let range = range.start.min(dataset.len())..range.end.min(dataset.len());
    if range.is_empty() {
        return Err(Failure::new(Exit::Usage, Message::NoSuchRows { rows: dataset.len() }));
    }
    let shown = look(&dataset, range);
    if let Some(path) = &args.html {
        let page = preview_html(&preview(&shown));
        write_atomically(path, page.html.as_bytes()).at(Doing::Write, path)?;
        if !args.json {
            let (path, thumbnails, bytes) = (path.clone(), page.thumbnails, page.html.len());
            print_line(Message::Page { path, rows: shown.page.len(), thumbnails, bytes }.said());
        }
    }
    if args.json {
        return print_json(&shown);
    }
    if args.html.is_none() {
        print_table(&shown, args.images);
    }
    Ok(())
}

/// `20`, `21-40` or `all`, counted from 1.
fn range(text: &str) -> Result<Range<usize>> {
    let range = match text.split_once('-') {
        _ if text == "all" => Some(0..usize::MAX),
        None => text.parse().ok().map(|last| 0..last),
        Some((from, to)) => match (from.parse::<usize>(), to.parse::<usize>()) {
            (Ok(from), Ok(to)) if (1..=to).contains(&from) => Some(from - 1..to),
            _ => None,
        },
    };
    range
        .filter(|range| !range.is_empty())
        .ok_or_else(|| Failure::new(Exit::Usage, Message::BadRows { found: text.to_owned() }))
}

fn look(dataset: &Dataset, range: Range<usize>) -> Shown {
    let columns: Vec<usize> = (0..dataset.header().len()).filter(|&column| !dataset.is_comment(column)).collect();
    let (bytes, files) = extent(dataset, &columns);
    let labels = dataset.variables().iter().filter_map(|variable| counts(dataset, variable)).collect();
    let mut of_column: HashMap<usize, &Variable> = HashMap::new();
    for variable in dataset.variables() {
        if let [column] = variable.columns.as_slice() {
            of_column.insert(*column, variable);
        }
    }
    let cell = |row: usize, column: usize| {
        let text = dataset.text(row, column).unwrap_or_default().to_owned();
        let file = dataset.file(row, column);
        let (mut shape, mut problem) = (None, None);
        if let (Some(_), Some(variable)) = (&file, of_column.get(&column)) {
            match dataset.shape_of(row, variable) {
                Ok(found) => shape = Some(found.iter().map(usize::to_string).collect::<Vec<_>>().join(",")),
                Err(error) => problem = Some(error.said()),
            }
        }
        Cell { text, shape, problem, file }
    };
    let first = range.start;
    let page = range
        .map(|row| Line { index: row + 1, cells: columns.iter().map(|&column| cell(row, column)).collect() })
        .collect();
    let columns = columns.iter().filter_map(|&column| dataset.header().get(column).cloned()).collect();
    Shown { dataset: dataset.path().to_owned(), rows: dataset.len(), bytes, files, columns, labels, page, first }
}

/// Bytes of the table and of the files it names, and the number of those files. A `.cache` holds its samples itself;
/// the files its table names may be gone.
fn extent(dataset: &Dataset, columns: &[usize]) -> (u64, usize) {
    let size = |path: PathBuf| std::fs::metadata(path).map_or(0, |found| found.len());
    if let Ok(entries) = std::fs::read_dir(dataset.path()) {
        let sizes: Vec<u64> = entries.flatten().map(|entry| size(entry.path())).collect();
        return (total(&sizes), sizes.len().saturating_sub(1));
    }
    let named = |row| columns.iter().filter_map(move |&column| dataset.file(row, column));
    let sizes: Vec<u64> = (0..dataset.len()).flat_map(named).map(size).collect();
    (size(dataset.path().to_owned()).saturating_add(total(&sizes)), sizes.len())
}

/// The sum; sparse files can claim more than a number holds.
fn total(sizes: &[u64]) -> u64 {
    sizes.iter().fold(0, |sum, size| sum.saturating_add(*size))
}

/// How often each value of a variable appears in the dataset, if it looks like a label: one number in every row, and
/// few different ones.
fn counts(dataset: &Dataset, variable: &Variable) -> Option<(String, BTreeMap<String, usize>)> {
    let [column] = variable.columns.as_slice() else {
        return None;
    };
    let mut counts = BTreeMap::new();
    for row in 0..dataset.len() {
        dataset.number(row, variable)?;
        *counts.entry(dataset.text(row, *column)?.to_owned()).or_insert(0) += 1;
        if counts.len() > LABELS {
            return None;
        }
    }
    Some((dataset.header().get(*column)?.clone(), counts))
}

fn print_table(shown: &Shown, images: bool) {
    let (dataset, columns, size) = (shown.dataset.clone(), shown.columns.len(), Size::of(shown.bytes));
    print_line(Message::Head { dataset, rows: shown.rows, columns, size, files: shown.files + 1 }.said());
    for (column, counts) in &shown.labels {
        let counts: Vec<String> = counts.iter().map(|(label, count)| format!("{label}: {count}")).collect();
        print_line(format!("{column}  {}", counts.join(", ")));
    }
    let mut lines = vec![[&[Title::Index.said()], shown.columns.as_slice()].concat()];
    for line in &shown.page {
        lines.push([line.index.to_string()].into_iter().chain(line.cells.iter().map(Cell::shown)).collect());
    }
    let rows = table::columns(&lines);
    let draws = images && is_terminal();
    if images && !draws {
        print_error(Message::OnlyTerminal.said());
    }
    print_line("");
    for (number, line) in rows.iter().enumerate() {
        print_line(line);
        let Some(shown_line) = number.checked_sub(1).and_then(|row| shown.page.get(row)) else { continue };
        for cell in &shown_line.cells {
            if let Some(problem) = &cell.problem {
                table::print(&format!("       {problem}"), 0);
            } else if let (true, Some(file)) = (draws && cell.shape.is_some(), &cell.file)
                && let Ok(picture) = terminal_picture(file, PICTURE_SIDE)
            {
                print_exactly(picture.as_bytes());
            }
        }
    }
    let last = shown.first + shown.page.len();
    if last < shown.rows {
        let to = (last + shown.page.len()).min(shown.rows);
        print_line(Message::More { rows: shown.rows - last, from: last + 1, to }.said());
    }
}

impl Size {
    fn of(bytes: u64) -> Self {
        let text = match bytes {
            0..1_000 => return Size::Bytes { bytes },
            1_000..1_000_000 => format!("{:.1} KB", bytes as f64 / 1e3),
            1_000_000..1_000_000_000 => format!("{:.1} MB", bytes as f64 / 1e6),
            _ => format!("{:.1} GB", bytes as f64 / 1e9),
        };
        Size::Larger { text }
    }
}

fn preview(shown: &Shown) -> Preview {
    let mut facts = vec![
        (Title::Rows.said(), shown.rows.to_string()),
        (Title::Columns.said(), shown.columns.len().to_string()),
        (Title::Size.said(), Size::of(shown.bytes).said()),
    ];
    for (column, counts) in &shown.labels {
        let counts: Vec<String> = counts.iter().map(|(label, count)| format!("{label}: {count}")).collect();
        facts.push((column.clone(), counts.join(", ")));
    }
    let cell = |cell: &Cell| PreviewCell {
        text: cell.text.clone(),
        note: cell.shape.clone().or_else(|| cell.problem.clone()).unwrap_or_default(),
        is_problem: cell.problem.is_some(),
        image: cell.file.clone().filter(|_| cell.shape.is_some()),
    };
    Preview {
        language: nnc_language::chosen(),
        title: shown.dataset.file_name().unwrap_or_default().to_string_lossy().into_owned(),
        facts,
        columns: shown.columns.clone(),
        rows: shown.page.iter().map(|line| (line.index, line.cells.iter().map(cell).collect())).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_count_from_one() {
        assert_eq!(range("20").unwrap(), 0..20);
        assert_eq!(range("21-40").unwrap(), 20..40);
        assert_eq!(range("7-7").unwrap(), 6..7);
        assert_eq!(range("all").unwrap(), 0..usize::MAX);
        for wrong in ["", "0", "0-5", "9-3", "-", "a", "1-", "-3"] {
            assert_eq!(range(wrong).unwrap_err().exit, Exit::Usage, "{wrong:?}");
        }
    }
}
