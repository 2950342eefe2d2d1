//! The error that crosses the C interface, convenient for authors: any standard error converts with `?`.

/// What kind of thing went wrong; decides the exit code and whether a hint is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
#[repr(u32)]
pub enum ErrorKind {
    /// Anything not listed here.
    Internal = 0,
    /// A parameter has a value that this plugin cannot work with.
    Parameter = 1,
    /// The dataset does not suit, for example too few images.
    Data = 2,
    /// Weights or a model file are missing or unusable.
    Model = 3,
    /// Memory ran out or would run out.
    Memory = 4,
    /// The user asked to stop.
    Cancelled = 5,
    /// The compute device is missing or failed.
    Device = 6,
    /// The code panicked; set by the C interface, not by authors.
    Panic = 7,
    /// The plugin broke a rule of the interface; set by the host, not by authors.
    Contract = 8,
}

impl ErrorKind {
    pub(crate) fn from_number(number: u32) -> Self {
        use ErrorKind::*;
        [Parameter, Data, Model, Memory, Cancelled, Device, Panic, Contract]
            .into_iter()
            .find(|&kind| kind as u32 == number)
            .unwrap_or(Self::Internal)
    }
}

/// An error of a plugin: a kind and one sentence for the user.
///
/// It deliberately does not implement [`std::error::Error`], so that every type that does converts into it with `?`
/// (as [`ErrorKind::Internal`], with its causes joined by `: `).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error {
    kind: ErrorKind,
    message: String,
}

/// Result of a plugin's methods.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// An error of `kind`; the message names what was found, what was expected and what to do.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into() }
    }

    /// Shorthand for [`ErrorKind::Parameter`].
    pub fn parameter(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Parameter, message)
    }

    /// Shorthand for [`ErrorKind::Data`].
    pub fn data(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Data, message)
    }

    /// Shorthand for [`ErrorKind::Model`].
    pub fn model(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Model, message)
    }

    /// The kind.
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// The sentence.
    pub fn message(&self) -> &str {
        &self.message
    }
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)
    }
}

impl<E: std::error::Error> From<E> for Error {
    fn from(error: E) -> Self {
        let mut message = error.to_string();
        let mut cause = error.source();
        while let Some(inner) = cause {
            let text = inner.to_string();
            // Many errors already quote their cause.
            if !message.contains(&text) {
                message.push_str(": ");
                message.push_str(&text);
            }
            cause = inner.source();
        }
        Self::new(ErrorKind::Internal, message)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_survive_the_border_and_unknown_ones_are_internal() {
        for kind in [ErrorKind::Internal, ErrorKind::Data, ErrorKind::Cancelled, ErrorKind::Panic] {
            assert_eq!(ErrorKind::from_number(kind as u32), kind);
        }
        assert_eq!(ErrorKind::from_number(4711), ErrorKind::Internal);
    }

    #[test]
    fn standard_errors_convert_with_their_causes() {
        fn read() -> Result<String> {
            Ok(std::fs::read_to_string("/nowhere/at/all")?)
        }
        let error = read().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Internal);
        assert!(error.message().contains("No such file"), "{error}");
    }
}
