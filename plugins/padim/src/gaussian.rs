//! The three ways to share Gaussians between the positions of a map (NNC contract 6.5).

/// Number of Gaussians.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Gaussian {
    /// One for each position of layer 1, as in the paper.
    Dense,
    /// One for each position of layer 3, shared by the 16 positions of layer 1 that it covers.
    Sixteenth,
    /// One for the whole image.
    Single,
}

impl Gaussian {
    /// The texts of the parameter, in the order a dialog shows them.
    pub(crate) const CHOICES: [&'static str; 3] = ["dense", "1/16", "single"];

    /// The mode with this text.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        [Self::Dense, Self::Sixteenth, Self::Single].into_iter().find(|g| g.name() == text)
    }

    /// The text of the parameter.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Dense => Self::CHOICES[0],
            Self::Sixteenth => Self::CHOICES[1],
            Self::Single => Self::CHOICES[2],
        }
    }

    /// Rows and columns of the grid of Gaussians.
    pub(crate) fn grid(self) -> usize {
        match self {
            Self::Dense => 56,
            Self::Sixteenth => 14,
            Self::Single => 1,
        }
    }

    /// Number of Gaussians.
    pub(crate) fn count(self) -> usize {
        self.grid() * self.grid()
    }

    /// Samples of one Gaussian that one image gives.
    pub(crate) fn samples_per_image(self) -> usize {
        (56 / self.grid()) * (56 / self.grid())
    }
}
