//! `confusion_matrix.json`: how often each class was taken for which, where the dataset has a variable `v` and the
//! model an output `v'` of numbers (NNC contract 8.6).
//!
//! The classes are those of a classifier: the label is a whole number from 0, or the largest of several columns; so is
//! the prediction, and a single number predicts class 1 from 0.5 on. Anything else (a regression) has no such matrix.

mod classification;

use nnc_dataset::{Dataset, Variable, parse_number};
use serde_json::{Map, Value, json};

/// More classes than this are no classes; their table has the square of it.
const MAX_CLASSES: usize = 2_000;

/// Label and prediction of one pair of variables.
struct Pair {
    variable: Variable,
    output: usize,
    /// Counts of `[label][prediction]`; `None` once a row shows that these are no classes.
    counts: Option<Vec<Vec<u64>>>,
}

/// The matrices of an evaluation, filled row by row.
pub(super) struct Confusion(Vec<Pair>);

impl Confusion {
    /// Pairs up the variables of the dataset with the outputs whose numbers stand in the table.
    pub(super) fn new<'a>(dataset: &Dataset, inline: impl Iterator<Item = (usize, &'a str)>) -> Self {
        let pair = |(output, name): (usize, &str)| {
            let variable = dataset.variable(name.strip_suffix('\'')?).ok()?.clone();
            Some(Pair { variable, output, counts: Some(Vec::new()) })
        };
        Self(inline.filter_map(pair).collect())
    }

    /// Counts one row; `values` are the outputs.
    pub(super) fn add(&mut self, dataset: &Dataset, row: usize, values: &[&[f32]]) {
        for pair in &mut self.0 {
            let cells: Vec<&str> = dataset.record(row).collect();
            let numbers = pair.variable.columns.iter().map(|&c| cells.get(c).and_then(|cell| parse_number(cell)));
            let label = numbers.collect::<Option<Vec<f64>>>().and_then(|numbers| class_of_label(&numbers));
            let predicted = values.get(pair.output).and_then(|values| class_of_output(values));
            match (label.zip(predicted), &mut pair.counts) {
                (Some((label, predicted)), Some(counts)) => {
                    let classes = counts.len().max(label + 1).max(predicted + 1);
                    for line in counts.iter_mut() {
                        line.resize(classes, 0);
                    }
                    counts.resize(classes, vec![0; classes]);
                    counts[label][predicted] += 1;
                }
                (_, counts) => *counts = None,
            }
        }
    }

    /// The content of `classification_matrix.json`; `None` if there is no matrix. `header` is that of the table.
    pub(super) fn most_frequent(&self, header: &[&str]) -> Option<Value> {
        let mut tables = Map::new();
        for pair in &self.0 {
            if let Some(counts) = pair.counts.as_ref().filter(|counts| !counts.is_empty()) {
                classification::add(&mut tables, &pair.variable, header, counts);
            }
        }
        (!tables.is_empty()).then_some(Value::Object(tables))
    }

    /// The file's content; `None` if there is no matrix.
    pub(super) fn finish(self) -> Option<Value> {
        let mut tables = Map::new();
        for pair in self.0 {
            if let Some(counts) = pair.counts.filter(|counts| !counts.is_empty()) {
                let name = &pair.variable.name;
                tables.insert(format!("{name} - {name}'"), table(name, &counts));
            }
        }
        (!tables.is_empty()).then_some(Value::Object(tables))
    }
}

fn class_of_label(numbers: &[f64]) -> Option<usize> {
    match numbers {
        [label] => (label.fract() == 0.0 && (0.0..MAX_CLASSES as f64).contains(label)).then_some(*label as usize),
        numbers => largest(numbers.iter().copied()),
    }
}

fn class_of_output(values: &[f32]) -> Option<usize> {
    match values {
        [value] if value.is_nan() => None,
        [value] => Some(usize::from(*value >= 0.5)),
        values => largest(values.iter().map(|&value| f64::from(value))),
    }
}

/// The place of the first largest number; `None` where there is no number, or more than there can be classes.
fn largest(numbers: impl ExactSizeIterator<Item = f64>) -> Option<usize> {
    if numbers.len() > MAX_CLASSES {
        return None;
    }
    let mut best: Option<(usize, f64)> = None;
    for (place, number) in numbers.enumerate() {
        if number > best.map_or(f64::NEG_INFINITY, |(_, most)| most) || (best.is_none() && !number.is_nan()) {
            best = Some((place, number));
        }
    }
    best.map(|(place, _)| place)
}

/// The rows of NNC's table. A class that was never predicted has precision 0, one that never occurs recall 0.
fn table(name: &str, counts: &[Vec<u64>]) -> Value {
    let ratio = |part: f64, whole: f64| if whole > 0.0 { part / whole } else { 0.0 };
    let classes = counts.len();
    let all: u64 = counts.iter().flatten().sum();
    let right = |class: usize| counts[class][class] as f64;
    let recalls: Vec<f64> = (0..classes).map(|c| ratio(right(c), counts[c].iter().sum::<u64>() as f64)).collect();
    let of_column = |class: usize| counts.iter().map(|line| line[class]).sum::<u64>() as f64;
    let precisions: Vec<f64> = (0..classes).map(|c| ratio(right(c), of_column(c))).collect();
    let measures: Vec<f64> = precisions.iter().zip(&recalls).map(|(p, r)| ratio(2.0 * p * r, p + r)).collect();
    let mean = |values: &[f64]| values.iter().sum::<f64>() / classes as f64;
    let row = |first: String, values: &[f64]| {
        std::iter::once(json!(first)).chain(values.iter().map(|&value| json!(value))).collect::<Vec<_>>()
    };

    let accuracy = ratio((0..classes).map(right).sum(), all as f64);
    let mut rows = vec![
        json!(["Accuracy", accuracy]),
        json!(["Avg.Precision", mean(&precisions)]),
        json!(["Avg.Recall", mean(&recalls)]),
        json!(["Avg.F-Measures", mean(&measures)]),
        json!([""]),
    ];
    let mut header = vec![json!("")];
    header.extend((0..classes).map(|class| json!(format!("{name}'__{class}"))));
    header.push(json!("Recall"));
    rows.push(Value::Array(header));
    rows.push(Value::Array(row("Precision".to_owned(), &precisions)));
    rows.push(Value::Array(row("F-Measures".to_owned(), &measures)));
    for (class, (line, recall)) in counts.iter().zip(&recalls).enumerate() {
        let mut cells = vec![json!(format!("{name}={class}"))];
        cells.extend(line.iter().map(|&count| json!(count)));
        cells.push(json!(recall));
        rows.push(Value::Array(cells));
    }
    Value::Array(rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dataset(csv: &str) -> Dataset {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("d.csv");
        std::fs::write(&path, csv).unwrap();
        Dataset::open(&path).unwrap()
    }

    fn matrix(csv: &str, outputs: &[&[f32]]) -> Option<Value> {
        let dataset = dataset(csv);
        let mut confusion = Confusion::new(&dataset, [(0, "y'")].into_iter());
        for (row, values) in outputs.iter().enumerate() {
            confusion.add(&dataset, row, &[values]);
        }
        confusion.finish()
    }

    #[test]
    fn classes_are_counted() {
        let outputs: [&[f32]; 5] = [&[0.9, 0.1], &[0.2, 0.8], &[0.6, 0.4], &[0.1, 0.9], &[0.5, 0.5]];
        let file = matrix("x,y:label\na,0\nb,1\nc,1\nd,1\ne,0\n", &outputs).unwrap();
        assert_eq!(
            file,
            json!({"y - y'": [
                ["Accuracy", 0.8],
                ["Avg.Precision", (2.0 / 3.0 + 1.0) / 2.0],
                ["Avg.Recall", (1.0 + 2.0 / 3.0) / 2.0],
                ["Avg.F-Measures", 0.8],
                [""],
                ["", "y'__0", "y'__1", "Recall"],
                ["Precision", 2.0 / 3.0, 1.0],
                ["F-Measures", 0.8, 0.8],
                ["y=0", 2, 0, 1.0],
                ["y=1", 1, 2, 2.0 / 3.0],
            ]})
        );
    }

    #[test]
    fn a_single_number_predicts_two_classes_and_one_hot_labels_are_labels() {
        let file = matrix("y\n0\n1\n1\n", &[&[0.49], &[0.5], &[0.1]]).unwrap();
        assert_eq!(file["y - y'"][8], json!(["y=0", 1, 0, 1.0]));
        assert_eq!(file["y - y'"][9], json!(["y=1", 1, 1, 0.5]));
        let file = matrix("y__0,y__1\n0,1\n1,0\n", &[&[0.1, 0.9], &[0.2, 0.8]]).unwrap();
        assert_eq!(file["y - y'"][0], json!(["Accuracy", 0.5]));
    }

    #[test]
    fn what_is_no_classification_has_no_matrix() {
        for (csv, outputs) in [
            ("y\n0.5\n1\n", [&[0.9_f32, 0.1][..], &[0.9, 0.1]]),
            ("y\n-1\n1\n", [&[0.9, 0.1], &[0.9, 0.1]]),
            ("y\n0\nimage.png\n", [&[0.9, 0.1], &[0.9, 0.1]]),
            ("y\n0\n1\n", [&[f32::NAN], &[0.5]]),
            ("y\n0\n1e30\n", [&[0.9, 0.1], &[0.9, 0.1]]),
            ("y\n0\n2000\n", [&[0.9, 0.1], &[0.9, 0.1]]),
            ("z\n0\n1\n", [&[0.9, 0.1], &[0.9, 0.1]]),
        ] {
            assert_eq!(matrix(csv, &outputs), None, "{csv}");
        }
    }
}
