//! Recognises the head that NNC and we write behind the three layers.

use std::collections::HashMap;
use std::sync::Arc;

use nnc_engine::executor;
use nnp::{Function, Model, NetworkBuilder, Parameter};

use crate::gaussian::Gaussian;
use crate::head;
use crate::moments::GRIDS;
use crate::{COV_INV, MEAN, OUTPUT};

/// What a known head computes from.
pub(super) struct Head<'a> {
    pub(super) gaussian: Gaussian,
    /// Channels of the embedding.
    pub(super) dim: usize,
    /// Names of the variables with the three layers.
    pub(super) layers: [String; 3],
    /// (1, D, grid, grid).
    pub(super) mean: &'a [f32],
    /// (count·D, D, 1, 1).
    pub(super) cov_inv: &'a Arc<[f32]>,
}

/// The head of `model`, if everything that leads from three layers to the anomaly map is what we would write for them.
pub(super) fn head(model: &Model) -> Option<Head<'_>> {
    let (mean, cov_inv) = (model.parameters.get(MEAN)?, model.parameters.get(COV_INV)?);
    let gaussian = gaussian(mean, cov_inv)?;
    let dim = mean.shape[1];
    let network = executor::main_network(model).ok()?;
    let order = network.topological().ok()?;
    let functions: Vec<&Function> = order.iter().filter_map(|&index| network.functions.get(index)).collect();
    let makers: HashMap<&str, &Function> =
        functions.iter().flat_map(|&f| f.outputs.iter().map(move |output| (output.as_str(), f))).collect();

    // Ours, with names of its own, for layers of as many channels as fit; they do not show in what the functions say.
    let rest = dim.checked_sub(2)?;
    let mut builder = NetworkBuilder::new("network", 1);
    let layers = [(1, GRIDS[0]), (1, GRIDS[1]), (rest, GRIDS[2])]
        .map(|(channels, side)| builder.input(format!("layer {side}"), &[channels, side, side]));
    let embedding = head::embedding(&mut builder, layers).ok()?;
    let [mean_value, cov_inv_value] =
        [(MEAN, mean), (COV_INV, cov_inv)].map(|(name, parameter)| builder.declare_parameter(name, &parameter.shape));
    let score = head::score(&mut builder, gaussian, embedding, mean_value, cov_inv_value).ok()?;
    builder.name(score, OUTPUT);
    let ours = builder.finish(&[score], true).ok()?;
    let ours = ours.networks.first()?;
    let our_order = ours.topological().ok()?;

    // From the map backwards, each function of ours must have a counterpart with counterparts of its inputs.
    let mut like: HashMap<&str, &str> = HashMap::from([(OUTPUT, OUTPUT)]);
    for function in our_order.iter().rev().filter_map(|&index| ours.functions.get(index)) {
        let [output] = function.outputs.as_slice() else { return None };
        let found = makers.get(like.get(output.as_str())?)?;
        if found.op != function.op || found.inputs.len() != function.inputs.len() {
            return None;
        }
        for (our, their) in function.inputs.iter().zip(&found.inputs) {
            if *like.entry(our).or_insert(their) != their {
                return None;
            }
        }
    }
    let name = |side: usize| like.get(format!("layer {side}").as_str()).map(|&name| name.to_owned());
    let layers = [name(GRIDS[0])?, name(GRIDS[1])?, name(GRIDS[2])?];
    let shape = |name: &String| network.variable(name)?.shape_at(1);
    let mut channels = 0;
    for (layer, side) in layers.iter().zip(GRIDS) {
        let &[1, own, height, width] = shape(layer)?.as_slice() else { return None };
        channels += own;
        if [height, width] != [side; 2] {
            return None;
        }
    }
    let fed = like.get(MEAN) == Some(&MEAN) && like.get(COV_INV) == Some(&COV_INV) && channels == dim;
    fed.then_some(Head { gaussian, dim, layers, mean: &mean.data, cov_inv: &cov_inv.data })
}

/// The mode that the parameters have the shapes of.
fn gaussian(mean: &Parameter, cov_inv: &Parameter) -> Option<Gaussian> {
    let &[1, dim, _, _] = mean.shape.as_slice() else { return None };
    let fits = |&gaussian: &Gaussian| {
        let (of_mean, of_cov_inv) = head::parameter_shapes(gaussian, dim);
        mean.shape == of_mean && cov_inv.shape == of_cov_inv
    };
    [Gaussian::Dense, Gaussian::Sixteenth, Gaussian::Single].into_iter().find(fits)
}
