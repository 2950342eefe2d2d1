//! Errors of libraries that bring their own words.

use crate::say::{Say, Words};

use crate::failure::{Exit, Failure};

/// Errors that nobody classified are failures of the job.
macro_rules! unclassified {
    ($($error:ty),* $(,)?) => {$(
        impl From<$error> for Failure {
            fn from(error: $error) -> Self {
                Self::new(Exit::Failed, Words(error))
            }
        }
    )*};
}

unclassified! {
    serde_json::Error,
    csv::Error,
}

impl From<nnp::NnpError> for Failure {
    fn from(error: nnp::NnpError) -> Self {
        Self::new(Exit::Failed, error)
    }
}

/// Gives an error an exit code.
pub trait OrExit<T> {
    /// The value, or a failure with `exit`.
    ///
    /// # Errors
    /// The error, with its exit code.
    fn or_exit(self, exit: Exit) -> crate::Result<T>;
}

impl<T, E: Say + Send + Sync + 'static> OrExit<T> for Result<T, E> {
    fn or_exit(self, exit: Exit) -> crate::Result<T> {
        self.map_err(|error| Failure::new(exit, error))
    }
}
