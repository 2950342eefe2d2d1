//! Debian packages that the build links or runs.

use std::env;
use std::fs::{self, File};
use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use nnc_tools_support::{Layout, command};

/// A package and the files it is needed for; the files decide, since they may have come another way.
pub(crate) struct Package {
    name: &'static str,
    purpose: &'static str,
    files: &'static [&'static str],
    programs: &'static [&'static str],
}

/// What the build of the workspace needs.
pub(crate) const BUILD: [Package; 4] = [
    Package { name: "g++", purpose: "compiles the C++ layer over libtorch", files: &[], programs: &["cc", "c++"] },
    Package { name: "cmake", purpose: "builds libjpeg-turbo", files: &[], programs: &["cmake"] },
    // Without it the same pixels are decoded, but several times slower.
    Package { name: "nasm", purpose: "assembles the fast paths of libjpeg-turbo", files: &[], programs: &["nasm"] },
    Package {
        // Brings libgfortran5, which the static library refers to.
        name: "libopenblas-pthread-dev",
        purpose: "static OpenBLAS for the detectors",
        files: &[
            "/usr/lib/x86_64-linux-gnu/openblas-pthread/libopenblas.a",
            "/usr/lib/x86_64-linux-gnu/libgfortran.so.5",
        ],
        programs: &[],
    },
];

/// What writes images in many ways, to compare how they are read.
pub(crate) const IMAGES: [Package; 3] = [
    Package {
        name: "libjpeg-turbo-progs",
        purpose: "writes JPEGs in all their options",
        files: &[],
        programs: &["cjpeg", "jpegtran"],
    },
    Package { name: "libtiff-tools", purpose: "writes TIFFs in all their options", files: &[], programs: &["tiffcp"] },
    Package { name: "imagemagick", purpose: "writes images of all formats", files: &[], programs: &["convert"] },
];

/// What opening pages in a browser needs.
pub(crate) const BROWSER: [Package; 4] = [
    Package { name: "chromium", purpose: "opens the pages", files: &[], programs: &["chromium"] },
    Package {
        name: "fonts-noto-cjk",
        purpose: "Japanese text on the pages",
        files: &["/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc"],
        programs: &[],
    },
    Package { name: "nodejs", purpose: "drives the browser", files: &[], programs: &["node"] },
    Package { name: "npm", purpose: "fetches what drives the browser", files: &[], programs: &["npm"] },
];

impl Package {
    fn is_present(&self, root: &Path, path: &[PathBuf]) -> bool {
        let file = |file: &&str| root.join(file.trim_start_matches('/')).exists();
        let program = |program: &&str| path.iter().any(|folder| folder.join(program).is_file());
        self.files.iter().all(file) && self.programs.iter().all(program)
    }
}

/// Installs the packages whose files are missing, or fails with the command that does.
pub(crate) fn install_missing(layout: &Layout, packages: &[Package]) -> Result<()> {
    let path: Vec<PathBuf> = env::var_os("PATH").map_or_else(Vec::new, |path| env::split_paths(&path).collect());
    let missing: Vec<_> = packages.iter().filter(|package| !package.is_present(Path::new("/"), &path)).collect();
    if missing.is_empty() {
        println!("set-up: Debian packages are there");
        return Ok(());
    }
    for package in &missing {
        println!("set-up: Debian package {} is missing ({})", package.name, package.purpose);
    }
    let names: Vec<_> = missing.iter().map(|package| package.name).collect();
    let by_hand = format!("apt-get install {}", names.join(" "));
    if !path.iter().any(|folder| folder.join("apt-get").is_file()) {
        bail!("apt-get was not found; install what `{by_hand}` would bring on Debian 12 and start this again");
    }
    let prefix: &[&str] = if runs_as_root() {
        &[]
    } else if sudo_asks_nothing() {
        &["sudo", "-n"]
    } else {
        bail!("installing needs root rights; run `sudo {by_hand}` and start this again");
    };
    let log = layout.logs().join("apt.log");
    apt_get(layout, prefix, &["update"], &log)?;
    let install: Vec<_> = ["install", "--yes", "--no-install-recommends"].into_iter().chain(names).collect();
    apt_get(layout, prefix, &install, &log)?;
    if let Some(package) = missing.iter().find(|package| !package.is_present(Path::new("/"), &path)) {
        bail!(
            "{} is installed but did not bring {}; this machine does not look like Debian 12 on x86_64",
            package.name,
            [package.files, package.programs].concat().join(" and ")
        );
    }
    Ok(())
}

/// The owner of a process's folder is the user it acts as.
pub(crate) fn runs_as_root() -> bool {
    fs::metadata("/proc/self").is_ok_and(|own| own.uid() == 0)
}

fn sudo_asks_nothing() -> bool {
    Command::new("sudo")
        .args(["-n", "true"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// Runs apt-get with its output in `log`; shows only how much it fetches.
fn apt_get(layout: &Layout, prefix: &[&str], arguments: &[&str], log: &Path) -> Result<()> {
    let words: Vec<&str> = prefix
        .iter()
        .copied()
        .chain(["env", "DEBIAN_FRONTEND=noninteractive", "LC_ALL=C.UTF-8", "apt-get"])
        .chain(arguments.iter().copied())
        .collect();
    println!("$ {}", words.join(" "));
    fs::create_dir_all(layout.logs()).with_context(|| format!("{} could not be created", layout.logs().display()))?;
    let open = || File::options().create(true).append(true).open(log);
    let mut copy = open().with_context(|| format!("{} could not be opened", log.display()))?;
    let errors = copy.try_clone().with_context(|| format!("{} could not be opened", log.display()))?;
    let (program, rest) = words.split_first().context("an empty command line")?;
    let mut child = Command::new(program)
        .args(rest)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(errors)
        .spawn()
        .with_context(|| format!("{program} could not be started"))?;
    if let Some(output) = child.stdout.take() {
        for line in BufReader::new(output).split(b'\n') {
            let line = line.context("the output of apt-get could not be read")?;
            let line = String::from_utf8_lossy(&line);
            writeln!(copy, "{line}").with_context(|| format!("{} could not be written", log.display()))?;
            if line.starts_with("Need to get ") || line.starts_with("After this operation") {
                println!("  {line}");
            }
        }
    }
    let status = child.wait().context("apt-get could not be waited for")?;
    if !status.success() {
        bail!(
            "apt-get {}: {}; its output in {} says why (no network, no package sources or another apt-get at work)",
            arguments.first().copied().unwrap_or_default(),
            command::ending(status),
            layout.show(log)
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_is_present_only_with_all_its_files_and_programs() {
        let root = tempfile::tempdir().unwrap();
        let bin = root.path().join("bin");
        let package =
            Package { name: "p", purpose: "", files: &["/usr/lib/a.a", "/usr/lib/b.so"], programs: &["tool"] };
        let present = || package.is_present(root.path(), std::slice::from_ref(&bin));
        assert!(!present());
        fs::create_dir_all(root.path().join("usr/lib")).unwrap();
        fs::create_dir_all(&bin).unwrap();
        fs::write(bin.join("tool"), "").unwrap();
        fs::write(root.path().join("usr/lib/a.a"), "").unwrap();
        assert!(!present());
        fs::write(root.path().join("usr/lib/b.so"), "").unwrap();
        assert!(present());
    }
}
