//! Passes over the graph. None of them changes a result beyond rounding, and none touches the file.

mod constant;
mod expand;
mod fold;
mod in_place;
mod layout;
mod narrow;

use super::graph::Graph;
use crate::error::EngineError;

/// Rewrites a graph.
pub(super) type Pass = fn(&mut Graph) -> Result<(), EngineError>;

/// All passes, in an order in which each helps the next.
pub(super) const ALL: &[Pass] =
    &[expand::run, constant::run, fold::run, narrow::run, layout::run, in_place::run, Graph::drop_unused];
