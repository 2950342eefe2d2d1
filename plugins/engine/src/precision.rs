//! In how many bits a network computes.

use tch::Kind;

/// Numbers that the values between functions are made of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Precision {
    /// 32-bit floats.
    #[default]
    Full,
    /// 16-bit floats (float16): bfloat16, with three bits fewer behind the point, moved PaDiM's maps five times as far.
    Half,
}

impl Precision {
    /// What users write, in the order of [`Precision::parse`]; the first is the default.
    pub const CHOICES: [&str; 2] = ["full", "half"];

    /// The precision of that name.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Full, Self::Half].into_iter().zip(Self::CHOICES).find(|(_, name)| *name == text).map(|(it, _)| it)
    }

    pub(crate) fn kind(self) -> Kind {
        match self {
            Self::Full => Kind::Float,
            Self::Half => Kind::Half,
        }
    }
}
