//! Pad: a border around the innermost axes.

use super::{
    declare::{function, words},
    function::Rules,
    shape::Inputs,
};
use crate::error::ShapeError;

words! {
    /// What fills the border.
    pub enum PadMode {
        /// `constant_value`.
        Constant = "constant",
        /// Mirrored at the outermost element, which is not repeated.
        Reflect = "reflect",
        /// The outermost element.
        Repeat = "repeat",
    }
}

function! {
    /// Adds `pad_width` elements (before, after) to each of the innermost axes.
    pub struct Pad: "Pad" in "pad_param" {
        /// Pairs of before and after, outer axis first.
        pad_width: ints,
        /// What fills the border.
        mode: word(PadMode),
        /// The value of [`PadMode::Constant`].
        constant_value: float,
    }
}

impl Rules for Pad {
    fn infer(&self, inputs: Inputs<'_>) -> Result<Vec<usize>, ShapeError> {
        let x = inputs.one()?;
        let (pairs, odd) = self.pad_width.as_chunks::<2>();
        if !odd.is_empty() || pairs.len() > x.len() {
            let expected = format!("pairs for at most {} axes", x.len());
            return Err(inputs.argument("pad_width", format!("{:?}", self.pad_width), expected));
        }
        let mut out = x.to_vec();
        for (extent, &[before, after]) in out.iter_mut().rev().zip(pairs.iter().rev()) {
            let before = inputs.extent("pad_width", before, 0)?;
            let after = inputs.extent("pad_width", after, 0)?;
            if self.mode == PadMode::Reflect && before.max(after) >= (*extent).max(1) {
                return Err(inputs.wrong_shape(0, "extents larger than the reflected border"));
            }
            *extent = extent
                .checked_add(before)
                .and_then(|extent| extent.checked_add(after))
                .ok_or_else(|| inputs.overflow())?;
        }
        Ok(out)
    }
}

#[cfg(test)]
mod tests {
    use crate::{
        op::{Op, shape::testing::check},
        text::parse,
    };

    #[test]
    fn shapes() {
        const BOTH: &str = "pad_width: 1 pad_width: 2 pad_width: 0 pad_width: 3";
        let constant = format!("{BOTH} mode: \"constant\" constant_value: 0.5");
        let reflect = format!("{BOTH} mode: \"reflect\"");
        let repeat = format!("{BOTH} mode: \"repeat\"");
        check(&[
            ("Pad", &constant, &[&[2, 4, 9, 8]], Ok(&[2, 4, 12, 11])),
            ("Pad", &reflect, &[&[2, 4, 9, 8]], Ok(&[2, 4, 12, 11])),
            ("Pad", &repeat, &[&[1, 1]], Ok(&[4, 4])),
            ("Pad", "pad_width: 0 pad_width: 1 mode: \"constant\"", &[&[2, 9, 8, 3]], Ok(&[2, 9, 8, 4])),
            (
                "Pad",
                &reflect,
                &[&[9, 3]],
                Err("input 0 of Pad has shape [9, 3], expected extents larger than the reflected border"),
            ),
            (
                "Pad",
                &repeat,
                &[&[9]],
                Err("argument pad_width of Pad is [1, 2, 0, 3], expected pairs for at most 1 axes"),
            ),
            (
                "Pad",
                "pad_width: -1 pad_width: 0 mode: \"constant\"",
                &[&[9]],
                Err("argument pad_width of Pad is -1, expected at least 0"),
            ),
        ]);
    }

    #[test]
    fn unknown_mode() {
        let error = Op::read("Pad", &parse("mode: \"wrap\"").unwrap()).unwrap_err();
        assert_eq!(
            error.to_string(),
            "line 1, column 1: field \"mode\" of Pad is \"wrap\", expected \"constant\", \"reflect\" or \"repeat\""
        );
    }
}
