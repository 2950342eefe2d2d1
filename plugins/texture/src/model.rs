//! The model file: a zip with `texture.json` and the Gaussians as little-endian f32 in `mean.f32` and `factor.f32`.

use std::path::Path;

use nnc_plugin_api::{Error, ModelFile, Result};
use serde::{Deserialize, Serialize};

use crate::descriptor::DIM;
use crate::gaussians::{Gaussians, PACKED};
use crate::grid::Grid;

/// Counts up when older programs cannot read the file any more.
const FORMAT: u32 = 1;
/// Far more than the facts take.
const MAX_FACTS: u64 = 1 << 16;

/// What `texture.json` says.
#[derive(Serialize, Deserialize)]
struct Facts {
    format: u32,
    #[serde(flatten)]
    grid: Grid,
    tolerance: usize,
    images: usize,
}

/// A trained detector.
#[derive(Debug, PartialEq)]
pub(crate) struct Model {
    pub(crate) grid: Grid,
    pub(crate) tolerance: usize,
    /// Images it was trained on.
    pub(crate) images: usize,
    pub(crate) gaussians: Gaussians,
}

impl Model {
    /// Writes the file.
    ///
    /// # Errors
    /// Those of the file system.
    pub(crate) fn write(&self, path: &Path) -> Result<()> {
        let Self { grid, tolerance, images, .. } = *self;
        let facts = serde_json::to_vec_pretty(&Facts { format: FORMAT, grid, tolerance, images })?;
        let bytes = |values: &[f32]| -> Vec<u8> { values.iter().flat_map(|value| value.to_le_bytes()).collect() };
        let (mean, factor) = (bytes(&self.gaussians.mean), bytes(&self.gaussians.factor));
        ModelFile::write(path, &[("texture.json", &facts), ("mean.f32", &mean), ("factor.f32", &factor)])
    }

    /// Reads the file.
    ///
    /// # Errors
    /// A file that is no such model, or is damaged.
    pub(crate) fn read(path: &Path) -> Result<Self> {
        let foreign = |why: String| Error::model(format!("this is no model of the texture detector: {why}"));
        let facts = ModelFile::read(path, "texture.json", MAX_FACTS)?;
        let facts: Facts = serde_json::from_slice(&facts).map_err(|e| foreign(format!("texture.json: {e}")))?;
        if facts.format != FORMAT {
            return Err(foreign(format!("its format is {}, this program reads {FORMAT}", facts.format)));
        }
        let grid = facts.grid.check().map_err(foreign)?;
        let floats = |name: &str, count: usize| {
            let bytes = ModelFile::read(path, name, 4 * count as u64)?;
            let values: Vec<f32> = bytes.as_chunks().0.iter().map(|&bytes| f32::from_le_bytes(bytes)).collect();
            if bytes.len() != 4 * count || values.iter().any(|value| !value.is_finite()) {
                return Err(foreign(format!("{name} holds {} bytes, expected {count} finite numbers", bytes.len())));
            }
            Ok(values)
        };
        let mean = floats("mean.f32", DIM * grid.cells())?;
        let factor = floats("factor.f32", PACKED * grid.cells())?;
        Ok(Self { grid, tolerance: facts.tolerance, images: facts.images, gaussians: Gaussians { mean, factor } })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn model() -> Model {
        let mut gaussians = Gaussians::default();
        for cell in 0..6 {
            gaussians.push(&[f64::from(cell); DIM], &[0.5; PACKED]);
        }
        Model { grid: Grid { height: 9, width: 12, cell: 4 }, tolerance: 2, images: 7, gaussians }
    }

    #[test]
    fn a_model_comes_back_bit_for_bit() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("model.zip");
        model().write(&path).unwrap();
        assert_eq!(Model::read(&path).unwrap(), model());
    }

    #[test]
    fn damaged_and_foreign_files_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("model.zip");
        let refusal = |members: &[(&str, &[u8])]| {
            ModelFile::write(&path, members).unwrap();
            Model::read(&path).unwrap_err().message().to_owned()
        };
        let facts = |format: u32, size: usize| {
            format!(r#"{{"format":{format},"height":{size},"width":8,"cell":4,"tolerance":1,"images":1}}"#).into_bytes()
        };
        assert!(refusal(&[("network.nntxt", b"")]).contains("texture.json"));
        assert!(refusal(&[("texture.json", b"{}")]).contains("missing field"));
        assert!(refusal(&[("texture.json", &facts(2, 8))]).contains("format is 2"));
        assert!(refusal(&[("texture.json", &facts(1, 0))]).contains("do not hold a cell"));
        assert!(refusal(&[("texture.json", &facts(1, usize::MAX))]).contains("use larger cells"));
        assert!(refusal(&[("texture.json", &facts(1, 8)), ("mean.f32", &[0; 7])]).contains("expected 40"));
        let nan = f32::NAN.to_le_bytes().repeat(4 * DIM);
        assert!(refusal(&[("texture.json", &facts(1, 8)), ("mean.f32", &nan)]).contains("finite"));
        let bomb = vec![0; 4 * 4 * DIM + 4_000_000];
        assert!(refusal(&[("texture.json", &facts(1, 8)), ("mean.f32", &bomb)]).contains("more than 160 bytes"));
        std::fs::write(&path, "no zip").unwrap();
        assert!(Model::read(&path).is_err());
    }
}
