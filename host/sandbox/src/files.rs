//! Landlock: which files a process reads and writes, and that it connects nowhere and signals nobody outside.

use std::os::fd::AsFd;
use std::path::{Path, PathBuf};

use landlock::{
    ABI, Access, AccessFs, AccessNet, BitFlags, PathBeneath, PathFd, Ruleset, RulesetAttr, RulesetCreated,
    RulesetCreatedAttr, RulesetError, Scope, make_bitflags,
};
use nnc_files::own_executable;

use crate::permissions::Permissions;
use crate::system;

/// The newest interface whose rights are thought through here; what an older kernel lacks of them is left out.
const VERSION: ABI = ABI::V6;

/// Reading files and folders.
fn reading() -> BitFlags<AccessFs> {
    AccessFs::ReadFile | AccessFs::ReadDir
}

/// Reading and changing. No pipes, sockets and devices: nobody has a use for them in results. A link leads a confined
/// process nowhere that it may not go; who reads results later refuses them.
fn changing() -> BitFlags<AccessFs> {
    reading()
        | make_bitflags!(AccessFs::{WriteFile | RemoveFile | RemoveDir | MakeReg | MakeDir | MakeSym | Refer | Truncate})
}

/// The rules of a process that is still to become this program.
pub(crate) fn rules(allowed: &Permissions) -> Result<RulesetCreated, RulesetError> {
    let mut ruleset = Ruleset::default().handle_access(AccessFs::from_all(VERSION))?.scope(Scope::from_all(VERSION))?;
    if !allowed.network {
        ruleset = ruleset.handle_access(AccessNet::from_all(VERSION))?;
    }
    let mut rules = ruleset.create()?;
    for path in system::read().iter().chain(&allowed.read) {
        rules = with(rules, path, reading())?;
    }
    for path in system::read_and_write().iter().chain(&allowed.write) {
        rules = with(rules, path, changing())?;
    }
    if allowed.cuda {
        for path in system::cuda_read() {
            rules = with(rules, &path, reading())?;
        }
        for path in system::cuda_devices() {
            rules = with(rules, &path, reading() | AccessFs::WriteFile | AccessFs::IoctlDev)?;
        }
    }
    for path in own_executable().ok().into_iter().chain(system::loader()) {
        rules = with(rules, &path, AccessFs::Execute | AccessFs::ReadFile)?;
    }
    Ok(rules)
}

/// The rules of this very process, once it is about to read files of others: it may read what its user may, write beneath
/// `written`, and give finished folders their names in `named`. It starts no program.
///
/// Reading is left alone: tables name files anywhere, and whatever is read stays here, since nothing else is written and nothing
/// is connected to.
pub(crate) fn own_rules(written: &[PathBuf], named: &[PathBuf]) -> Result<RulesetCreated, RulesetError> {
    let handled = AccessFs::from_write(VERSION) | AccessFs::Execute;
    let ruleset = Ruleset::default().handle_access(handled)?.handle_access(AccessNet::from_all(VERSION))?;
    let mut rules = ruleset.scope(Scope::from_all(VERSION))?.create()?;
    for path in system::read_and_write() {
        rules = with(rules, &path, AccessFs::WriteFile.into())?;
    }
    for path in written {
        rules = with(rules, path, changing() & handled)?;
    }
    for path in named {
        rules = with(rules, path, AccessFs::MakeDir | AccessFs::RemoveDir)?;
    }
    Ok(rules)
}

/// Facts about the process itself, which `/proc/self` is only once it is that process.
pub(crate) fn with_own_facts(rules: RulesetCreated, own: impl AsFd) -> Result<RulesetCreated, RulesetError> {
    rules.add_rule(PathBeneath::new(own, reading()))
}

/// Adds a right to a path; one that is not there is not needed either.
fn with(rules: RulesetCreated, path: &Path, rights: BitFlags<AccessFs>) -> Result<RulesetCreated, RulesetError> {
    let Ok(opened) = PathFd::new(path) else { return Ok(rules) };
    let is_folder =
        rustix::fs::fstat(&opened).is_ok_and(|found| rustix::fs::FileType::from_raw_mode(found.st_mode).is_dir());
    let rights = if is_folder { rights } else { rights & AccessFs::from_file(VERSION) };
    rules.add_rule(PathBeneath::new(opened, rights))
}
