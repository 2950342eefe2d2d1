//! What is computed of a sample besides its outputs, while both its values and those of its input are at hand.

use std::ops::Range;

use nnc_dataset::Dataset;
use nnc_messages::Result;
use nnc_plugin_api::{Element, Interface};
use nnc_report::{ScoreRule, Task, error_map, error_map_size};

use super::task::{Decided, Target};
use crate::results::Extra;

/// How it is computed, and how a sample gets its score.
pub(crate) struct Computed {
    what: What,
    rule: ScoreRule,
    /// Shape of the first output, which the score comes from unless it comes from an error map.
    first: Vec<usize>,
    /// The cells of the first output that count; `None` where all do.
    cells: Option<Vec<bool>>,
}

enum What {
    Nothing,
    Errors {
        output: usize,
        shape: Vec<usize>,
        /// Bytes of the input within the sample.
        input: Range<usize>,
        element: Element,
        /// Whether the score is the first output: the model's own.
        has_score: bool,
    },
    Differences {
        output: usize,
        target: Target,
    },
    Classes {
        output: usize,
        classes: usize,
        size: [usize; 2],
    },
}

impl Computed {
    pub(crate) fn new(decided: &Decided, interface: &Interface, rule: ScoreRule) -> Self {
        let first = interface.outputs.first().map(|output| output.shape.clone()).unwrap_or_default();
        let what = match (decided.task, &decided.variable, &decided.label_map) {
            (Task::Reconstruction, Some(variable), _) => {
                let mut start = 0;
                let found = interface.inputs().find_map(|input| {
                    let bytes = input.sample_bytes().unwrap_or_default();
                    let range = start..start + bytes;
                    start = range.end;
                    (input.variable == variable.name).then_some((range, input))
                });
                // The model's own score goes before the largest error, but not before a rule of the user's own.
                let has_score = decided.output > 0 && first.iter().product::<usize>() == 1 && rule == ScoreRule::Max;
                found.map_or(What::Nothing, |(range, input)| What::Errors {
                    output: decided.output,
                    shape: input.shape.clone(),
                    input: range,
                    element: input.element,
                    has_score,
                })
            }
            (Task::Segmentation, _, Some(map)) => {
                What::Classes { output: decided.output, classes: map.classes, size: map.size }
            }
            (Task::Regression, ..) => match &decided.target {
                Some(target) => What::Differences { output: decided.output, target: target.clone() },
                None => What::Nothing,
            },
            _ => What::Nothing,
        };
        Self { what, rule, first, cells: None }
    }

    /// The same where only some cells of the first output count for the score.
    pub(crate) fn within(self, cells: Option<&[bool]>) -> Self {
        Self { cells: cells.map(<[bool]>::to_vec), ..self }
    }

    /// The score that the first output gives.
    fn score(&self, values: &[f32]) -> f32 {
        self.rule.score_within(values, &self.first, self.cells.as_deref())
    }

    /// What is kept of it in files.
    pub(crate) fn kept(&self) -> Extra {
        match &self.what {
            What::Nothing => Extra::Nothing,
            What::Errors { shape, .. } => {
                let [rows, columns] = error_map_size(shape);
                Extra::Errors { rows, columns }
            }
            What::Differences { target, .. } => {
                let columns = target.columns();
                Extra::Errors { rows: target.values() / columns, columns }
            }
            What::Classes { size: [rows, columns], .. } => Extra::Classes { rows: *rows, columns: *columns },
        }
    }

    /// The values for a row whose sample this is, empty where there is nothing, and its score.
    ///
    /// # Errors
    /// A target that cannot be read.
    pub(crate) fn of(
        &self,
        dataset: &Dataset,
        row: usize,
        sample: &[u8],
        outputs: &[&[f32]],
    ) -> Result<(Vec<f32>, f32)> {
        let output = |index: usize| outputs.get(index).copied().unwrap_or_default();
        match &self.what {
            What::Nothing => Ok((Vec::new(), self.score(output(0)))),
            What::Differences { output: index, target } => {
                let differences = target.differences(dataset, row, output(*index))?;
                Ok((differences, self.score(output(0))))
            }
            What::Errors { output: index, shape, input, element, has_score } => {
                let values = floats(sample.get(input.clone()).unwrap_or_default(), *element);
                let map = error_map(shape, &values, output(*index));
                let score =
                    if *has_score { self.score(output(0)) } else { self.rule.score(&map, &error_map_size(shape)) };
                Ok((map, score))
            }
            What::Classes { output: index, classes, size } => {
                let map = class_map(output(*index), *classes, size[0] * size[1]);
                Ok((map, self.score(output(0))))
            }
        }
    }
}

fn floats(bytes: &[u8], element: Element) -> Vec<f32> {
    match element {
        Element::U8 => bytes.iter().map(|&byte| f32::from(byte)).collect(),
        Element::F32 => {
            let (values, _) = bytes.as_chunks();
            values.iter().map(|bytes| f32::from_ne_bytes(*bytes)).collect()
        }
    }
}

/// The class of every pixel: of the largest of its values, the first of several; a single value means class 1 from 0.5 on.
fn class_map(values: &[f32], classes: usize, pixels: usize) -> Vec<f32> {
    if values.len() == pixels {
        return values.iter().map(|&value| f32::from(u8::from(value >= 0.5))).collect();
    }
    let class = |pixel: usize| {
        let at = |class: usize| values.get(class * pixels + pixel).copied().unwrap_or(f32::NEG_INFINITY);
        (1..classes).fold(0, |best, class| if at(class) > at(best) { class } else { best }) as f32
    };
    (0..pixels).map(class).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_value_of_a_pixel_is_its_class() {
        // Three classes of two pixels.
        assert_eq!(class_map(&[0.1, 0.5, 0.7, 0.5, 0.2, 0.0], 3, 2), [1.0, 0.0]);
        assert_eq!(class_map(&[0.4, 0.5], 2, 2), [0.0, 1.0]);
    }
}
