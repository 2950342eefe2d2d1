//! Why an NNP file could not be read or written.

use super::{
    parameters::{H5Error, ProtobufError},
    text::TextError,
};
use std::path::PathBuf;

/// Why a file could not be read or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum NnpError {
    /// The operating system refused.
    #[error("{path}: cannot {action} it: {reason}", path = path.display())]
    Io {
        /// File concerned.
        path: PathBuf,
        /// What was tried.
        action: FileAction,
        /// The cause.
        reason: std::io::Error,
    },
    /// Not a zip, or a broken one.
    #[error("{path}: not a readable zip: {reason}", path = path.display())]
    Zip {
        /// File concerned.
        path: PathBuf,
        /// What is broken.
        reason: String,
    },
    /// A zip with two members of one name, of which only one could be found.
    #[error("{path}: not a readable zip: two members have the same name", path = path.display())]
    SameName {
        /// File concerned.
        path: PathBuf,
    },
    /// A member whose bytes cannot be unpacked.
    #[error("{path}: not a readable zip: member \"{member}\": {reason}", path = path.display())]
    UnreadableMember {
        /// File concerned.
        path: PathBuf,
        /// Name of the member.
        member: String,
        /// The cause.
        reason: std::io::Error,
    },
    /// A member that is not there.
    #[error("{path}: there is no member \"{member}\"", path = path.display())]
    NoMember {
        /// File concerned.
        path: PathBuf,
        /// Name asked for.
        member: String,
    },
    /// Two members of one name, in the file or because one was to be added again.
    #[error("{path}: member \"{member}\" occurs twice", path = path.display())]
    DuplicateMember {
        /// File concerned.
        path: PathBuf,
        /// Name of the member.
        member: String,
    },
    /// A member larger than the reader allows.
    #[error("{path}: member \"{member}\" has more than {limit} bytes", path = path.display())]
    MemberTooLarge {
        /// File concerned.
        path: PathBuf,
        /// Name of the member.
        member: String,
        /// Bytes allowed.
        limit: u64,
    },
    /// No network text inside.
    #[error("{path}: no .nntxt or .prototxt member; an NNP has its network in one", path = path.display())]
    NoNetwork {
        /// File concerned.
        path: PathBuf,
    },
    /// A member whose text is wrong.
    #[error("{path}: member \"{member}\": {reason}", path = path.display())]
    Text {
        /// File concerned.
        path: PathBuf,
        /// Name of the member.
        member: String,
        /// Where and what.
        reason: Box<TextError>,
    },
    /// A member that is not UTF-8.
    #[error("{path}: member \"{member}\" is not UTF-8 text", path = path.display())]
    NotText {
        /// File concerned.
        path: PathBuf,
        /// Name of the member.
        member: String,
    },
    /// A protobuf parameter member that is wrong.
    #[error("{path}: member \"{member}\": {reason}", path = path.display())]
    Parameters {
        /// File concerned.
        path: PathBuf,
        /// Name of the member.
        member: String,
        /// Where and what.
        reason: Box<ProtobufError>,
    },
    /// An HDF5 parameter member that is wrong.
    #[error("{path}: member \"{member}\": {reason}", path = path.display())]
    H5 {
        /// File concerned.
        path: PathBuf,
        /// Name of the member.
        member: String,
        /// Where and what.
        reason: Box<H5Error>,
    },
}

/// What is done to a file.
#[derive(Clone, Copy, Debug, thiserror::Error, PartialEq, Eq)]
#[allow(missing_docs)] // The words say it.
pub enum FileAction {
    #[error("open")]
    Open,
    #[error("read")]
    Read,
    #[error("copy")]
    Copy,
    #[error("write")]
    Write,
    #[error("create")]
    Create,
    #[error("replace")]
    Replace,
}
