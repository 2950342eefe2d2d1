//! Where and with what networks are run.

use std::fmt;
use std::path::Path;
use std::str::FromStr;
use std::sync::Arc;

use tch::Device;

use crate::device;
use crate::error::EngineError;
use crate::precision::Precision;

/// What users ask for: which library runs networks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Engine {
    /// ONNX Runtime wherever it can, else libtorch.
    #[default]
    Auto,
    /// libtorch.
    Libtorch,
    /// ONNX Runtime; a job that it cannot run is refused.
    OnnxRuntime,
}

impl FromStr for Engine {
    type Err = EngineError;

    fn from_str(text: &str) -> Result<Self, EngineError> {
        let all = [Self::Auto, Self::Libtorch, Self::OnnxRuntime];
        let found = all.into_iter().find(|engine| engine.to_string() == text);
        found.ok_or_else(|| EngineError::Engine {
            reason: format!("engine \"{text}\" is not known, expected auto, libtorch or onnxruntime"),
        })
    }
}

impl fmt::Display for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Auto => "auto",
            Self::Libtorch => "libtorch",
            Self::OnnxRuntime => "onnxruntime",
        })
    }
}

/// Where and with what an [`Executor`](crate::Executor) runs its network. A bare [`Device`] stands for libtorch there, in
/// full precision.
#[derive(Clone, Debug)]
pub struct Compute {
    /// Where tensors are kept, and libtorch's functions run.
    pub device: Device,
    /// What networks compute in.
    pub precision: Precision,
    engine: Engine,
    /// ONNX Runtime's library.
    library: Option<Arc<Path>>,
}

impl From<Device> for Compute {
    fn from(device: Device) -> Self {
        Self { device, precision: Precision::Full, engine: Engine::Libtorch, library: None }
    }
}

impl From<&Compute> for Compute {
    fn from(compute: &Compute) -> Self {
        compute.clone()
    }
}

impl Compute {
    /// On `device`, by `engine`, with ONNX Runtime in the file `library` if there is one.
    ///
    /// # Errors
    /// [`Engine::OnnxRuntime`] without a library, or for another device than the CPU.
    pub fn new(device: Device, engine: Engine, library: Option<&Path>) -> Result<Self, EngineError> {
        if engine == Engine::OnnxRuntime {
            if device != Device::Cpu {
                return Err(refused("runs on the CPU alone; choose device = cpu, or engine = auto"));
            }
            if library.is_none() {
                return Err(refused(
                    "has no library on this machine; run `cargo xtask setup`, or set NNC_HOST_ONNXRUNTIME to the folder of \
                     libonnxruntime.so",
                ));
            }
        }
        let library = library.filter(|_| engine != Engine::Libtorch).map(Arc::from);
        Ok(Self { device, precision: Precision::Full, engine, library })
    }

    /// As [`Compute::new`], for choices as users write them; limits functions of libtorch to `threads` threads. Gives the
    /// line for the log as well.
    ///
    /// # Errors
    /// As [`Compute::new`] and [`device::open`].
    pub fn open(
        device: &str,
        engine: &str,
        library: Option<&Path>,
        threads: usize,
    ) -> Result<(Self, String), EngineError> {
        let selected = device::open(device, threads).map_err(EngineError::Device)?;
        Ok((Self::new(selected.device, engine.parse()?, library)?, selected.line))
    }

    /// The same in another precision.
    ///
    /// # Errors
    /// [`Engine::OnnxRuntime`] in anything but full precision.
    pub fn with_precision(self, precision: Precision) -> Result<Self, EngineError> {
        if self.engine == Engine::OnnxRuntime && precision != Precision::Full {
            return Err(refused("computes in full precision alone; choose precision = full, or engine = auto"));
        }
        Ok(Self { precision, ..self })
    }

    /// ONNX Runtime's library where a network may run on it, and whether it has to.
    pub(crate) fn onnxruntime(&self) -> Option<(&Path, bool)> {
        let may = self.device == Device::Cpu && self.precision == Precision::Full;
        self.library.as_deref().filter(|_| may).map(|library| (library, self.engine == Engine::OnnxRuntime))
    }
}

fn refused(reason: &str) -> EngineError {
    EngineError::Engine { reason: format!("engine onnxruntime {reason}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn engines_are_read_as_they_are_written() {
        for engine in [Engine::Auto, Engine::Libtorch, Engine::OnnxRuntime] {
            assert_eq!(engine.to_string().parse::<Engine>().unwrap(), engine);
        }
        let error = "openvino".parse::<Engine>().unwrap_err().to_string();
        assert_eq!(error, "engine \"openvino\" is not known, expected auto, libtorch or onnxruntime");
    }

    #[test]
    fn onnx_runtime_is_for_the_cpu_in_full_precision() {
        let library = Path::new("/libonnxruntime.so");
        let auto = |device| Compute::new(device, Engine::Auto, Some(library)).unwrap();
        assert_eq!(auto(Device::Cpu).onnxruntime(), Some((library, false)));
        assert_eq!(auto(Device::Cuda(0)).onnxruntime(), None);
        assert_eq!(auto(Device::Cpu).with_precision(Precision::Half).unwrap().onnxruntime(), None);
        assert_eq!(Compute::new(Device::Cpu, Engine::Libtorch, Some(library)).unwrap().onnxruntime(), None);
        assert_eq!(Compute::from(Device::Cpu).onnxruntime(), None);
        assert_eq!(Compute::new(Device::Cpu, Engine::Auto, None).unwrap().onnxruntime(), None);
        let told = Compute::new(Device::Cpu, Engine::OnnxRuntime, Some(library)).unwrap();
        assert_eq!(told.onnxruntime(), Some((library, true)));
        for (refused, reason) in [
            (told.with_precision(Precision::Half), "full precision alone"),
            (Compute::new(Device::Cpu, Engine::OnnxRuntime, None), "no library on this machine"),
            (Compute::new(Device::Cuda(0), Engine::OnnxRuntime, Some(library)), "runs on the CPU alone"),
        ] {
            let error = refused.unwrap_err().to_string();
            assert!(error.contains(reason), "{error}");
        }
    }
}
