//! The pinned wheels that libtorch and ONNX Runtime are taken from, and whether a file is one of them.

use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use sha2::{Digest, Sha256};

use nnc_tools_support::Layout;

/// One file of a package registry, fixed to the byte.
pub(super) struct Wheel {
    /// Name of the package.
    pub(super) name: &'static str,
    pub(super) version: &'static str,
    /// Platform tag of the file.
    pub(super) platform: &'static str,
    pub(super) bytes: u64,
    /// Lower-case hexadecimal digits.
    pub(super) sha256: &'static str,
}

/// libtorch and its headers.
pub(super) const TORCH: Wheel = Wheel {
    name: "torch",
    version: "2.11.0",
    platform: "manylinux_2_28_x86_64",
    bytes: 530_604_548,
    sha256: "7aa2f9bbc6d4595ba72138026b2074be1233186150e9292865e04b7a63b8c67a",
};

/// libcudart, which libtorch's CPU library names as needed.
pub(super) const CUDA_RUNTIME: Wheel = Wheel {
    name: "nvidia-cuda-runtime",
    version: "13.0.96",
    platform: "manylinux2014_x86_64",
    bytes: 2_243_632,
    sha256: "7f82250d7782aa23b6cfe765ecc7db554bd3c2870c43f3d1821f1d18aebf0548",
};

/// libcupti, which libtorch's CPU library names as needed.
pub(super) const CUDA_PROFILER: Wheel = Wheel {
    name: "nvidia-cuda-cupti",
    version: "13.0.85",
    platform: "manylinux_2_25_x86_64",
    bytes: 10_715_597,
    sha256: "4eb01c08e859bf924d222250d2e8f8b8ff6d3db4721288cf35d14252a4d933c8",
};

/// ONNX Runtime's library, which runs networks on CPUs.
pub(super) const ONNXRUNTIME: Wheel = Wheel {
    name: "onnxruntime",
    version: "1.32.0",
    platform: "manylinux_2_28_x86_64",
    bytes: 27_773_237,
    sha256: "5a34fc4dfeb5a7b4a74c95dcba1e773d722abda720b474edf1b0c419dc6d163d",
};

impl Wheel {
    /// Where the checked file lies.
    pub(super) fn path(&self, layout: &Layout) -> PathBuf {
        layout.wheels().join(format!("{}-{}.whl", self.name, self.version))
    }

    /// True if an earlier run fetched the file and it is whole.
    pub(super) fn is_kept(&self, layout: &Layout) -> bool {
        self.path(layout).exists() && self.check(&self.path(layout)).is_ok()
    }

    /// Fails unless `file` is exactly the pinned one.
    pub(super) fn check(&self, file: &Path) -> Result<()> {
        let bytes = fs::metadata(file).with_context(|| format!("{} could not be read", file.display()))?.len();
        if bytes != self.bytes {
            bail!(
                "{} holds {bytes} bytes where {} {} has {}; start this again to fetch it anew",
                file.display(),
                self.name,
                self.version,
                self.bytes
            );
        }
        let found = sha256(file)?;
        if found != self.sha256 {
            bail!(
                "{} has sha256 {found} where {} {} has {}; start this again to fetch it anew, and if that does not \
                 help check which index pip uses (`python3 -m pip config list`)",
                file.display(),
                self.name,
                self.version,
                self.sha256
            );
        }
        Ok(())
    }
}

/// Sha256 of a file's content as lower-case hexadecimal digits.
fn sha256(path: &Path) -> Result<String> {
    let unreadable = || format!("{} could not be read", path.display());
    let mut file = File::open(path).with_context(unreadable)?;
    let mut hash = Sha256::new();
    let mut buffer = vec![0; 1 << 20];
    loop {
        let read = file.read(&mut buffer).with_context(unreadable)?;
        let Some(chunk) = buffer.get(..read).filter(|chunk| !chunk.is_empty()) else {
            break;
        };
        hash.update(chunk);
    }
    Ok(hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    const ABC: Wheel = Wheel {
        name: "abc",
        version: "1",
        platform: "any",
        bytes: 3,
        sha256: "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
    };

    #[test]
    fn only_the_pinned_bytes_pass() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("abc.whl");
        let message = |content: &str| {
            fs::write(&file, content).unwrap();
            ABC.check(&file).map_err(|error| error.to_string())
        };
        assert_eq!(message("abc"), Ok(()));
        assert!(message("ab").unwrap_err().contains("holds 2 bytes where abc 1 has 3"));
        assert!(message("abd").unwrap_err().contains("where abc 1 has ba7816bf"));
    }

    #[test]
    fn a_wheel_is_kept_only_when_it_is_whole() {
        let folder = tempfile::tempdir().unwrap();
        let layout = Layout {
            root: folder.path().to_path_buf(),
            deps: folder.path().join(".deps"),
            release: folder.path().to_path_buf(),
        };
        assert!(!ABC.is_kept(&layout));
        fs::create_dir_all(layout.wheels()).unwrap();
        fs::write(ABC.path(&layout), "ab").unwrap();
        assert!(!ABC.is_kept(&layout));
        fs::write(ABC.path(&layout), "abc").unwrap();
        assert!(ABC.is_kept(&layout));
    }
}
