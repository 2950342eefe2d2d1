//! How much memory a run holds at once.

use super::Step;
use super::graph::{Graph, Id};

/// Bytes of values between functions at the fullest moment of a run, for each row.
///
/// Every value counts as memory of its own, though some are views of others and some are overwritten in place.
pub(super) fn of_row(graph: &Graph, steps: &[Step]) -> u64 {
    let bytes = |id: Id| match graph.shapes.get(id).map(Vec::as_slice) {
        Some([rows, rest @ ..]) => {
            let values = rest.iter().fold(*rows as u64, |product, &extent| product.saturating_mul(extent as u64));
            values.saturating_mul(size_of::<f32>() as u64) / graph.stored.max(1)
        }
        _ => 0,
    };
    let (mut held, mut most) = (0_u64, 0);
    for step in steps {
        held = step.outputs.iter().fold(held, |held, &id| held.saturating_add(bytes(id)));
        most = most.max(held);
        held = step.last_used.iter().fold(held, |held, &id| held.saturating_sub(bytes(id)));
    }
    most
}
