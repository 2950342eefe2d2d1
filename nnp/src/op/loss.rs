//! Losses and errors with arguments, which training networks end in; those without are among the binary functions.

use super::shape::Inputs;
use crate::{
    error::{ShapeError, TextError},
    text::{Fields, Message},
};

/// Compares a prediction, the first input, with the second.
#[derive(Clone, Debug, PartialEq)]
pub enum Loss {
    /// max(|x − y| − epsilon, 0)
    EpsilonInsensitive {
        /// Differences up to this cost nothing.
        epsilon: f32,
    },
    /// (x − y)² near 0, delta·(2·|x − y| − delta) beyond delta
    Huber {
        /// Where the square ends.
        delta: f32,
    },
    /// −log of the softmax of x along the axis, at the label y
    SoftmaxCrossEntropy {
        /// The axis of the classes.
        axis: i64,
    },
    /// −log of x at the label y
    CategoricalCrossEntropy {
        /// The axis of the classes.
        axis: i64,
    },
    /// 1 where the label y is not among the `n` largest of x along the axis, else 0
    TopNError {
        /// The axis of the classes.
        axis: i64,
        /// How many may be larger or the label itself.
        n: i64,
    },
    /// Σ p·(log p − log q) over all axes from the base axis on
    KLMultinomial {
        /// The first axis that is not batch.
        base_axis: i64,
    },
}

impl Loss {
    pub(super) fn read(fields: &mut Fields<'_>, type_name: &str) -> Result<Self, TextError> {
        Ok(match type_name {
            "EpsilonInsensitiveLoss" => Self::EpsilonInsensitive { epsilon: fields.float("epsilon")? },
            "HuberLoss" => Self::Huber { delta: fields.float("delta")? },
            "SoftmaxCrossEntropy" => Self::SoftmaxCrossEntropy { axis: fields.int("axis")? },
            "CategoricalCrossEntropy" => Self::CategoricalCrossEntropy { axis: fields.int("axis")? },
            "TopNError" => Self::TopNError { axis: fields.int("axis")?, n: fields.int("n")? },
            _ => Self::KLMultinomial { base_axis: fields.int("base_axis")? },
        })
    }

    pub(super) fn type_name(&self) -> &'static str {
        match self {
            Self::EpsilonInsensitive { .. } => "EpsilonInsensitiveLoss",
            Self::Huber { .. } => "HuberLoss",
            Self::SoftmaxCrossEntropy { .. } => "SoftmaxCrossEntropy",
            Self::CategoricalCrossEntropy { .. } => "CategoricalCrossEntropy",
            Self::TopNError { .. } => "TopNError",
            Self::KLMultinomial { .. } => "KLMultinomial",
        }
    }

    pub(super) fn write(&self, out: &mut Message) {
        match *self {
            Self::EpsilonInsensitive { epsilon } => out.push_f32("epsilon", epsilon),
            Self::Huber { delta } => out.push_f32("delta", delta),
            Self::SoftmaxCrossEntropy { axis } | Self::CategoricalCrossEntropy { axis } => out.push_int("axis", axis),
            Self::TopNError { axis, n } => {
                out.push_int("axis", axis);
                out.push_int("n", n);
            }
            Self::KLMultinomial { base_axis } => out.push_int("base_axis", base_axis),
        }
    }

    pub(super) fn infer(&self, inputs: Inputs<'_>) -> Result<Vec<usize>, ShapeError> {
        inputs.count(2..=2, "2")?;
        let x = inputs.get(0)?;
        match *self {
            Self::EpsilonInsensitive { .. } | Self::Huber { .. } => inputs.broadcast(),
            Self::SoftmaxCrossEntropy { axis }
            | Self::CategoricalCrossEntropy { axis }
            | Self::TopNError { axis, .. } => {
                let axis = inputs.axis("axis", axis, x.len())?;
                let mut out = x.to_vec();
                if let Some(extent) = out.get_mut(axis) {
                    *extent = 1;
                }
                inputs.shape(1, &out)?;
                Ok(out)
            }
            Self::KLMultinomial { base_axis } => {
                inputs.shape(1, x)?;
                let axis = inputs.axis("base_axis", base_axis, x.len())?;
                Ok([x.get(..axis).unwrap_or_default(), &[1]].concat())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::op::shape::testing::check;

    #[test]
    fn shapes() {
        check(&[
            ("EpsilonInsensitiveLoss", "epsilon: 0.5", &[&[2, 4], &[2, 4]], Ok(&[2, 4])),
            ("HuberLoss", "delta: 0.5", &[&[2, 4], &[1, 4]], Ok(&[2, 4])),
            ("SoftmaxCrossEntropy", "axis: 1", &[&[3, 4], &[3, 1]], Ok(&[3, 1])),
            ("CategoricalCrossEntropy", "axis: -1", &[&[3, 4], &[3, 1]], Ok(&[3, 1])),
            ("TopNError", "axis: 1 n: 2", &[&[3, 4, 5], &[3, 1, 5]], Ok(&[3, 1, 5])),
            ("KLMultinomial", "base_axis: 1", &[&[3, 4, 5], &[3, 4, 5]], Ok(&[3, 1])),
            (
                "SoftmaxCrossEntropy",
                "axis: 1",
                &[&[3, 4], &[3, 4]],
                Err("input 1 of SoftmaxCrossEntropy has shape [3, 4], expected [3, 1]"),
            ),
        ]);
    }
}
