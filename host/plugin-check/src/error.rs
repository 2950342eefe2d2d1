//! What can go wrong with a check that is not the plugin's fault.

use std::{fmt, io};

use nnc_sandbox::SandboxError;

/// Why a check could not go on.
#[derive(Debug)]
pub enum CheckError {
    /// There is no room for the files of a case.
    Scratch(io::Error),
    /// The process of a case.
    Process(SandboxError),
}

/// A case that there is not.
#[derive(Debug)]
pub struct UnknownCase {
    /// Its name.
    pub id: String,
    /// A case with nearly the same name.
    pub near: Option<String>,
    /// The cases that there are.
    pub known: Vec<&'static str>,
}

macro_rules! errors {
    ($($error:ident),*) => {$(
        impl fmt::Display for $error {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Debug::fmt(self, f)
            }
        }

        impl std::error::Error for $error {}
    )*};
}

errors!(CheckError, UnknownCase);

impl From<io::Error> for CheckError {
    fn from(error: io::Error) -> Self {
        Self::Scratch(error)
    }
}

impl From<SandboxError> for CheckError {
    fn from(error: SandboxError) -> Self {
        Self::Process(error)
    }
}
