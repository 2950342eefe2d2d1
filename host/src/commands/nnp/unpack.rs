//! `nnp unpack`: the members of a model as files, and its parameters as arrays.

use std::collections::HashSet;
use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use nnc_dataset::write_npy;
use nnp::archive;
use serde_json::json;

use crate::commands::nnp::messages::{NnpFailure, Unpacked, UnsafeMember};
use crate::commands::print_json;
use nnc_messages::Doing;
use nnc_messages::{At, Exit, Failure, Result, Say};

/// Folder for the parameters.
const PARAMETERS: &str = "parameters";

/// Unpacks the model at `model` into the folder `target`, which appears when it is complete.
pub(super) fn run(model: &Path, target: &Path, npy: bool, as_json: bool) -> Result<()> {
    if target.exists() && !is_empty_folder(target) {
        return Err(Failure::new(Exit::Usage, NnpFailure::TargetExists { folder: target.to_owned() }));
    }
    let members = archive::list(model)?;
    // Checked as a whole before anything is written.
    let mut files = Vec::with_capacity(members.len());
    let mut folded = HashSet::new();
    for member in members.iter().filter(|member| !member.name.ends_with('/')) {
        let unsafe_name = |why| {
            let (model, member) = (model.to_owned(), format!("{:?}", member.name));
            Failure::new(Exit::Failed, NnpFailure::UnsafeMember { model, member, why })
        };
        let path = inside(&member.name).ok_or_else(|| unsafe_name(UnsafeMember::Outside))?;
        if member.name.chars().any(char::is_control) {
            return Err(unsafe_name(UnsafeMember::ControlCharacters));
        }
        // Two names that are one file on a disk that knows no case.
        if !folded.insert(member.name.to_lowercase()) {
            return Err(unsafe_name(UnsafeMember::CaseOnly));
        }
        if npy && path.starts_with(PARAMETERS) {
            return Err(unsafe_name(UnsafeMember::InTheWay));
        }
        files.push((member, path));
    }

    let target = std::path::absolute(target)?;
    let parent = target.parent().unwrap_or(Path::new("/"));
    fs::create_dir_all(parent).at(Doing::Make, parent)?;
    let staging = tempfile::Builder::new().prefix(".nnp-unpack-").tempdir_in(parent).at(Doing::WriteInto, parent)?;
    for (member, path) in &files {
        let path = staging.path().join(path);
        let mut file = create(&path)?;
        archive::copy_member(model, &member.name, member.size, &mut file)?;
        file.flush().at(Doing::Write, &path)?;
    }
    let mut arrays = Vec::new();
    if npy {
        for parameter in &archive::read(model)?.parameters {
            let name = array_name(&parameter.name);
            let path = staging.path().join(&name);
            let mut file = create(&path)?;
            write_npy(&mut file, &parameter.shape, &parameter.data)
                .and_then(|()| file.flush())
                .at(Doing::Write, &path)?;
            arrays.push(name);
        }
    }
    usual_mode(staging.path())?;
    if target.exists() {
        fs::remove_dir(&target).at(Doing::Replace, &target)?;
    }
    fs::rename(staging.keep(), &target).at(Doing::Make, &target)?;

    if as_json {
        let names: Vec<&str> = files.iter().map(|(member, _)| member.name.as_str()).collect();
        return print_json(&json!({ "folder": target, "members": names, "parameters": arrays }));
    }
    for (member, _) in &files {
        println!("{}", member.name);
    }
    if npy {
        println!("{}", Unpacked::Arrays { folder: PARAMETERS, count: arrays.len() }.said());
    }
    Ok(())
}

fn is_empty_folder(path: &Path) -> bool {
    fs::read_dir(path).is_ok_and(|mut entries| entries.next().is_none())
}

/// Makes a file that is not there yet, with the folders above it.
fn create(path: &Path) -> Result<BufWriter<File>> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).at(Doing::Make, folder)?;
    }
    Ok(BufWriter::new(File::create_new(path).at(Doing::Make, path)?))
}

/// Temporary folders are private; what was unpacked is meant to be read by others.
fn usual_mode(folder: &Path) -> Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(folder, fs::Permissions::from_mode(0o755)).at(Doing::OpenUp, folder)
}

/// The member's name as a path below a folder; `None` for one that would lead out of it, on any system.
fn inside(name: &str) -> Option<PathBuf> {
    let parts = name.split(['/', '\\']);
    let fine = |part: &str| !matches!(part, "" | "." | "..") && !part.contains(['\0', ':']);
    parts.into_iter().all(fine).then(|| name.split(['/', '\\']).collect())
}

/// Where a parameter goes: its name as a path, with `%` and two digits for what cannot stand in one.
fn array_name(parameter: &str) -> String {
    let mut path = PARAMETERS.to_owned();
    for part in parameter.split('/') {
        path.push('/');
        let dots_only = part.chars().all(|c| c == '.');
        for c in part.chars() {
            match c {
                '%' | '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|' | '\0'..='\x1f' => {
                    path.push_str(&format!("%{:02x}", u32::from(c)));
                }
                '.' if dots_only => path.push_str("%2e"),
                other => path.push(other),
            }
        }
        if part.is_empty() {
            path.push_str("%00");
        }
    }
    path + ".npy"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stay_inside() {
        for name in ["a.nntxt", "sub/a.h5", "sub\\b", "..a", "a..b/c"] {
            assert!(inside(name).is_some_and(|path| path.is_relative()), "{name}");
        }
        for name in ["../a", "/etc/passwd", "a/../../b", "a//b", "", ".", "c:/x", "..\\a", "a/\0", "\\\\host\\x"] {
            assert_eq!(inside(name), None, "{name:?}");
        }
    }

    #[test]
    fn every_parameter_has_a_file_of_its_own() {
        for (name, expected) in [
            ("conv/W", "parameters/conv/W.npy"),
            ("../x", "parameters/%2e%2e/x.npy"),
            ("/a", "parameters/%00/a.npy"),
            ("a%:b", "parameters/a%25%3ab.npy"),
            ("x.y", "parameters/x.y.npy"),
        ] {
            assert_eq!(array_name(name), expected);
        }
    }
}
