//! The model as text of at most 100 columns.

use std::collections::BTreeMap;

use nnc_messages::{Say, plain};
use unicode_width::UnicodeWidthStr;

use super::{Contents, ExecutorFacts, FunctionFacts, NetworkFacts, ParameterFacts, VariableFacts};
use crate::commands::nnp::messages::{Counted, Label, Line, Note, ValueRange};
use crate::table::padded;
use nnc_jobs::provenance::Provenance;

/// Columns that are used at most, unless a single name is longer.
const WIDTH: usize = 100;

/// The whole text, with a line break at its end.
pub(super) fn render(contents: &Contents) -> String {
    let mut out = String::new();
    let total: u64 = contents.members.iter().fold(0, |sum, member| sum.saturating_add(member.bytes));
    line(&mut out, &format!("{} ({})", contents.file, bytes(total)));
    let rows = contents.members.iter().map(|member| vec![member.name.clone(), bytes(member.bytes)]).collect();
    table(&mut out, &[], rows);
    if let Some(provenance) = &contents.provenance {
        self::provenance(&mut out, provenance);
    }
    for network in &contents.networks {
        self::network(&mut out, network);
    }
    parameters(&mut out, &contents.parameters);
    for executor in &contents.executors {
        self::executor(&mut out, executor);
    }
    line(&mut out, "");
    match &contents.defect {
        None => line(&mut out, &Line::NoDefect.said()),
        Some(defect) => wrapped(&mut out, &Label::Defect.said(), defect.split(' ').map(str::to_owned), " "),
    }
    out
}

fn provenance(out: &mut String, made: &Provenance) {
    line(out, "");
    let (plugin, dataset) = (&made.plugin, &made.dataset);
    let head = Line::TrainedBy {
        host: made.host.clone(),
        plugin: plugin.id.clone(),
        version: plugin.version.clone(),
        dataset: dataset.file.clone(),
        images: match dataset.rows {
            1 => Counted::Image,
            rows => Counted::Images { count: rows.to_string() },
        },
    };
    wrapped(out, "", head.said().split(' ').map(str::to_owned), " ");
    let values = made.parameters.iter().map(|(name, value)| {
        let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        format!("{name} = {value}")
    });
    wrapped(out, "  ", values, ", ");
    for weights in &made.weights {
        let hash: String = weights.sha256.chars().take(16).collect();
        line(out, &Line::Weights { name: weights.name.clone(), file: weights.file.clone(), hash }.said());
    }
}

fn network(out: &mut String, network: &NetworkFacts) {
    line(out, "");
    let functions = match network.functions.len() {
        1 => Counted::Function,
        count => Counted::Functions { count: grouped(count) },
    };
    let values = match network.parameter_values {
        1 => Counted::ParameterValue,
        count => Counted::ParameterValues { count: grouped(count) },
    };
    let head = Line::Network { name: network.name.clone(), batch_size: network.batch_size, functions, values };
    line(out, &head.said());
    if let Some(reason) = &network.shapes_are_declared {
        wrapped(out, &Label::Declared.said(), reason.split(' ').map(str::to_owned), " ");
    }
    wrapped(out, &Label::Inputs.said(), network.inputs.iter().map(with_shape), ", ");
    wrapped(out, &Label::Outputs.said(), network.outputs.iter().map(with_shape), ", ");
    if network.functions.is_empty() {
        return;
    }
    let prefix = format!("@{}/", network.name);
    let short = |name: &str| name.strip_prefix(&prefix).unwrap_or(name).to_owned();
    let titles: Vec<String> = network.functions.iter().map(|function| title(function, &short)).collect();
    let shapes: Vec<String> =
        network.functions.iter().map(|f| f.outputs.first().map(shape).unwrap_or_default()).collect();
    let (function, output) = (Label::Function.said(), Label::Output.said());
    let title_width = width(titles.iter().chain([&function]));
    let shape_width = width(shapes.iter().chain([&output]));
    let number_width = network.functions.len().to_string().len().max(2);
    let head = [padded(&function, title_width), padded(&output, shape_width), Label::FromArguments.said()];
    line(out, &format!("  {:>number_width$}  {}", "#", head.join("  ")));
    for (index, (function, (title, shape))) in network.functions.iter().zip(titles.iter().zip(&shapes)).enumerate() {
        let (title, shape) = (padded(title, title_width), padded(shape, shape_width));
        let head = format!("  {:>number_width$}  {title}  {shape}  ", index + 1);
        let mut words: Vec<String> = function.inputs.iter().map(|name| short(name)).collect();
        let more = function.outputs.iter().skip(1).map(|output| Note::Also { output: with_shape(output) }.said());
        for part in more.chain(listed(&function.arguments)) {
            if let Some(before) = words.last_mut() {
                before.push(';');
            }
            words.push(part);
        }
        wrapped(out, &head, words.into_iter(), " ");
    }
}

/// The function's name without what every name has, and its type where the name does not tell.
fn title(function: &FunctionFacts, short: &dyn Fn(&str) -> String) -> String {
    let name = short(&function.name);
    let mut title =
        if name.starts_with(&function.type_name) { name } else { format!("{name} ({})", function.type_name) };
    if !function.known {
        title.push_str(&Note::Unknown.said());
    }
    title
}

fn parameters(out: &mut String, parameters: &[ParameterFacts]) {
    line(out, "");
    let values: usize = parameters.iter().filter(|parameter| parameter.stored).map(values).sum();
    let stored = parameters.iter().filter(|parameter| parameter.stored).count();
    let size = bytes(4 * values as u64);
    line(out, &Line::Parameters { count: stored, values: counted_values(values), bytes: size }.said());
    let rows: Vec<Vec<String>> = parameters
        .iter()
        .map(|parameter| {
            let mut notes = Vec::new();
            if !parameter.stored {
                notes.push(Note::Missing.said());
            }
            if !parameter.used {
                notes.push(Note::Unused.said());
            }
            if parameter.not_finite > 0 {
                notes.push(Note::NotFinite { values: counted_values(parameter.not_finite) }.said());
            }
            let range =
                parameter.range.map_or(String::new(), |(low, high)| format!("{} .. {}", brief(low), brief(high)));
            let count = if parameter.stored { grouped(values_of(&parameter.shape)) } else { String::new() };
            vec![parameter.name.clone(), joined(&parameter.shape), count, range, notes.join(", ")]
        })
        .collect();
    if !rows.is_empty() {
        let head = [Label::Name, Label::Shape, Label::Values, Label::Range];
        let head: Vec<String> = head.iter().map(Say::said).chain([String::new()]).collect();
        table(out, &head, rows);
    }
}

fn executor(out: &mut String, executor: &ExecutorFacts) {
    line(out, "");
    line(out, &Line::Executor { name: executor.name.clone(), network: executor.network.clone() }.said());
    let bind = |arrow: &'static str| move |(variable, data): (&String, &String)| format!("{variable} {arrow} {data}");
    wrapped(out, &Label::Data.said(), executor.data.iter().map(bind("<-")), ", ");
    wrapped(out, &Label::Results.said(), executor.outputs.iter().map(bind("->")), ", ");
    let range = if executor.normalizes_images { ValueRange::ZeroToOne } else { ValueRange::ZeroTo255 };
    line(out, &Line::ImagesAs { range }.said());
    if executor.evaluations > 1 {
        let (count, kind) = (executor.evaluations, executor.repeat_evaluation_type.clone());
        line(out, &Line::Evaluations { count, kind }.said());
    }
}

fn values(parameter: &ParameterFacts) -> usize {
    values_of(&parameter.shape)
}

fn values_of(shape: &[i64]) -> usize {
    shape.iter().map(|&extent| usize::try_from(extent).unwrap_or(0)).fold(1, usize::saturating_mul)
}

fn listed(arguments: &BTreeMap<String, String>) -> impl Iterator<Item = String> {
    arguments.iter().map(|(name, value)| format!("{name} {value}"))
}

fn with_shape(variable: &VariableFacts) -> String {
    format!("{} {}", variable.name, shape(variable))
}

fn shape(variable: &VariableFacts) -> String {
    variable.shape.as_ref().map_or_else(|| "(?)".to_owned(), |shape| format!("({})", joined(shape)))
}

fn joined(shape: &[i64]) -> String {
    shape.iter().map(i64::to_string).collect::<Vec<_>>().join(", ")
}

/// Four digits of a value are enough to see where it lies.
fn brief(value: f32) -> String {
    if value == 0.0 || (1e-3..1e5).contains(&value.abs()) { format!("{value:.4}") } else { format!("{value:.3e}") }
}

fn counted_values(count: usize) -> Counted {
    match count {
        1 => Counted::Value,
        count => Counted::Values { count: grouped(count) },
    }
}

/// Digits in groups of three.
fn grouped(count: usize) -> String {
    let digits = count.to_string();
    let mut grouped = String::with_capacity(digits.len() * 4 / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

fn bytes(count: u64) -> String {
    match count {
        0..1000 => format!("{count} B"),
        1000..1_000_000 => format!("{:.1} kB", count as f64 / 1e3),
        1_000_000..1_000_000_000 => format!("{:.1} MB", count as f64 / 1e6),
        _ => format!("{:.2} GB", count as f64 / 1e9),
    }
}

fn width<'a>(cells: impl Iterator<Item = &'a String>) -> usize {
    // One very long name must not push everything else off the screen.
    cells.map(|cell| cell.width()).max().unwrap_or(0).min(34)
}

/// Rows of cells in columns, indented; the third column holds numbers and stands right.
fn table(out: &mut String, head: &[String], rows: Vec<Vec<String>>) {
    let head = head.to_vec();
    let columns = rows.first().map_or(0, Vec::len);
    let widths: Vec<usize> =
        (0..columns).map(|at| width(rows.iter().chain([&head]).filter_map(|row| row.get(at)))).collect();
    for row in (!head.is_empty()).then_some(&head).into_iter().chain(&rows) {
        let mut text = String::from(" ");
        for (at, (cell, width)) in row.iter().zip(&widths).enumerate() {
            let blanks = " ".repeat(width.saturating_sub(cell.width()));
            let cell = if at == 2 { blanks + cell } else { cell.clone() + &blanks };
            text += &format!(" {cell} ");
        }
        line(out, &text);
    }
}

/// `head` and then `parts` joined by `between`, broken before a part that does not fit any more.
fn wrapped(out: &mut String, head: &str, parts: impl Iterator<Item = String>, between: &str) {
    let indent = head.width();
    let mut text = head.to_owned();
    let mut used = indent;
    for (index, part) in parts.enumerate() {
        let length = part.width();
        if index > 0 {
            if used + between.len() + length > WIDTH {
                text.push_str(between.trim_end());
                line(out, &text);
                text = " ".repeat(indent);
                used = indent;
            } else {
                text.push_str(between);
                used += between.len();
            }
        }
        text.push_str(&part);
        used += length;
    }
    line(out, &text);
}

/// Adds a line, without what would steer a terminal: names are untrusted texts.
fn line(out: &mut String, text: &str) {
    out.push_str(&plain(text.trim_end()));
    out.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lists_are_broken_under_their_start() {
        let mut out = String::new();
        wrapped(&mut out, "  a  ", (0..30).map(|i| format!("part{i:02}")), ", ");
        assert!(out.lines().all(|line| line.len() <= WIDTH), "{out}");
        assert!(out.lines().skip(1).all(|line| line.starts_with("     part")), "{out}");
        assert_eq!(out.matches("part").count(), 30);
    }

    #[test]
    fn numbers_are_readable() {
        assert_eq!(
            ["1", "999", "1,000", "24,313,000"],
            [1, 999, 1000, 24_313_000].map(grouped).each_ref().map(String::as_str)
        );
        assert_eq!(
            ["999 B", "1.0 kB", "97.3 MB", "2.50 GB"],
            [999, 1000, 97_300_000, 2_500_000_000].map(bytes).each_ref().map(String::as_str)
        );
        assert_eq!(["0.0000", "-1.5000", "1.000e-6"], [0.0, -1.5, 1e-6].map(brief).each_ref().map(String::as_str));
    }
}
