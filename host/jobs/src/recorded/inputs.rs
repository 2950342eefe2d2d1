//! What the model was fed with and what it gave, as far as the model beside the results tells it; else as the dataset does.

use nnc_messages::Result;
use nnc_plugin_api::{Input, Interface};
use nnp::Model;

use super::source::Source;
use super::values::Output;

/// What a detector with these results would say of itself.
pub(super) fn interface(source: &Source, outputs: &[Output], model: Option<&Model>) -> Result<Interface> {
    let outputs = outputs.iter().map(Output::spec).collect();
    let mut inputs = model.map(|model| of_model(source, model)).unwrap_or_default().into_iter();
    let first = match inputs.next() {
        Some(first) => first,
        None => of_dataset(source),
    };
    Ok(Interface::new(first, outputs).with_more_inputs(inputs.collect()))
}

/// The variables of the dataset that the model's executors read.
fn of_model(source: &Source, model: &Model) -> Vec<Input> {
    let dataset = &source.dataset;
    let normalize = model.normalizes_images(&dataset.path().to_string_lossy());
    let mut inputs: Vec<Input> = Vec::new();
    for executor in &model.executors {
        let network = model.network(&executor.network_name);
        for data in &executor.data_variables {
            let shape =
                network.and_then(|network| network.variable(&data.variable_name)).map(|variable| &variable.shape);
            let sample = shape.and_then(|shape| shape.split_first()).map(|(_, sample)| sample);
            let sample: Option<Vec<usize>> =
                sample.and_then(|sample| sample.iter().map(|&extent| usize::try_from(extent).ok()).collect());
            let is_known = inputs.iter().any(|input| input.variable == data.data_name);
            if let Some(sample) = sample.filter(|_| !is_known && dataset.variable(&data.data_name).is_ok()) {
                inputs.push(Input::floats(data.data_name.as_str(), sample).normalized(normalize));
            }
        }
    }
    inputs
}

/// The first variable: NNC's datasets begin with what is looked at, labels follow.
fn of_dataset(source: &Source) -> Input {
    let dataset = &source.dataset;
    let Some(first) = dataset.variables().first() else { return Input::floats("", []) };
    let shape = if source.has(&first.name) { dataset.shape_of(0, first).unwrap_or_default() } else { Vec::new() };
    Input::floats(first.name.as_str(), shape).normalized(true)
}
