//! `nnp unpack`: the members of a model as files, and its parameters as arrays.

use std::collections::HashSet;
use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use nnc_dataset::write_npy;
use nnp::archive;
use serde_json::json;

use crate::commands::confined::{self, NewFolders};
use crate::commands::nnp::Model;
use crate::commands::nnp::messages::{NnpFailure, Unpacked, UnsafeMember};
use crate::commands::print_json;
use nnc_console::print_line;
use nnc_messages::Doing;
use nnc_messages::{At, Exit, Failure, Result, Say};
use nnc_text::PathText;

/// Folder for the parameters.
const PARAMETERS: &str = "parameters";
/// More members than any model has.
const MAX_MEMBERS: usize = 100_000;
/// A model unpacks to so many times its size at most; weights hardly shrink.
const MAX_RATIO: u64 = 100;
/// Nobody minds so many bytes, however small the archive is.
const SMALL: u64 = 64 << 20;

/// Unpacks `model` into the folder `target`, which appears when it is complete.
pub(super) fn run(model: &Model, target: &Path, npy: bool, as_json: bool) -> Result<()> {
    if target.exists() && !is_empty_folder(target) {
        return Err(Failure::new(Exit::Usage, NnpFailure::TargetExists { folder: target.to_owned() }));
    }
    let target = std::path::absolute(target)?;
    let parent = target.parent().unwrap_or(Path::new("/"));
    let parents = NewFolders::make(parent);
    let staging = nnc_files::temporary_folder(parent).at(Doing::WriteInto, parent)?;
    model.confine(confined::folder_outputs(staging.path(), &parents.within, &target))?;
    let model = &*model.open()?;
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

    refuse_bomb(model, &members, staging.path())?;
    let mut paths = files.iter().map(|(_, path)| staging.path().join(path));
    archive::copy_members(model, files.iter().map(|(member, _)| *member), |_| -> Result<_> {
        create(&paths.next().unwrap_or_default())
    })?;
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
    if target.exists() {
        fs::remove_dir(&target).at(Doing::Replace, &target)?;
    }
    staging.persist(&target).at(Doing::Make, &target)?;

    if as_json {
        let names: Vec<&str> = files.iter().map(|(member, _)| member.name.as_str()).collect();
        return print_json(&json!({ "folder": PathText(&target), "members": names, "parameters": arrays }));
    }
    for (member, _) in &files {
        print_line(&member.name);
    }
    if npy {
        print_line(Unpacked::Arrays { folder: PARAMETERS, count: arrays.len() }.said());
    }
    Ok(())
}

/// Refuses what would unpack to far more than it is, or to more than the disk takes.
fn refuse_bomb(model: &Path, members: &[archive::Member], folder: &Path) -> Result<()> {
    let refused = |what: NnpFailure| Err(Failure::new(Exit::Failed, what));
    let model = model.to_owned();
    if members.len() > MAX_MEMBERS {
        return refused(NnpFailure::TooManyMembers { model, found: members.len(), limit: MAX_MEMBERS });
    }
    let packed = fs::metadata(&model).at(Doing::Read, &model)?.len();
    let unpacked = members.iter().fold(0, |sum: u64, member| sum.saturating_add(member.size));
    if unpacked > SMALL && unpacked / MAX_RATIO > packed {
        return refused(NnpFailure::Bomb { model, packed, unpacked, ratio: MAX_RATIO });
    }
    match rustix::fs::statvfs(folder).map(|disk| disk.f_bavail.saturating_mul(disk.f_frsize)) {
        Ok(free) if unpacked > free => refused(NnpFailure::NoSpace { model, unpacked, free }),
        _ => Ok(()),
    }
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
