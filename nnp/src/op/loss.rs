//! Losses and errors with arguments, which training networks end in; those without are among the binary functions.

use super::{declare::family, function::Rules, shape::Inputs};
use crate::error::ShapeError;

family! {
    /// Compares a prediction, the first input, with the second.
    pub enum Loss {
        /// max(|x − y| − epsilon, 0)
        EpsilonInsensitive: "EpsilonInsensitiveLoss" in "epsilon_insensitive_loss_param" {
            /// Differences up to this cost nothing.
            epsilon: float,
        },
        /// (x − y)² near 0, delta·(2·|x − y| − delta) beyond delta
        Huber: "HuberLoss" in "huber_loss_param" {
            /// Where the square ends.
            delta: float,
        },
        /// −log of the softmax of x along the axis, at the label y
        SoftmaxCrossEntropy: "SoftmaxCrossEntropy" in "softmax_cross_entropy_param" {
            /// The axis of the classes.
            axis: int,
        },
        /// −log of x at the label y
        CategoricalCrossEntropy: "CategoricalCrossEntropy" in "categorical_cross_entropy_param" {
            /// The axis of the classes.
            axis: int,
        },
        /// 1 where the label y is not among the `n` largest of x along the axis, else 0
        TopNError: "TopNError" in "top_n_error_param" {
            /// The axis of the classes.
            axis: int,
            /// How many may be larger or the label itself.
            n: int,
        },
        /// Σ p·(log p − log q) over all axes from the base axis on
        KLMultinomial: "KLMultinomial" in "kl_multinomial_param" {
            /// The first axis that is not batch.
            base_axis: int,
        },
    }
}

impl Rules for Loss {
    fn infer(&self, inputs: Inputs<'_>) -> Result<Vec<usize>, ShapeError> {
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
