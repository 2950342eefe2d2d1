//! The zip around a model (contract 7.1).
//!
//! Members are written stored, the text before the parameters, because nnabla reads them in that order. A file appears
//! under its name only when it is complete. What a directory entry says about sizes is never used to allocate.

mod replace;

use crate::{
    error::{FileAction, H5Error, NnpError, ProtobufError, TextError},
    graph::Model,
    h5, nntxt, protobuf,
};
use nnc_files::open_regular;
use replace::replace;
use std::{
    fs::File,
    io::{self, BufReader, BufWriter, Read, Seek, Take, Write},
    path::{Path, PathBuf},
};
use zip::{CompressionMethod, ZipArchive, ZipWriter, result::ZipError, write::SimpleFileOptions};

/// Largest network text that is read; real ones have a few hundred kilobytes. As a tree it takes up to 32 times as much.
pub(crate) const TEXT_LIMIT: u64 = 16 << 20;

/// Members from this size on need a zip64 header.
const ZIP64_FROM: u64 = 0xffff_ffff;

/// A member of a zip.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// Name with `/` between folders.
    pub name: String,
    /// Length as the zip claims it, in bytes.
    pub size: u64,
}

/// Where the content of a new member comes from.
#[derive(Clone, Debug)]
pub enum Source {
    /// These bytes.
    Bytes(Vec<u8>),
    /// A file, copied in pieces.
    File(PathBuf),
}

/// Reads a model: every `.nntxt` and `.prototxt` member, and the parameters of every `.protobuf` and `.h5` member.
///
/// Where members hold parameters of the same name the last one counts, as in nnabla. Parameters that a network declares
/// and no member holds are found by [`Model::validate`].
///
/// # Errors
/// [`NnpError`].
pub fn read(path: &Path) -> Result<Model, NnpError> {
    let mut zip = open(path)?;
    let mut model = read_texts(path, &mut zip)?;
    for member in members(path, &zip)? {
        let parameters = match extension(&member).as_str() {
            "protobuf" => {
                let failed = |reason| parameters_failed(path, &member, reason);
                let mut capped = entry(path, &mut zip, &member, protobuf::SIZE_LIMIT)?;
                let parameters = protobuf::read(&mut capped).map_err(failed)?;
                if capped.limit() == 0 {
                    return Err(too_large(path, &member, protobuf::SIZE_LIMIT));
                }
                parameters
            }
            "h5" => {
                let bytes = content(path, &mut zip, &member, h5::SIZE_LIMIT)?;
                h5::read(bytes).map_err(|reason| h5_failed(path, &member, reason))?
            }
            _ => continue,
        };
        for parameter in &parameters {
            model.parameters.insert(parameter.clone());
        }
    }
    Ok(model)
}

/// Reads networks, executors and configuration; parameters are left out, whatever format they have.
///
/// # Errors
/// [`NnpError`].
pub fn read_graph(path: &Path) -> Result<Model, NnpError> {
    read_texts(path, &mut open(path)?)
}

/// Writes `nnp_version.txt`, `network.nntxt`, `parameter.protobuf` and then `extra_members`.
///
/// # Errors
/// [`NnpError`]; parameters above the size that protobuf can hold are refused before anything is written.
pub fn write(path: &Path, model: &Model, extra_members: &[(&str, &[u8])]) -> Result<(), NnpError> {
    const PARAMETERS: &str = "parameter.protobuf";
    let failed = |reason| parameters_failed(path, PARAMETERS, reason);
    let size = protobuf::encoded_len(&model.parameters);
    if size > protobuf::SIZE_LIMIT {
        let limit = protobuf::SIZE_LIMIT;
        return Err(failed(ProtobufError::TooLarge { found: size, limit }));
    }
    replace(path, |file| {
        let mut zip = ZipWriter::new(BufWriter::new(file));
        add_bytes(path, &mut zip, "nnp_version.txt", b"0.1\n")?;
        add_bytes(path, &mut zip, "network.nntxt", nntxt::write(model).as_bytes())?;
        start(path, &mut zip, PARAMETERS, size)?;
        protobuf::write(&model.parameters, &mut zip).map_err(failed)?;
        for (name, bytes) in extra_members {
            add_bytes(path, &mut zip, name, bytes)?;
        }
        finish(path, zip)
    })
}

/// Writes `files`, the text of a network and its parameters, as the members of an archive at `path`.
///
/// # Errors
/// [`NnpError`].
pub fn join(path: &Path, files: &[&Path]) -> Result<(), NnpError> {
    replace(path, |file| {
        let mut zip = ZipWriter::new(BufWriter::new(file));
        add_bytes(path, &mut zip, "nnp_version.txt", b"0.1\n")?;
        for file in files {
            add_file(path, &mut zip, &file.file_name().unwrap_or_default().to_string_lossy(), file)?;
        }
        finish(path, zip)
    })
}

/// Copies the zip at `path_src` to `path_dst`, which may be the same file, and adds members at its end.
///
/// An empty source counts as a zip without members, since NNC's front end creates such files as placeholders.
///
/// # Errors
/// [`NnpError`]; in particular [`NnpError::DuplicateMember`] for a name that is there already.
pub fn append(path_src: &Path, path_dst: &Path, members: Vec<(String, Source)>) -> Result<(), NnpError> {
    let mut source = open_regular(path_src).map_err(|error| io_failed(path_src, FileAction::Open, error))?;
    replace(path_dst, |mut file| {
        let copied = io::copy(&mut source, &mut file).map_err(|error| io_failed(path_src, FileAction::Copy, error))?;
        let mut zip = if copied == 0 {
            ZipWriter::new(file)
        } else {
            let there = ZipArchive::new(&mut file).map_err(|error| zip_failed(path_src, error))?;
            if there.has_duplicate_names() {
                return Err(NnpError::SameName { path: path_src.into() });
            }
            ZipWriter::new_append(file).map_err(|error| zip_failed(path_src, error))?
        };
        for (name, source) in &members {
            match source {
                Source::Bytes(bytes) => add_bytes(path_dst, &mut zip, name, bytes)?,
                Source::File(path) => add_file(path_dst, &mut zip, name, path)?,
            }
        }
        let file = zip.finish().map_err(|error| zip_failed(path_dst, error))?;
        Ok(file)
    })
}

/// Lists the members in the order of the zip.
///
/// # Errors
/// [`NnpError`].
pub fn list(path: &Path) -> Result<Vec<Member>, NnpError> {
    let mut zip = open(path)?;
    (0..zip.len())
        .map(|index| {
            let entry = zip.by_index_raw(index).map_err(|error| zip_failed(path, error))?;
            let name = entry.name().map_err(|error| zip_failed(path, error))?.into_owned();
            Ok(Member { name, size: entry.size() })
        })
        .collect()
}

/// Reads one member of at most `limit` bytes.
///
/// # Errors
/// [`NnpError::NoMember`], [`NnpError::MemberTooLarge`] or another [`NnpError`].
pub fn read_member(path: &Path, name: &str, limit: u64) -> Result<Vec<u8>, NnpError> {
    content(path, &mut open(path)?, name, limit)
}

/// Copies members one after the other, each to what `out` gives for it; the archive is opened once for all of them.
///
/// # Errors
/// [`NnpError::MemberTooLarge`] for a member that unpacks to more than the [`Member::size`] it claims;
/// [`NnpError::NoMember`] or another [`NnpError`]; what `out` says.
pub fn copy_members<'a, W: Write, E: From<NnpError>>(
    path: &Path,
    members: impl IntoIterator<Item = &'a Member>,
    mut out: impl FnMut(&Member) -> Result<W, E>,
) -> Result<(), E> {
    let mut zip = open(path)?;
    for member in members {
        let (name, limit) = (member.name.as_str(), member.size);
        let mut capped = entry(path, &mut zip, name, limit)?;
        let mut out = out(member)?;
        let copied = io::copy(&mut capped, &mut out).and_then(|copied| out.flush().map(|()| copied));
        if copied.map_err(|error| member_failed(path, name, error))? > limit {
            return Err(too_large(path, name, limit).into());
        }
    }
    Ok(())
}

type Zip = ZipArchive<BufReader<File>>;

fn open(path: &Path) -> Result<Zip, NnpError> {
    let file = open_regular(path).map_err(|error| io_failed(path, FileAction::Open, error))?;
    let zip = ZipArchive::new(BufReader::new(file)).map_err(|error| zip_failed(path, error))?;
    if zip.has_duplicate_names() {
        return Err(NnpError::SameName { path: path.into() });
    }
    Ok(zip)
}

fn read_texts(path: &Path, zip: &mut Zip) -> Result<Model, NnpError> {
    let mut model: Option<Model> = None;
    for member in members(path, zip)? {
        if !matches!(extension(&member).as_str(), "nntxt" | "prototxt") {
            continue;
        }
        let bytes = content(path, zip, &member, TEXT_LIMIT)?;
        let text =
            String::from_utf8(bytes).map_err(|_| NnpError::NotText { path: path.into(), member: member.clone() })?;
        let part = nntxt::read(&text).map_err(|reason| text_failed(path, &member, reason))?;
        match &mut model {
            None => model = Some(part),
            Some(model) => model.merge(part),
        }
    }
    model.ok_or_else(|| NnpError::NoNetwork { path: path.into() })
}

impl Model {
    /// Adds the contents of another text member, as nnabla does when a file has several.
    fn merge(&mut self, part: Model) {
        self.backend = part.backend.or(self.backend.take());
        self.networks.extend(part.networks);
        self.executors.extend(part.executors);
        self.other.fields.extend(part.other.fields);
        for parameter in &part.parameters {
            self.parameters.insert(parameter.clone());
        }
    }
}

/// Names of all members that are files.
fn members(path: &Path, zip: &Zip) -> Result<Vec<String>, NnpError> {
    let names = zip.file_names().map(|name| name.map(std::borrow::Cow::into_owned));
    let names: Result<Vec<_>, _> = names.filter(|name| !name.as_ref().is_ok_and(|name| name.ends_with('/'))).collect();
    names.map_err(|error| zip_failed(path, error))
}

fn extension(member: &str) -> String {
    Path::new(member).extension().and_then(|extension| extension.to_str()).unwrap_or_default().to_ascii_lowercase()
}

/// A member to read. One with a claimed size above `limit` is refused; one with a false size ends a byte after `limit`.
fn entry<'a>(path: &Path, zip: &'a mut Zip, name: &str, limit: u64) -> Result<Take<impl Read + use<'a>>, NnpError> {
    let entry = zip.by_name(name).map_err(|error| match error {
        ZipError::FileNotFound => NnpError::NoMember { path: path.into(), member: name.into() },
        other => zip_failed(path, other),
    })?;
    if entry.size() > limit {
        return Err(too_large(path, name, limit));
    }
    Ok(entry.take(limit.saturating_add(1)))
}

fn content(path: &Path, zip: &mut Zip, name: &str, limit: u64) -> Result<Vec<u8>, NnpError> {
    let mut bytes = Vec::new();
    let mut capped = entry(path, zip, name, limit)?;
    capped.read_to_end(&mut bytes).map_err(|error| member_failed(path, name, error))?;
    if bytes.len() as u64 > limit {
        return Err(too_large(path, name, limit));
    }
    Ok(bytes)
}

/// Begins a stored member of `size` bytes, with a zip64 header only where it is necessary: some readers do not know it.
fn start<W: Write + Seek>(path: &Path, zip: &mut ZipWriter<W>, name: &str, size: u64) -> Result<(), NnpError> {
    let options = SimpleFileOptions::DEFAULT
        .compression_method(CompressionMethod::Stored)
        .unix_permissions(0o644)
        .large_file(size >= ZIP64_FROM);
    zip.start_file(name, options).map_err(|error| match error {
        ZipError::InvalidArchive(reason) if reason.starts_with("Duplicate filename") => {
            NnpError::DuplicateMember { path: path.into(), member: name.into() }
        }
        other => zip_failed(path, other),
    })
}

fn add_bytes<W: Write + Seek>(path: &Path, zip: &mut ZipWriter<W>, name: &str, bytes: &[u8]) -> Result<(), NnpError> {
    start(path, zip, name, bytes.len() as u64)?;
    zip.write_all(bytes).map_err(|error| io_failed(path, FileAction::Write, error))
}

fn add_file<W: Write + Seek>(path: &Path, zip: &mut ZipWriter<W>, name: &str, from: &Path) -> Result<(), NnpError> {
    let unreadable = |error| io_failed(from, FileAction::Read, error);
    let mut file = open_regular(from).map_err(unreadable)?;
    start(path, zip, name, file.metadata().map_err(unreadable)?.len())?;
    io::copy(&mut file, zip).map_err(|error| io_failed(from, FileAction::Copy, error))?;
    Ok(())
}

fn finish(path: &Path, zip: ZipWriter<BufWriter<File>>) -> Result<File, NnpError> {
    let buffered = zip.finish().map_err(|error| zip_failed(path, error))?;
    buffered.into_inner().map_err(|error| io_failed(path, FileAction::Write, error.into_error()))
}

fn io_failed(path: &Path, action: FileAction, reason: io::Error) -> NnpError {
    NnpError::Io { path: path.into(), action, reason }
}

fn text_failed(path: &Path, member: &str, reason: TextError) -> NnpError {
    NnpError::Text { path: path.into(), member: member.into(), reason: Box::new(reason) }
}

fn parameters_failed(path: &Path, member: &str, reason: ProtobufError) -> NnpError {
    NnpError::Parameters { path: path.into(), member: member.into(), reason: Box::new(reason) }
}

fn h5_failed(path: &Path, member: &str, reason: H5Error) -> NnpError {
    NnpError::H5 { path: path.into(), member: member.into(), reason: Box::new(reason) }
}

fn zip_failed(path: &Path, error: ZipError) -> NnpError {
    NnpError::Zip { path: path.into(), reason: error.to_string() }
}

fn member_failed(path: &Path, member: &str, reason: io::Error) -> NnpError {
    NnpError::UnreadableMember { path: path.into(), member: member.into(), reason }
}

fn too_large(path: &Path, member: &str, limit: u64) -> NnpError {
    NnpError::MemberTooLarge { path: path.into(), member: member.into(), limit }
}

#[cfg(test)]
mod tests;
