//! What the labels of a dataset are.

use nnc_dataset::{Dataset, Element, SampleFormat, Variable, decode_into, parse_number};
use nnc_messages::{Exit, OrExit, Result};

use super::MAX_CLASSES;

/// Rows whose label images are looked at to find out what they are.
const LOOKED_AT: usize = 20;
/// More classes than this are none.
const MAX_LABEL: f64 = 10_000.0;

/// All labels of a variable together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Labels {
    /// Whole numbers from 0 in one column.
    Classes {
        /// The largest of them.
        largest: usize,
    },
    /// Several columns, of which exactly one is 1 and the others are 0 in every row.
    Categories {
        /// How many there are.
        columns: usize,
    },
    /// Several columns of 0 and 1.
    Several {
        /// How many there are.
        columns: usize,
    },
    /// Other numbers.
    Numbers {
        /// How many there are in a row.
        columns: usize,
    },
    /// Files.
    Files,
    /// Empty cells.
    Nothing,
}

impl Labels {
    pub(crate) fn of(dataset: &Dataset, variable: &Variable) -> Self {
        let rows = || (0..dataset.len()).filter_map(|row| Label::of(dataset, variable, row));
        let columns = variable.columns.len();
        if rows().any(|label| matches!(label, Label::File)) {
            return Self::Files;
        }
        let numbers = || {
            rows().filter_map(|label| match label {
                Label::Numbers(numbers) => Some(numbers),
                Label::File => None,
            })
        };
        if numbers().next().is_none() {
            return Self::Nothing;
        }
        if columns == 1 {
            let largest = numbers().try_fold(0.0_f64, |largest, numbers| {
                let number = numbers.first().copied().unwrap_or(f64::NAN);
                (number.fract() == 0.0 && (0.0..MAX_LABEL).contains(&number)).then_some(largest.max(number))
            });
            return largest.map_or(Self::Numbers { columns }, |largest| Self::Classes { largest: largest as usize });
        }
        let are_bits = numbers().all(|numbers| numbers.iter().all(|number| [0.0, 1.0].contains(number)));
        let is_one_alone = numbers().all(|numbers| numbers.iter().sum::<f64>() == 1.0);
        match (are_bits, is_one_alone) {
            (true, true) => Self::Categories { columns },
            (true, false) => Self::Several { columns },
            _ => Self::Numbers { columns },
        }
    }
}

/// The label of one row.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Label {
    /// The numbers of its columns.
    Numbers(Vec<f64>),
    /// Files.
    File,
}

impl Label {
    /// `None` where a cell is empty or not a number that says anything.
    pub(crate) fn of(dataset: &Dataset, variable: &Variable, row: usize) -> Option<Self> {
        let mut numbers = Vec::with_capacity(variable.columns.len());
        for &column in &variable.columns {
            let cell = dataset.text(row, column).unwrap_or_default();
            match parse_number(cell) {
                Some(number) if number.is_nan() => return None,
                Some(number) => numbers.push(number),
                None if cell.trim().is_empty() => return None,
                None => return Some(Self::File),
            }
        }
        Some(Self::Numbers(numbers))
    }

    /// The class that it means: the number itself, or the column that is largest.
    pub(crate) fn class(&self) -> Option<usize> {
        match self {
            Self::Numbers(numbers) => match numbers.as_slice() {
                [number] => Some(*number as usize),
                numbers => {
                    let largest = |best: usize, at: usize| if numbers[at] > numbers[best] { at } else { best };
                    (!numbers.is_empty()).then(|| (1..numbers.len()).fold(0, largest))
                }
            },
            Self::File => None,
        }
    }
}

/// How class maps and their label images are read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LabelMap {
    /// Shape of a label image in the dataset.
    pub(crate) shape: Vec<usize>,
    /// Rows and columns.
    pub(crate) size: [usize; 2],
    /// Classes of the model.
    pub(crate) classes: usize,
    /// Whether every label but 0 means the second of two classes.
    pub(crate) white_is_one: bool,
}

impl LabelMap {
    /// For an output of this shape, if the first label images are of its size and hold classes.
    pub(crate) fn of(dataset: &Dataset, variable: &Variable, shape: &[usize]) -> Option<Self> {
        let (channels, size) = match *shape {
            [channels, rows, columns] => (channels, [rows, columns]),
            [rows, columns] => (1, [rows, columns]),
            _ => return None,
        };
        let classes = channels.max(2);
        if classes > MAX_CLASSES || variable.columns.len() != 1 {
            return None;
        }
        let labelled = || (0..dataset.len()).filter(|&row| Label::of(dataset, variable, row) == Some(Label::File));
        let first = labelled().next()?;
        let shapes = [vec![1, size[0], size[1]], size.to_vec()];
        let shape = shapes.into_iter().find(|shape| decode(dataset, variable, first, shape).is_ok())?;
        let mut seen = [false; 256];
        for row in labelled().take(LOOKED_AT) {
            for value in decode(dataset, variable, row, &shape).ok()? {
                if value.fract() != 0.0 || !(0.0..256.0).contains(&value) {
                    return None;
                }
                seen[value as usize] = true;
            }
        }
        let values: Vec<usize> = (0..256).filter(|&value| seen[value]).collect();
        // Black and one other value: a mask. Otherwise they are numbers of classes, with 255 for what counts nowhere.
        let is_mask = values.iter().filter(|&&value| value != 0).count() <= 1;
        let are_classes = values.iter().all(|&value| value < classes || value == 255);
        let white_is_one = classes == 2 && is_mask;
        (white_is_one || are_classes).then_some(Self { shape, size, classes, white_is_one })
    }

    /// The label of every pixel of a row; `None` where the row names none.
    pub(crate) fn read(&self, dataset: &Dataset, variable: &Variable, row: usize) -> Result<Option<Vec<u8>>> {
        if Label::of(dataset, variable, row) != Some(Label::File) {
            return Ok(None);
        }
        let values = decode(dataset, variable, row, &self.shape).or_exit(Exit::Dataset)?;
        // What is no class counts nowhere, as 255 does.
        let class = |value: f32| if value.fract() == 0.0 && (0.0..256.0).contains(&value) { value as u8 } else { 255 };
        Ok(Some(values.into_iter().map(class).collect()))
    }
}

fn decode(
    dataset: &Dataset,
    variable: &Variable,
    row: usize,
    shape: &[usize],
) -> std::result::Result<Vec<f32>, nnc_dataset::DatasetError> {
    let format = SampleFormat { shape: shape.to_vec(), element: Element::F32 };
    let mut bytes = vec![0; format.sample_bytes()?];
    decode_into(dataset, variable, row, &format, &mut bytes)?;
    let (values, _) = bytes.as_chunks();
    Ok(values.iter().map(|bytes| f32::from_ne_bytes(*bytes)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(csv: &str) -> Labels {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("d.csv");
        std::fs::write(&path, csv).unwrap();
        let dataset = Dataset::open(&path).unwrap();
        let variable = dataset.variable("y").unwrap();
        Labels::of(&dataset, variable)
    }

    #[test]
    fn labels_are_told_apart() {
        for (csv, due) in [
            ("x,y:label\n1,0\n1,2\n1,1\n", Labels::Classes { largest: 2 }),
            ("x,y\n1,\n1,1\n", Labels::Classes { largest: 1 }),
            ("x,y\n1,0.5\n1,1\n", Labels::Numbers { columns: 1 }),
            ("x,y\n1,-1\n", Labels::Numbers { columns: 1 }),
            ("x,y\n1,1e9\n", Labels::Numbers { columns: 1 }),
            ("y__0:cat,y__1:dog\n0,1\n1,0\n", Labels::Categories { columns: 2 }),
            ("y__0,y__1\n1,1\n1,0\n", Labels::Several { columns: 2 }),
            ("y__0,y__1\n0.5,0.5\n1,0\n", Labels::Numbers { columns: 2 }),
            ("x,y\n1,a.png\n", Labels::Files),
            ("x,y\n1,\n2,nan\n", Labels::Nothing),
        ] {
            assert_eq!(labels(csv), due, "{csv}");
        }
    }
}
