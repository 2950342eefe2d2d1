//! Counts of arithmetic operations, by the textbook formula of each function.

use std::ops::AddAssign;

/// How many operations of each kind something takes. Counts that do not fit stay at the largest number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Operations {
    /// Sums of two numbers.
    pub add: u64,
    /// Products of two numbers.
    pub multiply: u64,
    /// Products that are added to a sum.
    pub multiply_add: u64,
    /// Quotients.
    pub division: u64,
    /// Exponentials, and what costs about as much.
    pub exp: u64,
    /// Comparisons.
    pub comparison: u64,
}

impl Operations {
    pub(super) fn add(count: u64) -> Self {
        Self { add: count, ..Self::default() }
    }

    pub(super) fn multiply(count: u64) -> Self {
        Self { multiply: count, ..Self::default() }
    }

    pub(super) fn multiply_add(count: u64) -> Self {
        Self { multiply_add: count, ..Self::default() }
    }

    pub(super) fn division(count: u64) -> Self {
        Self { division: count, ..Self::default() }
    }

    pub(super) fn exp(count: u64) -> Self {
        Self { exp: count, ..Self::default() }
    }

    pub(super) fn comparison(count: u64) -> Self {
        Self { comparison: count, ..Self::default() }
    }

    /// These and `more`.
    pub(super) fn and(mut self, more: Self) -> Self {
        self += more;
        self
    }
}

impl AddAssign for Operations {
    fn add_assign(&mut self, more: Self) {
        let Self { add, multiply, multiply_add, division, exp, comparison } = more;
        for (total, more) in [
            (&mut self.add, add),
            (&mut self.multiply, multiply),
            (&mut self.multiply_add, multiply_add),
            (&mut self.division, division),
            (&mut self.exp, exp),
            (&mut self.comparison, comparison),
        ] {
            *total = total.saturating_add(more);
        }
    }
}

/// The shapes that one run of a function works on.
#[derive(Clone, Copy, Debug)]
pub struct Work<'a> {
    /// Shapes of the inputs.
    pub inputs: &'a [&'a [usize]],
    /// Shapes of the outputs.
    pub outputs: &'a [&'a [usize]],
}

impl Work<'_> {
    /// Elements of input `index`, 0 where there is none.
    pub(super) fn input(&self, index: usize) -> u64 {
        self.inputs.get(index).map_or(0, |shape| count(shape))
    }

    /// Elements of all outputs together.
    pub(super) fn outputs(&self) -> u64 {
        self.outputs.iter().map(|shape| count(shape)).fold(0, u64::saturating_add)
    }

    /// Shape of the second input, which holds the weight of a layer.
    pub(super) fn weight(&self) -> &[usize] {
        self.inputs.get(1).copied().unwrap_or_default()
    }

    /// Elements of the weight for each of its first extent.
    pub(super) fn weight_slice(&self) -> u64 {
        self.weight().get(1..).map_or(1, count)
    }
}

/// Elements of a shape.
pub(crate) fn count(shape: &[usize]) -> u64 {
    shape.iter().fold(1, |product, &extent| product.saturating_mul(extent as u64))
}
