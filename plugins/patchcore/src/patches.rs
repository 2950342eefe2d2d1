//! The patches of the training images: computes them, and lays out those that the network remembers.

use std::time::Instant;

use nnc_engine::{Compute, Executor, Layers, Team, micro_batch, plugin, values};
use nnc_plugin_api::{BatchSource, Host, Result};
use tch::Tensor;

use crate::cells::{Cells, Channels, PLACES, Scratch};
use crate::projection::Projection;
use crate::{head, tensor};

/// Patches kept in memory; twice that when there is a projection, whose results are kept beside them.
const RESIDENT_BYTES: usize = 192 << 20;

/// The channels of a patch.
pub(crate) fn channels(layers: &Layers<2>) -> Channels {
    let [fine, coarse] = layers.channels();
    Channels { fine, coarse }
}

/// The patches of all images, and what the search for the coreset sees of them if that is something else.
pub(crate) fn collect(
    source: &mut BatchSource<'_>,
    layers: &Layers<2>,
    compute: &Compute,
    projection: Option<&Projection>,
    host: &Host,
) -> Result<(Cells, Option<Cells>)> {
    let (total, started) = (source.len(), Instant::now());
    let (mut builder, [fine, coarse]) = layers.start(1)?;
    let averages = [head::local_average(&mut builder, fine)?, head::local_average(&mut builder, coarse)?];
    let executor = Executor::of_values(builder, &averages, compute)?;
    plugin::tell_engine(&executor, host);
    let device = compute.device;
    let threads = host.environment().threads;
    let size = micro_batch::rows(&executor, threads);
    let mut team = Team::new(executor, device, threads, Executor::replica);

    let new = |channels| Cells::new(channels, RESIDENT_BYTES, host.cache_dir());
    let mut all = new(channels(layers));
    let mut searched = projection.map(|projection| new(projection.channels()));
    let mut done = 0;
    while let Some(batch) = source.next_batch(size * team.size())? {
        host.checkpoint()?;
        let bytes = batch.as_u8()?;
        let parts = team.run(
            batch.len(),
            size,
            |line| host.warn(line),
            |executor, rows| by_cell(&executor.run(&tensor(bytes, &rows, device)?)?),
        )?;
        for values in parts {
            if let (Some(projection), Some(searched)) = (projection, &mut searched) {
                searched.push(&projection.apply(&values))?;
            }
            all.push(&values)?;
        }
        done += batch.len();
        host.progress(done, total);
    }
    let seconds = started.elapsed().as_secs_f64();
    host.info(&format!("features of {done} images in {seconds:.1} s ({:.1} images/s)", done as f64 / seconds));
    let spilled = all.spilled_bytes() + searched.as_ref().map_or(0, Cells::spilled_bytes);
    if spilled > 0 {
        host.info(&format!("{:.1} GB of features are in a temporary file", spilled as f64 / 1e9));
    }
    Ok((all, searched))
}

/// Averaged layers (B,C,28,28) and (B,C,14,14) in the order of [`Cells`].
fn by_cell(layers: &[Tensor]) -> Result<Vec<f32>> {
    let (batch, fine) = (layers[0].size()[0], layers[0].size()[1]);
    let own = layers[0].f_reshape([batch, fine, 14, 2, 14, 2])?.f_permute([0, 2, 4, 3, 5, 1])?;
    let own = own.f_reshape([batch, 14, 14, PLACES as i64 * fine])?;
    let cells = Tensor::f_cat(&[layers[1].f_permute([0, 2, 3, 1])?, own], 3)?;
    Ok(values(&cells)?)
}

/// The parameter (1,D,M,1,1) of the chosen patches.
pub(crate) fn memory(cells: &Cells, chosen: &[usize]) -> Result<Vec<f32>> {
    let (dim, count) = (cells.channels().patch(), chosen.len());
    let (mut memory, mut patch, mut scratch) = (vec![0.0; dim * count], Vec::with_capacity(dim), Scratch::default());
    for (at, &number) in chosen.iter().enumerate() {
        patch.clear();
        cells.patch(number, &mut scratch, &mut patch)?;
        for (channel, &value) in patch.iter().enumerate() {
            memory[channel * count + at] = value;
        }
    }
    Ok(memory)
}

#[cfg(test)]
mod tests {
    use nnc_plugin_api::Error;
    use tch::{Device, Kind};

    use super::*;

    #[test]
    fn cells_and_memory_follow_the_embedding() {
        let fine = Tensor::arange(2 * 3 * 784, (Kind::Float, Device::Cpu)).reshape([2, 3, 28, 28]);
        let coarse = Tensor::arange(2 * 2 * 196, (Kind::Float, Device::Cpu)).reshape([2, 2, 14, 14]) + 10_000.0;
        let channels = Channels { fine: 3, coarse: 2 };
        let mut cells = Cells::new(channels, usize::MAX, Err(Error::data("not needed")));
        cells.push(&by_cell(&[fine.shallow_clone(), coarse.shallow_clone()]).unwrap()).unwrap();
        assert_eq!(cells.len(), 2 * 196);
        // Image 1, row 7, column 12: cell (3, 6), place (1, 0).
        let chosen = [0, PLACES * (196 + 3 * 14 + 6) + 2];
        let memory = memory(&cells, &chosen).unwrap();
        for channel in 0..3 {
            assert_eq!(f64::from(memory[2 * channel]), fine.double_value(&[0, channel as i64, 0, 0]));
            assert_eq!(f64::from(memory[2 * channel + 1]), fine.double_value(&[1, channel as i64, 7, 12]));
        }
        for channel in 0..2 {
            let (value, at) = (f64::from(memory[2 * (3 + channel) + 1]), [1, channel as i64, 3, 6]);
            assert_eq!(value, coarse.double_value(&at));
        }
    }
}
