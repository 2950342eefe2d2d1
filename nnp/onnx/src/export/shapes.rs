//! Shapes of a network's variables, with what in them depends on the batch.

use std::collections::HashMap;

use nnp::Network;

use super::graph::Extent;
use crate::error::OnnxError;

/// Two batches that tell what depends on the batch, and how.
const BATCHES: [usize; 2] = [2, 3];

/// Shapes of all variables, with what depends on the batch.
pub(super) struct Shapes {
    extents: HashMap<String, Vec<Extent>>,
    /// The batch that functions are read for.
    pub(super) batch: usize,
    /// The only batch there is, where functions name it.
    pub(super) bound_to: Option<usize>,
}

impl Shapes {
    pub(super) fn of(network: &Network) -> Result<Self, OnnxError> {
        let [one, two] = BATCHES;
        if let (Ok(first), Ok(second)) = (network.infer_shapes(one), network.infer_shapes(two)) {
            let extents: Option<HashMap<String, Vec<Extent>>> = first
                .iter()
                .map(|(name, shape)| {
                    let other = second.get(name)?;
                    if other.len() != shape.len() {
                        return None;
                    }
                    let extents = shape.iter().zip(other).map(|(&a, &b)| {
                        let whole = a.is_multiple_of(one) && b.is_multiple_of(two) && a / one == b / two;
                        match (a == b, whole) {
                            (true, _) => fixed(a),
                            (false, true) => i64::try_from(a / one).ok().map(Extent::Batch),
                            (false, false) => None,
                        }
                    });
                    Some((name.clone(), extents.collect::<Option<Vec<_>>>()?))
                })
                .collect();
            if let Some(extents) = extents {
                return Ok(Self { extents, batch: one, bound_to: None });
            }
        }
        // Something in the network names the batch it was saved with.
        let batch = usize::try_from(network.batch_size).unwrap_or(1);
        let shapes = network.infer_shapes(batch)?;
        let extents = shapes.into_iter().map(|(name, shape)| (name, shape.into_iter().filter_map(fixed).collect()));
        Ok(Self { extents: extents.collect(), batch, bound_to: Some(batch) })
    }

    pub(super) fn get(&self, name: &str) -> &[Extent] {
        self.extents.get(name).map_or(&[], Vec::as_slice)
    }
}

fn fixed(extent: usize) -> Option<Extent> {
    i64::try_from(extent).ok().map(Extent::Fixed)
}
