//! The end of a sentence about a name that does not exist: which one was meant, or which ones there are.

use crate::messages;

messages! {
    /// What to use instead of a name that does not exist.
    pub enum Hint {
        DidYouMean { name: String } => "did you mean `{name}`?", "`{name}` の間違いではありませんか?";
        Known { names: Vec<String> } => "known are {names}", "使えるのは {names} です";
    }
}

impl Hint {
    /// The nearest name, where one is near, else all of them.
    pub fn of(nearest: Option<&str>, known: impl IntoIterator<Item = impl Into<String>>) -> Self {
        match nearest {
            Some(name) => Self::DidYouMean { name: name.to_owned() },
            None => Self::Known { names: known.into_iter().map(Into::into).collect() },
        }
    }
}
