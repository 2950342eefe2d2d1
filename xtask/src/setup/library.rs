//! Unpacking libraries from wheels: libtorch (the CPU library, what it needs at run time, and the headers) and ONNX Runtime.
//!
//! A torch wheel carries no file with its version, so the build cannot check it. The stamp does: it names the wheels
//! and is written last, and a folder without it, or with another one, is made anew.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::io;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use zip::ZipArchive;

use super::wheel::{CUDA_PROFILER, CUDA_RUNTIME, ONNXRUNTIME as ONNXRUNTIME_WHEEL, TORCH, Wheel};
use nnc_tools_support::Layout;

/// Name of the file that marks a finished folder.
const STAMP: &str = "nnc-host-setup.txt";

/// A library and what comes with it, in a folder of its own beside others.
pub(super) struct Library {
    /// The folder, and what the library is called.
    pub(super) name: &'static str,
    /// Size of the finished folder in bytes, rounded up.
    pub(super) bytes: u64,
    wheels: &'static [(&'static Wheel, &'static [Taken])],
    /// A further name of a library, and the file that it stands for.
    link: Option<(&'static str, &'static str)>,
}

/// What is taken from a wheel: a file, or a folder with everything below it, and where it goes.
struct Taken {
    from: &'static str,
    to: &'static str,
}

pub(super) const LIBTORCH: Library = Library {
    name: "libtorch",
    bytes: 530_000_000,
    wheels: &[
        (
            &TORCH,
            &[
                Taken { from: "torch/lib/libtorch_cpu.so", to: "lib/libtorch_cpu.so" },
                Taken { from: "torch/lib/libc10.so", to: "lib/libc10.so" },
                Taken { from: "torch/lib/libgomp.so.1", to: "lib/libgomp.so.1" },
                Taken { from: "torch/include/", to: "include/" },
            ],
        ),
        (&CUDA_RUNTIME, &[Taken { from: "nvidia/cu13/lib/libcudart.so.13", to: "lib/libcudart.so.13" }]),
        (&CUDA_PROFILER, &[Taken { from: "nvidia/cu13/lib/libcupti.so.13", to: "lib/libcupti.so.13" }]),
    ],
    // The name that torch's build scripts link against.
    link: Some(("lib/libtorch.so", "libtorch_cpu.so")),
};

/// Nothing is built against it: it is opened at run time, under the name with its version.
pub(super) const ONNXRUNTIME: Library = Library {
    name: "onnxruntime",
    bytes: 36_000_000,
    wheels: &[(
        &ONNXRUNTIME_WHEEL,
        &[
            Taken { from: "onnxruntime/capi/libonnxruntime.so.1.32.0", to: "lib/libonnxruntime.so.1.32.0" },
            Taken { from: "onnxruntime/LICENSE", to: "LICENSE" },
            Taken { from: "onnxruntime/ThirdPartyNotices.txt", to: "ThirdPartyNotices.txt" },
        ],
    )],
    link: None,
};

impl Library {
    /// The finished folder.
    pub(super) fn folder(&self, layout: &Layout) -> PathBuf {
        layout.deps.join(self.name)
    }

    /// The wheels that it is unpacked from.
    pub(super) fn wheels(&self) -> impl Iterator<Item = &'static Wheel> {
        self.wheels.iter().map(|(wheel, _)| *wheel)
    }

    /// The version of its main wheel.
    pub(super) fn version(&self) -> &'static str {
        self.wheels().next().map_or("", |wheel| wheel.version)
    }

    /// True if `folder` was finished from exactly these wheels and its libraries still have their sizes.
    pub(super) fn is_complete(&self, folder: &Path) -> bool {
        let Ok(found) = fs::read_to_string(folder.join(STAMP)) else {
            return false;
        };
        // Rebuilt from what lies there, so a library that was cut short or removed shows as a difference.
        self.stamp(folder).is_ok_and(|expected| found == expected)
    }

    /// Unpacks the fetched wheels into a new folder, then puts it in the place of the old one.
    pub(super) fn unpack(&self, layout: &Layout) -> Result<()> {
        let partial = layout.deps.join(format!("{}.partial", self.name));
        remove(&partial)?;
        for (wheel, taken) in self.wheels {
            let path = wheel.path(layout);
            for item in *taken {
                take(&path, item, &partial).map_err(advise)?;
            }
        }
        if let Some((link, file)) = self.link {
            symlink(file, partial.join(link)).with_context(|| format!("{link} could not be linked"))?;
        }
        // Nine thousand headers: one call for the whole file system is much faster than one for each.
        let folder = File::open(&partial).with_context(|| format!("{} could not be opened", partial.display()))?;
        rustix::fs::syncfs(&folder).with_context(|| format!("{} could not be written to disk", partial.display()))?;
        let stamp_file = partial.join(STAMP);
        fs::write(&stamp_file, self.stamp(&partial)?)
            .and_then(|()| File::open(&stamp_file)?.sync_all())
            .with_context(|| format!("{} could not be written", stamp_file.display()))?;
        let finished = self.folder(layout);
        remove(&finished)?;
        fs::rename(&partial, &finished)
            .with_context(|| format!("{} could not be moved to {}", partial.display(), finished.display()))
    }

    /// Text of the stamp: the wheels, then each library with its size.
    fn stamp(&self, folder: &Path) -> Result<String> {
        let mut text = String::new();
        for (wheel, taken) in self.wheels {
            writeln!(text, "wheel {}=={} sha256:{}", wheel.name, wheel.version, wheel.sha256)?;
            for item in taken.iter().filter(|item| !item.to.ends_with('/')) {
                let bytes = fs::metadata(folder.join(item.to))?.len();
                writeln!(text, "file {} {bytes}", item.to)?;
            }
            for item in taken.iter().filter(|item| item.to.ends_with('/')) {
                let entries = fs::read_dir(folder.join(item.to))?.count();
                writeln!(text, "folder {} {entries}", item.to)?;
            }
        }
        Ok(text)
    }
}

/// Copies one item out of the wheel at `path` into `folder`.
fn take(path: &Path, item: &Taken, folder: &Path) -> Result<()> {
    let unreadable = || format!("{} could not be read", path.display());
    let file = File::open(path).with_context(unreadable)?;
    let mut archive = ZipArchive::new(io::BufReader::new(file)).with_context(unreadable)?;
    let mut names = Vec::new();
    for name in archive.file_names() {
        let name = name.with_context(unreadable)?;
        let wanted = if item.from.ends_with('/') { name.starts_with(item.from) } else { name == item.from };
        if wanted && !name.ends_with('/') {
            names.push(name.into_owned());
        }
    }
    if names.is_empty() {
        bail!("{} holds no {}", path.display(), item.from);
    }
    for name in names {
        let mut entry = archive.by_name(&name).with_context(unreadable)?;
        let inside =
            entry.enclosed_name().with_context(|| format!("{} holds the unsafe name {name}", path.display()))?;
        let rest = inside.strip_prefix(item.from).with_context(unreadable)?;
        let target = if rest.as_os_str().is_empty() { folder.join(item.to) } else { folder.join(item.to).join(rest) };
        write(&mut entry, &target).with_context(|| format!("{} could not be written", target.display()))?;
    }
    Ok(())
}

fn write(entry: &mut impl io::Read, target: &PathBuf) -> io::Result<()> {
    if let Some(folder) = target.parent() {
        fs::create_dir_all(folder)?;
    }
    io::copy(entry, &mut File::create(target)?)?;
    Ok(())
}

fn remove(folder: &Path) -> Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("{} could not be removed", folder.display()))
        }
        _ => Ok(()),
    }
}

/// Adds what to do where the disk ran full.
fn advise(error: anyhow::Error) -> anyhow::Error {
    let full = error
        .chain()
        .filter_map(|cause| cause.downcast_ref::<io::Error>())
        .any(|cause| cause.kind() == io::ErrorKind::StorageFull);
    if full { error.context("the disk is full; free some space and start this again") } else { error }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;
    use zip::write::SimpleFileOptions;

    /// A checkout whose wheels are tiny but have the right members.
    fn checkout(folder: &Path) -> Layout {
        let layout = Layout { root: folder.to_path_buf(), deps: folder.join(".deps"), release: folder.to_path_buf() };
        fs::create_dir_all(layout.wheels()).unwrap();
        for (wheel, taken) in LIBTORCH.wheels.iter().chain(ONNXRUNTIME.wheels) {
            let mut archive = zip::ZipWriter::new(File::create(wheel.path(&layout)).unwrap());
            for item in *taken {
                let name = if item.from.ends_with('/') { format!("{}ATen/a.h", item.from) } else { item.from.into() };
                archive.start_file(name, SimpleFileOptions::default()).unwrap();
                archive.write_all(item.from.as_bytes()).unwrap();
            }
            archive.start_file("torch/lib/libtorch_cuda.so", SimpleFileOptions::default()).unwrap();
            archive.finish().unwrap();
        }
        layout
    }

    #[test]
    fn only_what_the_build_needs_is_unpacked() {
        let folder = tempfile::tempdir().unwrap();
        let layout = checkout(folder.path());
        LIBTORCH.unpack(&layout).unwrap();
        let libtorch = layout.libtorch();
        assert!(LIBTORCH.is_complete(&libtorch));
        assert_eq!(fs::read_to_string(libtorch.join("include/ATen/a.h")).unwrap(), "torch/include/");
        assert_eq!(fs::read_to_string(libtorch.join("lib/libtorch.so")).unwrap(), "torch/lib/libtorch_cpu.so");
        let mut names: Vec<_> =
            fs::read_dir(libtorch.join("lib")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        names.sort();
        assert_eq!(
            names,
            ["libc10.so", "libcudart.so.13", "libcupti.so.13", "libgomp.so.1", "libtorch.so", "libtorch_cpu.so"]
        );
        assert!(!layout.deps.join("libtorch.partial").exists());
    }

    #[test]
    fn onnx_runtime_comes_with_its_licence() {
        let folder = tempfile::tempdir().unwrap();
        let layout = checkout(folder.path());
        ONNXRUNTIME.unpack(&layout).unwrap();
        let unpacked = ONNXRUNTIME.folder(&layout);
        assert!(ONNXRUNTIME.is_complete(&unpacked) && unpacked.join("LICENSE").is_file());
        let library = format!("lib/libonnxruntime.so.{}", ONNXRUNTIME.version());
        assert!(unpacked.join(&library).is_file(), "{library}");
        fs::write(unpacked.join(library), "").unwrap();
        assert!(!ONNXRUNTIME.is_complete(&unpacked));
    }

    #[test]
    fn a_folder_that_is_not_finished_or_not_ours_is_not_complete() {
        let folder = tempfile::tempdir().unwrap();
        let layout = checkout(folder.path());
        let libtorch = layout.libtorch();
        assert!(!LIBTORCH.is_complete(&libtorch), "nothing there");

        type Damage = (&'static str, fn(&Path));
        let damages: [Damage; 5] = [
            ("made by hand, without a stamp", |libtorch| fs::remove_file(libtorch.join(STAMP)).unwrap()),
            ("another version", |libtorch| {
                let text = fs::read_to_string(libtorch.join(STAMP)).unwrap();
                fs::write(libtorch.join(STAMP), text.replace("torch==2.11.0", "torch==2.10.0")).unwrap();
            }),
            ("a library cut short", |libtorch| fs::write(libtorch.join("lib/libc10.so"), "").unwrap()),
            ("a library gone", |libtorch| fs::remove_file(libtorch.join("lib/libcudart.so.13")).unwrap()),
            ("headers gone", |libtorch| fs::remove_dir_all(libtorch.join("include")).unwrap()),
        ];
        for (damage, apply) in damages {
            // Each round also shows that a damaged folder is replaced.
            LIBTORCH.unpack(&layout).unwrap();
            assert!(LIBTORCH.is_complete(&libtorch), "before {damage}");
            apply(&libtorch);
            assert!(!LIBTORCH.is_complete(&libtorch), "{damage}");
        }
    }

    #[test]
    fn a_wheel_without_the_library_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let layout = checkout(folder.path());
        fs::copy(CUDA_RUNTIME.path(&layout), CUDA_PROFILER.path(&layout)).unwrap();
        let message = format!("{:#}", LIBTORCH.unpack(&layout).unwrap_err());
        assert!(
            message.ends_with("nvidia-cuda-cupti-13.0.85.whl holds no nvidia/cu13/lib/libcupti.so.13"),
            "{message}"
        );
        assert!(!LIBTORCH.is_complete(&layout.libtorch()));
    }
}
