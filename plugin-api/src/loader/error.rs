//! Why a file was refused as a plugin: one sentence for each way, made from what `abi_stable` and the system say.

use std::path::{Path, PathBuf};

use abi_stable::abi_stability::abi_checking::{AbiInstability, AbiInstabilityErrors};
use abi_stable::library::LibraryError;

use crate::ffi::ABI_VERSION;

/// Why a file was refused as a plugin.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LoadError {
    /// The file is not there.
    #[error("there is no plugin file {}", .path.display())]
    Missing {
        /// The file.
        path: PathBuf,
    },
    /// A library that the plugin itself needs is missing.
    #[error(
        "{} needs the library {library}, which is not on this machine; install it, or name its folder in \
         LD_LIBRARY_PATH", .path.display()
    )]
    MissingLibrary {
        /// The file.
        path: PathBuf,
        /// The library it needs.
        library: String,
    },
    /// The system's loader refused the file: no shared library, damaged, or made for another machine.
    #[error("{} cannot be loaded as a shared library: {reason}", .path.display())]
    Open {
        /// The file.
        path: PathBuf,
        /// Words of the system's loader.
        reason: String,
    },
    /// A shared library that is no plugin.
    #[error("{} is a shared library but no nnc-host plugin (it does not call `export_detector!`)", .path.display())]
    NotAPlugin {
        /// The file.
        path: PathBuf,
    },
    /// The plugin offers only a later version of the interface.
    #[error(
        "{} needs plugin interface {theirs}, this host offers {ABI_VERSION}; use a newer nnc-host, or a build of the \
         plugin for interface {ABI_VERSION}", .path.display()
    )]
    TooNew {
        /// The file.
        path: PathBuf,
        /// Version of the interface that it has.
        theirs: String,
    },
    /// The plugin offers only a version of the interface that hosts have given up.
    #[error(
        "{} has plugin interface {theirs}, this host needs {ABI_VERSION}; build it again with a newer nnc-plugin-api",
        .path.display()
    )]
    TooOld {
        /// The file.
        path: PathBuf,
        /// Version of the interface that it has.
        theirs: String,
    },
    /// The version fits, but the tables are not what it promises.
    #[error(
        "{} was built with a changed plugin interface ({reason}); build it again with an unchanged nnc-plugin-api",
        .path.display()
    )]
    Incompatible {
        /// The file.
        path: PathBuf,
        /// First difference.
        reason: String,
        /// Full report for the debug log.
        report: String,
    },
    /// The plugin does not describe itself properly.
    #[error("{} has an unusable manifest: {reason}", .path.display())]
    Manifest {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
}

/// Puts an error of `abi_stable` about the plugin `path`, whose bytes lie at `copy`, into our words.
pub(super) fn explain(path: &Path, copy: &Path, error: LibraryError) -> LoadError {
    let path = path.to_owned();
    let differs = |reason: &str, report: String| (reason.to_owned(), report);
    let (reason, report) = match error {
        LibraryError::OpenError { err, .. } => {
            let reason = std::error::Error::source(&*err).map_or_else(|| err.to_string(), ToString::to_string);
            let reason = reason.replace(&*copy.to_string_lossy(), &path.to_string_lossy());
            return match missing_library(&path, &reason) {
                Some(library) => LoadError::MissingLibrary { path, library },
                None => LoadError::Open { path, reason },
            };
        }
        LibraryError::GetSymbolError { .. } => return LoadError::NotAPlugin { path },
        LibraryError::InvalidAbiHeader(_) => {
            differs("it uses another version of abi_stable; 0.11 is due", String::new())
        }
        LibraryError::RootModule { err, .. } => differs("its entry point failed", err.to_string()),
        other => differs("its entry point cannot be read", other.to_string()),
    };
    LoadError::Incompatible { path, reason, report }
}

/// The library that the system's loader did not find, in glibc's words: `libx.so.1: cannot open shared object file`.
fn missing_library(path: &Path, reason: &str) -> Option<String> {
    let (library, _) = reason.split_once(": cannot open shared object file: No such file")?;
    (Path::new(library) != path).then(|| library.to_owned())
}

/// The first difference in layout that matters, or `None` if there is none.
///
/// `abi_stable` also compares the versions of the crates that declare the types, as if they were part of the layout.
/// They are not: the tables are frozen while `nnc-plugin-api` moves on.
pub(super) fn first_difference(errors: &AbiInstabilityErrors) -> Option<String> {
    let found = errors
        .errors
        .iter()
        .flat_map(|error| error.errs.iter().map(move |kind| (error, kind)))
        .find(|(_, kind)| !matches!(kind, AbiInstability::PackageVersion(_)));
    found.map(|(error, kind)| {
        let place = error.stack_trace.last().map(|at| format!("in {}", at.expected)).unwrap_or_default();
        let what = match kind {
            AbiInstability::Name(_) => "another type",
            AbiInstability::Package(_) => "a type of another crate",
            AbiInstability::Size(_) => "another size",
            AbiInstability::FieldCountMismatch(_) | AbiInstability::MismatchedPrefixSize(_) => {
                "another number of fields"
            }
            AbiInstability::UnexpectedField(_) => "another field",
            AbiInstability::MismatchedPrimitive(_) => "another primitive type",
            _ => "another layout",
        };
        // The place is a declaration of several lines.
        format!("{what} {}", place.split_whitespace().collect::<Vec<_>>().join(" ")).trim().to_owned()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_library_is_told_from_a_missing_plugin() {
        let path = Path::new("/plugins/libx.so");
        let reason = |library: &str| format!("{library}: cannot open shared object file: No such file or directory");
        assert_eq!(missing_library(path, &reason("libtorch.so")).as_deref(), Some("libtorch.so"));
        assert_eq!(missing_library(path, &reason("/plugins/libx.so")), None);
        assert_eq!(missing_library(path, "/plugins/libx.so: file too short"), None);
    }
}
