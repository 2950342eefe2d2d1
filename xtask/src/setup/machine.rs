//! What the machine itself must offer: platform and disk space.

use std::path::Path;

use anyhow::{Context, Result, bail};

/// Fails on anything but Linux on x86_64, for which the pinned wheels are made.
pub(super) fn check_platform() -> Result<()> {
    platform(std::env::consts::OS, std::env::consts::ARCH)
}

fn platform(os: &str, arch: &str) -> Result<()> {
    if (os, arch) != ("linux", "x86_64") {
        bail!(
            "this machine is {os} on {arch}, but libtorch is pinned for linux on x86_64 only; use such a machine \
             (or a container of that platform)"
        );
    }
    Ok(())
}

/// Fails unless the file system of `folder` has `needed` bytes free.
pub(super) fn check_space(folder: &Path, needed: u64) -> Result<()> {
    let disk = rustix::fs::statvfs(folder)
        .with_context(|| format!("the free space at {} could not be read", folder.display()))?;
    let free = disk.f_bavail.saturating_mul(disk.f_frsize);
    if free < needed {
        bail!(
            "{} has {} free, but set-up and build need {}; free some space or move the checkout to a larger disk, \
             then start this again",
            folder.display(),
            gigabytes(free),
            gigabytes(needed)
        );
    }
    Ok(())
}

fn gigabytes(bytes: u64) -> String {
    format!("{}.{} GB", bytes / 1_000_000_000, bytes / 100_000_000 % 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_one_platform_is_served() {
        assert!(platform("linux", "x86_64").is_ok());
        for (os, arch) in [("linux", "aarch64"), ("macos", "x86_64"), ("windows", "x86_64")] {
            let message = platform(os, arch).unwrap_err().to_string();
            assert!(message.contains(os) && message.contains(arch), "{message}");
        }
    }

    #[test]
    fn too_little_space_says_how_much_is_needed() {
        let folder = tempfile::tempdir().unwrap();
        assert!(check_space(folder.path(), 1).is_ok());
        let message = check_space(folder.path(), u64::MAX).unwrap_err().to_string();
        assert!(message.contains("need 18446744073.7 GB"), "{message}");
    }
}
