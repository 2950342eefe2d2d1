//! `classification_matrix.json`: for each class how many rows were right, and the three classes that it was taken for most
//! often (NNC contract 8.6). One table by label, with the recall of each class, and one by prediction, with its precision.

use std::cmp::Reverse;

use nnc_dataset::Variable;
use serde_json::{Map, Value, json};

/// Classes named for each class.
const NAMED: usize = 3;

/// Adds both tables of a variable.
pub(super) fn add(tables: &mut Map<String, Value>, variable: &Variable, header: &[&str], counts: &[Vec<u64>]) {
    let name = &variable.name;
    let classes = counts.len();
    let in_header = |place: usize| header.get(place).copied().unwrap_or_default();
    let label = |class: usize| match variable.columns.as_slice() {
        [column] => format!("{}={class}", in_header(*column)),
        columns => {
            columns.get(class).map_or_else(|| format!("{name}__{class}"), |&column| in_header(column).to_owned())
        }
    };
    // A single number predicts two classes, which no column is named after.
    let single = header.contains(&format!("{name}'").as_str());
    let predicted = |class| if single { format!("{name}'={class}") } else { format!("{name}'__{class}") };

    let right = |class: usize| counts[class][class];
    let of_label: Vec<u64> = counts.iter().map(|line| line.iter().sum()).collect();
    let of_prediction: Vec<u64> = (0..classes).map(|class| counts.iter().map(|line| line[class]).sum()).collect();
    let ratio = |part: u64, whole: u64| if whole > 0 { part as f64 / whole as f64 } else { 0.0 };
    let recalls: Vec<f64> = (0..classes).map(|class| ratio(right(class), of_label[class])).collect();
    let precisions: Vec<f64> = (0..classes).map(|class| ratio(right(class), of_prediction[class])).collect();
    let harmonic = |(p, r): (&f64, &f64)| if p + r > 0.0 { 2.0 * p * r / (p + r) } else { 0.0 };
    let measures: Vec<f64> = precisions.iter().zip(&recalls).map(harmonic).collect();
    let mean = |values: &[f64]| values.iter().sum::<f64>() / classes as f64;
    let accuracy = ratio((0..classes).map(right).sum(), of_label.iter().sum());
    let summary = [
        json!(["Accuracy", accuracy]),
        json!(["Avg.Precision", mean(&precisions)]),
        json!(["Avg.Recall", mean(&recalls)]),
        json!(["Avg.F-Measures", mean(&measures)]),
        json!([]),
    ];

    let mut by_label: Vec<Value> = summary.to_vec();
    by_label.push(json!([
        "",
        "Recall",
        "true-positive",
        "false-positive 1st",
        "false-positive 2nd",
        "false-positive 3rd",
        "other"
    ]));
    let mut by_prediction: Vec<Value> = summary.to_vec();
    by_prediction.push(json!([
        "",
        "Precision",
        "F-Measures",
        "true-positive",
        "false-negative 1st",
        "false-negative 2nd",
        "false-negative 3rd",
        "other"
    ]));
    for class in 0..classes {
        let mut line = vec![json!(label(class)), json!(recalls[class])];
        line.extend(most_frequent(class, &counts[class], &predicted));
        by_label.push(Value::Array(line));
        let column: Vec<u64> = counts.iter().map(|line| line[class]).collect();
        let mut line = vec![json!(predicted(class)), json!(precisions[class]), json!(measures[class])];
        line.extend(most_frequent(class, &column, &label));
        by_prediction.push(Value::Array(line));
    }
    tables.insert(format!("{name} - {name}': Recall"), padded(by_label, 2 + NAMED + 2));
    tables.insert(format!("{name} - {name}': Precision"), padded(by_prediction, 3 + NAMED + 2));
}

/// The right ones, the most frequent wrong ones, and the number of all others; 0 where there are none.
fn most_frequent(class: usize, counts: &[u64], name: &dyn Fn(usize) -> String) -> Vec<Value> {
    let cell = |class: usize| match counts[class] {
        0 => json!(0),
        count => json!(format!("{}: {count}", name(class))),
    };
    let mut wrong: Vec<usize> = (0..counts.len()).filter(|&other| other != class && counts[other] > 0).collect();
    wrong.sort_by_key(|&other| Reverse(counts[other]));
    let mut cells = vec![cell(class)];
    cells.extend((0..NAMED).map(|place| wrong.get(place).map_or(json!(0), |&other| cell(other))));
    cells.push(json!(wrong.iter().skip(NAMED).map(|&other| counts[other]).sum::<u64>()));
    cells
}

/// Every row as wide as the widest, as NNC fills them up.
fn padded(rows: Vec<Value>, width: usize) -> Value {
    let pad = |row: Value| match row {
        Value::Array(mut cells) => {
            cells.resize(width, json!(""));
            Value::Array(cells)
        }
        other => other,
    };
    rows.into_iter().map(pad).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_frequent_mistakes_are_named() {
        let variable =
            Variable { name: "y".to_owned(), label: Some("label".to_owned()), columns: vec![1], vector: false };
        let counts = [
            vec![5, 1, 2, 0, 1, 1],
            vec![0, 0, 0, 0, 0, 0],
            vec![0, 0, 3, 0, 0, 0],
            vec![0, 0, 0, 0, 0, 0],
            vec![1, 0, 0, 0, 1, 0],
            vec![0, 0, 0, 0, 0, 0],
        ];
        let header: Vec<&str> = vec!["x", "y:label", "y'__0", "y'__1", "y'__2", "y'__3", "y'__4", "y'__5"];
        let mut tables = Map::new();
        add(&mut tables, &variable, &header, &counts);
        let recall = &tables["y - y': Recall"];
        assert_eq!(recall[0], json!(["Accuracy", 0.6, "", "", "", "", ""]));
        assert_eq!(recall[4], json!(["", "", "", "", "", "", ""]));
        assert_eq!(recall[5][3], "false-positive 1st");
        assert_eq!(recall[6], json!(["y:label=0", 0.5, "y'__0: 5", "y'__2: 2", "y'__1: 1", "y'__4: 1", 1]));
        assert_eq!(recall[7], json!(["y:label=1", 0.0, 0, 0, 0, 0, 0]));
        let precision = &tables["y - y': Precision"];
        assert_eq!(precision[5].as_array().unwrap().len(), 8);
        let f = 2.0 * (5.0 / 6.0) * 0.5 / (5.0 / 6.0 + 0.5);
        assert_eq!(precision[6], json!(["y'__0", 5.0 / 6.0, f, "y:label=0: 5", "y:label=4: 1", 0, 0, 0]));
    }

    #[test]
    fn columns_of_categories_and_single_numbers_have_their_names() {
        let variable = Variable { name: "y".to_owned(), label: None, columns: vec![0, 1], vector: true };
        let mut tables = Map::new();
        add(&mut tables, &variable, &["y__0:cat", "y__1:dog", "y'"], &[vec![1, 0], vec![1, 1]]);
        assert_eq!(tables["y - y': Recall"][7][0], "y__1:dog");
        assert_eq!(tables["y - y': Recall"][7][3], "y'=0: 1");
    }
}
