//! Sizes of samples and arrays.

use std::fmt;

use crate::{Language, Say, messages};

/// A shape as NNC writes it: `3,224,224`.
pub(super) struct Shape<'a>(pub(super) &'a [usize]);

messages! {
    enum Without {
        Dimensions => "() (a single number)", "()（1 個の数値）";
    }
}

impl Say for Shape<'_> {
    fn say(&self, language: Language, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return Without::Dimensions.say(language, f);
        }
        for (place, size) in self.0.iter().enumerate() {
            write!(f, "{}{size}", if place > 0 { "," } else { "" })?;
        }
        Ok(())
    }
}
