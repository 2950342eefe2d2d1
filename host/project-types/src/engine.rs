//! What runs the networks of a plugin.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Which library runs networks; written `auto`, `libtorch` or `onnxruntime`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Engine {
    /// ONNX Runtime wherever it can, else libtorch.
    #[default]
    Auto,
    /// libtorch.
    Libtorch,
    /// ONNX Runtime.
    OnnxRuntime,
}

/// A text that names no engine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownEngine {
    /// What was found.
    pub found: String,
}

impl FromStr for Engine {
    type Err = UnknownEngine;

    fn from_str(text: &str) -> Result<Self, UnknownEngine> {
        match text {
            "auto" => Ok(Self::Auto),
            "libtorch" => Ok(Self::Libtorch),
            "onnxruntime" => Ok(Self::OnnxRuntime),
            _ => Err(UnknownEngine { found: text.to_owned() }),
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn engines_are_read_as_they_are_written() {
        for text in ["auto", "libtorch", "onnxruntime"] {
            let engine: Engine = text.parse().unwrap();
            assert_eq!(engine.to_string(), text);
            let json = serde_json::to_string(&engine).unwrap();
            assert_eq!(json, format!("{text:?}"));
            assert_eq!(serde_json::from_str::<Engine>(&json).unwrap(), engine);
        }
        for text in ["", "torch", "ONNXRuntime", "openvino"] {
            assert_eq!(text.parse::<Engine>(), Err(UnknownEngine { found: text.to_owned() }));
        }
    }
}
