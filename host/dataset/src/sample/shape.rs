//! What a sample looks like before it is decoded.

use crate::cell::{Content, FileKind, classify};
use crate::element::Element;
use crate::error::{DatasetError, Spot};
use crate::header::Variable;
use crate::table::Dataset;

use crate::sample::file::{Loaded, read_file};
use crate::sample::scratch::Scratch;

impl Dataset {
    /// The shape of `row` (from 0) of `variable`, without a batch dimension: `[1]` for a number, `[K]` for a
    /// vector of numbers, channels, height and width for an image. Images and arrays are not decoded for it.
    pub fn shape_of(&self, row: usize, variable: &Variable) -> Result<Vec<usize>, DatasetError> {
        shape_of(self, variable, row, &mut Scratch::default())
    }
}

/// The shape of `row` of `variable`, from headers where files have one.
pub(crate) fn shape_of(
    dataset: &Dataset,
    variable: &Variable,
    row: usize,
    scratch: &mut Scratch,
) -> Result<Vec<usize>, DatasetError> {
    let (text, spot) = first_cell(dataset, variable, row)?;
    if let Some(shape) = dataset.cache().and_then(|cache| cache.shape(variable)) {
        return Ok(shape.to_vec());
    }
    let mut shape = match classify(text, dataset.folder(), spot)? {
        Content::Number(_) if variable.vector => return Ok(vec![variable.columns.len()]),
        Content::Number(_) => return Ok(vec![1]),
        Content::File(path, kind) => {
            let spot = Spot { file: Some(&path), ..spot };
            read_file(&path, spot, &mut scratch.file)?;
            Loaded::open(&scratch.file, kind, &mut scratch.work, spot)?.shape().to_vec()
        }
    };
    if variable.vector {
        shape.insert(0, variable.columns.len());
    }
    Ok(shape)
}

/// The element type that suits the first cell of `row` of `variable`: bytes for images, else floats.
pub(crate) fn element_of(dataset: &Dataset, variable: &Variable, row: usize) -> Result<Element, DatasetError> {
    let (text, spot) = first_cell(dataset, variable, row)?;
    if let Some(element) = dataset.cache().and_then(|cache| cache.element(variable)) {
        return Ok(element);
    }
    Ok(match classify(text, dataset.folder(), spot)? {
        Content::File(_, FileKind::Image(_)) => Element::U8,
        _ => Element::F32,
    })
}

/// Text and place of the first cell of `row` of `variable`.
pub(crate) fn first_cell<'a>(
    dataset: &'a Dataset,
    variable: &Variable,
    row: usize,
) -> Result<(&'a str, Spot<'a>), DatasetError> {
    dataset.cell(row, variable.columns.first().copied().unwrap_or(usize::MAX))
}
