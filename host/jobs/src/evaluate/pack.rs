//! The table packed with its files, and the evaluated model with the packed table inside.

use nnc_dataset::Dataset;
use nnc_messages::Result;
use nnc_result_folder::{Directory, names};
use nnp::archive::{self, Source};
use serde_json::Value;

use super::model::Model;
use crate::event::Task;
use crate::results::Results;
use crate::worker::parent::Parent;

/// Ends the table and packs it; returns what the status file says about it.
pub(super) fn table(results: Results, dataset: &Dataset, parent: &Parent) -> Result<Value> {
    let progress = |done| parent.progress(Task::Packing, done as u64, dataset.len() as u64);
    results.finish(dataset, &progress)
}

/// Makes `result_evaluate.nnp` of the model and the packed table.
pub(super) fn model(model: &Model, staging: &Directory, parent: &Parent) -> Result<()> {
    parent.nnabla("Add output_result.zip to result_evaluate.nnp.");
    let packed = Source::File(staging.file(names::PACKED_TABLE));
    let target = staging.file(names::EVALUATED_MODEL);
    Ok(archive::append(model.path(), &target, vec![(free_member(model)?, packed)])?)
}

/// Name for the new results in a model that may carry those of earlier evaluations: `output_result.zip`, else
/// `output_result_1.zip` and so on, the first that is free (NNC contract 8.4).
fn free_member(model: &Model) -> Result<String> {
    let members = archive::list(model.path())?;
    let mut name = names::PACKED_TABLE.to_owned();
    let mut number = 0;
    while members.iter().any(|member| member.name == name) {
        number += 1;
        name = format!("output_result_{number}.zip");
    }
    Ok(name)
}
