//! Which device a job runs on, and how libtorch learns to use a GPU.
//!
//! The libtorch we build against knows only CPUs. Its other half, `libtorch_cuda.so`, is opened at run time if there is
//! one, and that must happen before anything asks libtorch about CUDA: the first answer holds for the life of the process.

use std::{
    env, fmt,
    path::{Path, PathBuf},
    str::FromStr,
    sync::OnceLock,
};
use tch::{Cuda, Device};

/// Folder of a full libtorch 2.11 (or with its `lib` inside), such as the `torch` folder of a Python installation.
pub const LIBTORCH_VARIABLE: &str = "NNC_HOST_LIBTORCH";

const CUDA_LIBRARY: &str = "libtorch_cuda.so";

/// What the user asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice {
    /// The first GPU if there is one that works, else the CPU.
    Auto,
    /// The CPU.
    Cpu,
    /// The GPU of that number.
    Cuda(usize),
}

/// A device and why it was taken.
#[derive(Clone, Debug)]
pub struct Selected {
    /// Where tensors are kept and functions run.
    pub device: Device,
    /// One line for the log.
    pub line: String,
}

/// A device that cannot be had.
#[derive(Clone, Debug, thiserror::Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum DeviceError {
    /// A text that names no device.
    #[error("device \"{found}\" is not known, expected auto, cpu, cuda or cuda:N")]
    Unknown {
        /// The text.
        found: String,
    },
    /// CUDA was asked for and libtorch cannot do it.
    #[error("device {choice} is not available: {reason}")]
    Unavailable {
        /// What was asked for.
        choice: Choice,
        /// Why, and what to do.
        reason: String,
    },
}

impl FromStr for Choice {
    type Err = DeviceError;

    fn from_str(text: &str) -> Result<Self, DeviceError> {
        let unknown = || DeviceError::Unknown { found: text.to_owned() };
        match text {
            "auto" => Ok(Self::Auto),
            "cpu" => Ok(Self::Cpu),
            "cuda" => Ok(Self::Cuda(0)),
            _ => {
                let index = text.strip_prefix("cuda:").ok_or_else(unknown)?;
                index.parse::<u16>().map(|index| Self::Cuda(index.into())).map_err(|_| unknown())
            }
        }
    }
}

impl fmt::Display for Choice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Auto => f.write_str("auto"),
            Self::Cpu => f.write_str("cpu"),
            Self::Cuda(index) => write!(f, "cuda:{index}"),
        }
    }
}

/// Finds the device for `choice`.
///
/// # Errors
/// When a GPU is asked for by name and cannot be used; [`Choice::Auto`] falls back to the CPU instead.
pub fn select(choice: Choice) -> Result<Selected, DeviceError> {
    let cpu = |why: &str| Selected { device: Device::Cpu, line: format!("Using the CPU{why}") };
    match choice {
        Choice::Cpu => Ok(cpu("")),
        Choice::Auto => Ok(cuda(0).unwrap_or_else(|reason| cpu(&format!(" ({reason})")))),
        Choice::Cuda(index) => cuda(index).map_err(|reason| DeviceError::Unavailable { choice, reason }),
    }
}

/// Finds the device for a choice as users write it, and limits functions to `threads` threads.
///
/// # Errors
/// As [`select`], and for a text that names no device.
pub fn open(choice: &str, threads: usize) -> Result<Selected, DeviceError> {
    set_threads(threads);
    select(choice.parse()?)
}

/// How many threads one function may use. Process-wide: for the one place that decides it.
pub fn set_threads(count: usize) {
    tch::set_num_threads(i32::try_from(count.max(1)).unwrap_or(i32::MAX));
}

/// nnabla's context for a device, as its log names it (NNC contract 8.1).
pub fn context(device: Device) -> String {
    match device {
        Device::Cuda(n) => format!(
            "Context(backend=['cudnn:float', 'cuda:float', 'cpu:float'], array_class='CudaCachedArray', device_id='{n}')"
        ),
        _ => "Context(backend=['cpu:float'], array_class='CpuCachedArray', device_id='')".to_owned(),
    }
}

fn cuda(index: usize) -> Result<Selected, String> {
    let library = cuda_library()?;
    let count = Cuda::device_count();
    if !Cuda::is_available() || count <= 0 {
        return Err("libtorch finds no NVIDIA GPU or driver".into());
    }
    if usize::try_from(count).is_ok_and(|count| index >= count) {
        return Err(format!("libtorch finds {count} GPU(s), numbered from 0"));
    }
    Ok(Selected { device: Device::Cuda(index), line: format!("Using GPU {index} with {}", library.display()) })
}

/// Opens libtorch's CUDA half once, for the life of the process.
fn cuda_library() -> Result<&'static Path, String> {
    static OPENED: OnceLock<Result<PathBuf, String>> = OnceLock::new();
    OPENED
        .get_or_init(|| {
            let folders = folders(env::var_os(LIBTORCH_VARIABLE).map(PathBuf::from), loaded_folder());
            let found = folders.iter().map(|folder| folder.join(CUDA_LIBRARY)).find(|file| file.is_file());
            let file = found.ok_or_else(|| {
                format!("no {CUDA_LIBRARY}; set {LIBTORCH_VARIABLE} to the folder of a libtorch 2.11 with CUDA")
            })?;
            load(&file).map_err(|reason| format!("{}: {reason}", file.display()))?;
            Ok(file)
        })
        .as_deref()
        .map_err(Clone::clone)
}

/// Where the CUDA half is looked for, best first.
fn folders(variable: Option<PathBuf>, loaded: Option<PathBuf>) -> Vec<PathBuf> {
    let given = variable.into_iter().flat_map(|folder| [folder.join("lib"), folder]);
    given.chain(loaded).collect()
}

/// The folder of the `libtorch_cpu.so` that this process runs with.
fn loaded_folder() -> Option<PathBuf> {
    let maps = nnc_files::read_kernel("/proc/self/maps").ok()?;
    folder_in_maps(&maps)
}

fn folder_in_maps(maps: &str) -> Option<PathBuf> {
    let paths = maps.lines().filter_map(|line| line.find('/').and_then(|at| line.get(at..)));
    let library = paths.map(Path::new).find(|path| path.ends_with("libtorch_cpu.so"))?;
    library.parent().map(Path::to_owned)
}

#[cfg(unix)]
fn load(file: &Path) -> Result<(), String> {
    use libloading::os::unix::{Library, RTLD_GLOBAL, RTLD_NOW};
    // SAFETY: the library's initialisers register kernels with the libtorch that is loaded already, which is what they
    // are made for; `RTLD_GLOBAL` lets it see that libtorch's symbols and others see its own.
    let library = unsafe { Library::open(Some(file), RTLD_NOW | RTLD_GLOBAL) }.map_err(|error| error.to_string())?;
    // Registered kernels must stay mapped as long as libtorch is.
    std::mem::forget(library);
    Ok(())
}

#[cfg(not(unix))]
fn load(_file: &Path) -> Result<(), String> {
    Err("CUDA is supported on Linux only".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn choices_are_read_and_printed() {
        for (text, choice) in
            [("auto", Choice::Auto), ("cpu", Choice::Cpu), ("cuda:0", Choice::Cuda(0)), ("cuda:12", Choice::Cuda(12))]
        {
            assert_eq!(text.parse::<Choice>().unwrap(), choice);
            assert_eq!(choice.to_string(), text);
        }
        assert_eq!("cuda".parse::<Choice>().unwrap(), Choice::Cuda(0));
        for text in ["", "gpu", "CPU", "cuda:", "cuda:-1", "cuda:x", "cuda:70000"] {
            assert_eq!(text.parse::<Choice>(), Err(DeviceError::Unknown { found: text.into() }));
        }
    }

    #[test]
    fn the_variable_comes_before_the_loaded_library() {
        let folders = folders(Some("/opt/torch".into()), Some("/usr/lib/torch".into()));
        assert_eq!(folders, ["/opt/torch/lib", "/opt/torch", "/usr/lib/torch"].map(PathBuf::from));
    }

    #[test]
    fn the_loaded_library_is_found_in_the_map_of_the_process() {
        let maps = "7f00-7f01 r--p 00000000 08:01 12   /opt/a b/lib/libc10.so\n\
                    7f02-7f03 r-xp 00000000 08:01 13   /opt/a b/lib/libtorch_cpu.so\n\
                    7f04-7f05 rw-p 00000000 00:00 0\n";
        assert_eq!(folder_in_maps(maps), Some("/opt/a b/lib".into()));
        assert_eq!(folder_in_maps(""), None);
        assert!(loaded_folder().is_some(), "this test itself runs with libtorch");
    }

    #[test]
    fn the_cpu_is_always_there_and_auto_never_fails() {
        assert_eq!(select(Choice::Cpu).unwrap().device, Device::Cpu);
        let selected = select(Choice::Auto).unwrap();
        assert!(selected.line.starts_with("Using "), "{}", selected.line);
        if selected.device == Device::Cpu {
            let error = select(Choice::Cuda(0)).unwrap_err().to_string();
            assert!(error.starts_with("device cuda:0 is not available: "), "{error}");
        }
    }
}
