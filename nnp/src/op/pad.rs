//! Pad: a border around the innermost axes.

use super::shape::Inputs;
use crate::{
    error::{ShapeError, TextError},
    text::{Fields, Message},
};

/// What fills the border.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PadMode {
    /// `constant_value`.
    Constant,
    /// Mirrored at the outermost element, which is not repeated.
    Reflect,
    /// The outermost element.
    Repeat,
}

impl PadMode {
    fn text(&self) -> &'static str {
        match self {
            Self::Constant => "constant",
            Self::Reflect => "reflect",
            Self::Repeat => "repeat",
        }
    }
}

/// Adds `pad_width` elements (before, after) to each of the innermost axes.
#[derive(Clone, Debug, PartialEq)]
pub struct Pad {
    /// Pairs of before and after, outer axis first.
    pub pad_width: Vec<i64>,
    /// What fills the border.
    pub mode: PadMode,
    /// The value of [`PadMode::Constant`].
    pub constant_value: f32,
}

impl Pad {
    pub(super) fn read(fields: &mut Fields<'_>) -> Result<Self, TextError> {
        let pad_width = fields.ints("pad_width")?;
        let mode = match fields.one("mode")? {
            None => PadMode::Constant,
            Some(field) => match &field.value {
                crate::text::Value::Text(mode) if mode == "constant" => PadMode::Constant,
                crate::text::Value::Text(mode) if mode == "reflect" => PadMode::Reflect,
                crate::text::Value::Text(mode) if mode == "repeat" => PadMode::Repeat,
                _ => return Err(fields.value(field, "\"constant\", \"reflect\" or \"repeat\"")),
            },
        };
        Ok(Self { pad_width, mode, constant_value: fields.float("constant_value")? })
    }

    pub(super) fn write(&self, out: &mut Message) {
        out.push_ints("pad_width", &self.pad_width);
        out.push_text("mode", self.mode.text());
        out.push_f32("constant_value", self.constant_value);
    }

    pub(super) fn infer(&self, inputs: Inputs<'_>) -> Result<Vec<usize>, ShapeError> {
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
