//! Batch normalisation with running statistics or those of the batch, and normalisation of each sample alone.

use nnp::op::{BatchNormalization, FusedBatchNormalization, SampleNormalization, SampleNormalizationKind};

use super::call::Call;
use super::graph::{Extent, Graph, Value};
use crate::error::OnnxError;

pub(super) fn batch(graph: &mut Graph, call: &Call<'_>, op: &BatchNormalization) -> Result<String, OnnxError> {
    let mut next = 1;
    let mut take = |present: bool| {
        next += usize::from(present);
        present.then(|| next - 1)
    };
    let (beta, gamma) = (take(!op.no_bias), take(!op.no_scale));
    let (mean, variance) = (take(true), take(true));
    let statistics = if op.batch_stat { None } else { mean.zip(variance) };
    normalize(graph, call, &op.axes, beta, gamma, statistics, op.eps)
}

pub(super) fn fused(graph: &mut Graph, call: &Call<'_>, op: &FusedBatchNormalization) -> Result<String, OnnxError> {
    let statistics = if op.batch_stat { None } else { Some((3, 4)) };
    let mut y = normalize(graph, call, &op.axes, Some(1), Some(2), statistics, op.eps)?;
    if call.has_input(5) {
        y = graph.op("Add", &[&y, call.input(5)], &[]);
    }
    Ok(graph.op("Relu", &[&y], &[]))
}

/// (x − mean)/√(variance + eps)·gamma + beta; beta, gamma and statistics by the numbers of their inputs.
fn normalize(
    graph: &mut Graph,
    call: &Call<'_>,
    axes: &[i64],
    beta: Option<usize>,
    gamma: Option<usize>,
    statistics: Option<(usize, usize)>,
    eps: f32,
) -> Result<String, OnnxError> {
    let x = call.input(0);
    let axes: Vec<i64> = axes.iter().map(|&axis| call.axis(axis)).collect();
    if let (Some((mean, variance)), [1]) = (statistics, axes.as_slice()) {
        let channels = *call.shape(0).get(1).unwrap_or(&Extent::Fixed(1));
        let count = match channels {
            Extent::Fixed(count) => usize::try_from(count).unwrap_or(0),
            Extent::Batch(_) => 0,
        };
        let mut flat = |index: Option<usize>, missing: f32| match index {
            Some(index) => call.reshape(graph, call.input(index), &[channels]),
            None => {
                let values = i64::try_from(count).unwrap_or(i64::MAX);
                super::check_made(values)?;
                Ok(graph.floats(&[values], &vec![missing; count]))
            }
        };
        let scale = flat(gamma, 1.0)?;
        let shift = flat(beta, 0.0)?;
        let (mean, variance) = (flat(Some(mean), 0.0)?, flat(Some(variance), 1.0)?);
        return Ok(graph.op(
            "BatchNormalization",
            &[x, &scale, &shift, &mean, &variance],
            &[("epsilon", Value::Float(eps))],
        ));
    }
    let (mean, variance) = match statistics {
        Some((mean, variance)) => (call.input(mean).to_owned(), call.input(variance).to_owned()),
        None => {
            let others: Vec<i64> = (0..call.rank()).filter(|axis| !axes.contains(axis)).collect();
            moments(graph, x, &others)
        }
    };
    let y = standardize(graph, x, &mean, &variance, eps);
    Ok(affine(graph, call, y, beta, gamma))
}

fn affine(graph: &mut Graph, call: &Call<'_>, mut y: String, beta: Option<usize>, gamma: Option<usize>) -> String {
    if let Some(gamma) = gamma {
        y = graph.op("Mul", &[&y, call.input(gamma)], &[]);
    }
    if let Some(beta) = beta {
        y = graph.op("Add", &[&y, call.input(beta)], &[]);
    }
    y
}

/// Mean and variance over axes, which stay with extent 1.
fn moments(graph: &mut Graph, x: &str, axes: &[i64]) -> (String, String) {
    let axes = graph.integers(axes);
    let mean = graph.op("ReduceMean", &[x, &axes], &[("keepdims", Value::Int(1))]);
    let centred = graph.op("Sub", &[x, &mean], &[]);
    let square = graph.op("Mul", &[&centred, &centred], &[]);
    let variance = graph.op("ReduceMean", &[&square, &axes], &[("keepdims", Value::Int(1))]);
    (mean, variance)
}

fn standardize(graph: &mut Graph, x: &str, mean: &str, variance: &str, eps: f32) -> String {
    let eps = graph.scalar(f64::from(eps));
    let raised = graph.op("Add", &[variance, &eps], &[]);
    let deviation = graph.op("Sqrt", &[&raised], &[]);
    let centred = graph.op("Sub", &[x, mean], &[]);
    graph.op("Div", &[&centred, &deviation], &[])
}

pub(super) fn sample(graph: &mut Graph, call: &Call<'_>, op: &SampleNormalization) -> Result<String, OnnxError> {
    let mut kept: Vec<i64> = op.batch_axis.iter().map(|&axis| call.axis(axis)).collect();
    let mut split = call.shape(0).to_vec();
    match op.kind {
        SampleNormalizationKind::Layer => {}
        SampleNormalizationKind::Instance { channel_axis } => kept.push(call.axis(channel_axis)),
        SampleNormalizationKind::Group { channel_axis, num_groups } => {
            // The channel axis becomes two, groups and the channels of a group; statistics are kept for the first.
            let axis = call.axis(channel_axis);
            let at = usize::try_from(axis).unwrap_or(0);
            let of_group = match split.get(at) {
                Some(Extent::Fixed(channels)) => Extent::Fixed(channels / num_groups.max(1)),
                other => other.copied().unwrap_or(Extent::Fixed(1)),
            };
            split.splice(at..=at, [Extent::Fixed(num_groups), of_group]);
            kept.iter_mut().filter(|kept| **kept > axis).for_each(|kept| *kept += 1);
            kept.push(axis);
        }
    }
    let grouped = split.len() != call.shape(0).len();
    let x = if grouped { call.reshape(graph, call.input(0), &split)? } else { call.input(0).to_owned() };
    let rank = i64::try_from(split.len()).unwrap_or(i64::MAX);
    let axes: Vec<i64> = (0..rank).filter(|axis| !kept.contains(axis)).collect();
    let (mean, variance) = moments(graph, &x, &axes);
    let mut y = standardize(graph, &x, &mean, &variance, op.eps);
    if grouped {
        y = call.reshape(graph, &y, call.shape(0))?;
    }
    let beta = (!op.no_bias).then_some(1);
    let gamma = (!op.no_scale).then_some(1 + usize::from(!op.no_bias));
    Ok(affine(graph, call, y, beta, gamma))
}
