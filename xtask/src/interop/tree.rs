//! A Debian 11 tree below `.deps/interop`, because nnabla 1.39 has no build for a Python after 3.10.
//!
//! Two steps, each with a stamp inside what it makes: a stamp that is missing or tells of another recipe means that
//! the step is done again from the start. The machine's own package sources and pip settings stay in force.

use std::env;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::setup;
use nnc_tools_support::Layout;
use nnc_tools_support::command;

/// Debian 11, whose Python is 3.9.
const SUITE: &str = "bullseye";
/// What Python needs beyond the smallest system.
const PACKAGES: &str = "python3,python3-distutils";
/// nnabla and the packages its loader and `forward` command import, fixed to the byte.
const REQUIREMENTS: &str = include_str!("requirements.txt");
/// Folder of the Python packages inside the tree.
const LIBRARIES: &str = "opt/nnabla";
/// Name of the file that tells how a folder was made.
const STAMP: &str = ".made-of";

/// A finished tree.
pub(super) struct Tree {
    root: PathBuf,
}

/// Fails unless this machine and user can make such a tree.
pub(super) fn check() -> Result<()> {
    let path: Vec<PathBuf> = env::var_os("PATH").map_or_else(Vec::new, |path| env::split_paths(&path).collect());
    let found = |program: &str| path.iter().any(|folder| folder.join(program).is_file());
    if !setup::runs_as_root() || !found("debootstrap") {
        bail!(
            "making the Debian 11 tree for nnabla needs root rights and debootstrap; run \
             `apt-get install debootstrap` and start this again, both as root"
        );
    }
    Ok(())
}

impl Tree {
    /// Makes what an earlier run did not finish.
    pub(super) fn make(layout: &Layout) -> Result<Self> {
        let _lock = nnc_tools_support::lock(layout)?;
        let tree = Self { root: layout.deps.join("interop/root") };
        let recipe = format!("{SUITE} {PACKAGES}\n");
        if !is_made_of(&tree.root, &recipe) {
            tree.install_debian(layout)?;
            seal(&tree.root, &recipe)?;
        }
        let libraries = tree.inside(LIBRARIES);
        if !is_made_of(&libraries, REQUIREMENTS) {
            install_libraries(layout, &libraries)?;
            seal(&libraries, REQUIREMENTS)?;
        }
        println!("interop: nnabla and its Debian tree are in {}", layout.show(&tree.root));
        Ok(tree)
    }

    /// A path as it is seen from outside the tree.
    pub(super) fn inside(&self, path: &str) -> PathBuf {
        self.root.join(path)
    }

    /// The tree's Python, with nnabla and without anything of this process's environment.
    pub(super) fn python(&self) -> Command {
        let mut python = Command::new("chroot");
        python.arg(&self.root).args(["/usr/bin/env", "--ignore-environment", "HOME=/root", "LANG=C.UTF-8"]);
        python.args(["PATH=/usr/bin:/bin", &format!("PYTHONPATH=/{LIBRARIES}"), "python3"]);
        python
    }

    fn install_debian(&self, layout: &Layout) -> Result<()> {
        remove(&self.root)?;
        fs::create_dir_all(&self.root).with_context(|| format!("{} could not be created", self.root.display()))?;
        println!("interop: making a Debian 11 tree (about 100 MB to fetch, some minutes)");
        // What debootstrap mounts goes away with it, even if it is killed.
        let mut debootstrap = Command::new("unshare");
        debootstrap.args(["--mount", "--pid", "--fork", "--kill-child", "debootstrap", "--variant=minbase"]);
        debootstrap.arg(format!("--include={PACKAGES}")).arg(SUITE).arg(&self.root).arg(mirror()?);
        run_logged(layout, "debootstrap", &mut debootstrap)
    }
}

/// Unpacks the pinned wheels with the pip of this machine, whose own Python may be any.
fn install_libraries(layout: &Layout, folder: &Path) -> Result<()> {
    nnc_tools_support::pip::check()?;
    remove(folder)?;
    let requirements = layout.deps.join("interop/requirements.txt");
    fs::write(&requirements, REQUIREMENTS)
        .with_context(|| format!("{} could not be written", requirements.display()))?;
    let mut pip = Command::new("python3");
    pip.args(["-m", "pip", "install", "--no-input", "--progress-bar", "off", "--disable-pip-version-check"]);
    // Compiled files would be those of this machine's Python.
    pip.args(["--no-compile", "--no-deps", "--only-binary", ":all:", "--require-hashes"]);
    pip.args(["--python-version", "3.9", "--implementation", "cp", "--abi", "cp39", "--abi", "none"]);
    for platform in ["manylinux_2_28_x86_64", "manylinux_2_17_x86_64", "manylinux1_x86_64"] {
        pip.args(["--platform", platform]);
    }
    pip.arg("--target").arg(folder).arg("--requirement").arg(&requirements);
    run_logged(layout, "pip", &mut pip)
}

/// True if the step that made `folder` came to its end with this recipe.
fn is_made_of(folder: &Path, recipe: &str) -> bool {
    fs::read_to_string(folder.join(STAMP)).is_ok_and(|found| found == recipe)
}

fn seal(folder: &Path, recipe: &str) -> Result<()> {
    let stamp = folder.join(STAMP);
    fs::write(&stamp, recipe).with_context(|| format!("{} could not be written", stamp.display()))
}

fn remove(folder: &Path) -> Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder).with_context(|| format!("{} could not be removed", folder.display()))?;
    }
    Ok(())
}

/// Runs a talkative tool with its output in a log file.
fn run_logged(layout: &Layout, name: &str, command: &mut Command) -> Result<()> {
    let folder = layout.logs();
    fs::create_dir_all(&folder).with_context(|| format!("{} could not be created", folder.display()))?;
    let log = folder.join(format!("interop-{name}.log"));
    let output = File::create(&log).with_context(|| format!("{} could not be created", log.display()))?;
    let errors = output.try_clone().with_context(|| format!("{} could not be opened", log.display()))?;
    command.stdin(Stdio::null()).stdout(output).stderr(errors);
    command::run(layout, name, command)
        .with_context(|| format!("the tree for nnabla could not be made; the reason is in {}", layout.show(&log)))
}

/// The place this machine fetches its own Debian packages from, by apt's word.
fn mirror() -> Result<String> {
    let system = fs::read_to_string("/etc/os-release").context("/etc/os-release could not be read")?;
    let codename = codename(&system).context("/etc/os-release names no VERSION_CODENAME; this needs Debian")?;
    let output = Command::new("apt-get")
        .args(["indextargets", "--format", "$(RELEASE) $(COMPONENT) $(REPO_URI)", "Created-By: Packages"])
        .stdin(Stdio::null())
        .output()
        .context("apt-get could not be started")?;
    let sources = String::from_utf8_lossy(&output.stdout);
    let uri = source(&sources, codename).with_context(|| {
        format!("apt has no package source for `{codename} main`, so there is no mirror to make the tree from")
    })?;
    Ok(uri.to_owned())
}

fn codename(os_release: &str) -> Option<&str> {
    os_release.lines().find_map(|line| line.strip_prefix("VERSION_CODENAME=")).map(|name| name.trim_matches('"'))
}

/// Address of the first source of the release itself; updates and third-party sources have other release names.
fn source<'a>(targets: &'a str, codename: &str) -> Option<&'a str> {
    targets.lines().find_map(|line| {
        let mut fields = line.splitn(3, ' ');
        let wanted = fields.next()? == codename && fields.next()? == "main";
        wanted.then(|| fields.next())?
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mirror_is_that_of_the_release_itself() {
        let targets = "tools-bookworm main http://tools.example/apt/\n\
                       bookworm-updates main http://mirror.example/updates/\n\
                       bookworm contrib http://mirror.example/contrib/\n\
                       bookworm main http://mirror.example/debian/\n";
        assert_eq!(source(targets, "bookworm"), Some("http://mirror.example/debian/"));
        assert_eq!(source(targets, "trixie"), None);
        assert_eq!(source("bookworm main", "bookworm"), None);
        assert_eq!(source("", "bookworm"), None);
    }

    #[test]
    fn the_codename_may_be_quoted() {
        assert_eq!(codename("ID=debian\nVERSION_CODENAME=bookworm\n"), Some("bookworm"));
        assert_eq!(codename("VERSION_CODENAME=\"trixie\"\n"), Some("trixie"));
        assert_eq!(codename("ID=other\n"), None);
    }

    #[test]
    fn a_folder_counts_only_with_the_stamp_of_the_same_recipe() {
        let folder = tempfile::tempdir().unwrap();
        assert!(!is_made_of(folder.path(), "one"));
        seal(folder.path(), "one").unwrap();
        assert!(is_made_of(folder.path(), "one"));
        assert!(!is_made_of(folder.path(), "two"));
    }

    #[test]
    fn every_requirement_is_pinned_with_a_hash() {
        for line in REQUIREMENTS.lines() {
            let (pin, hash) = line.split_once(" --hash=sha256:").unwrap();
            assert!(pin.contains("==") && hash.len() == 64, "{line}");
        }
    }
}
