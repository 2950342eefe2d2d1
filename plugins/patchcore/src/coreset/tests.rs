//! The search against the literal way of doing it.

use super::*;

/// Pseudo-random numbers from 0 to 1.
fn random(state: &mut u64) -> f32 {
    *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    (*state >> 40) as f32 / (1 << 24) as f32
}

/// Cells with clusters and outliers, as features have; every third is a repetition of an earlier one.
fn values(channels: Channels, cells: usize, seed: u64) -> Vec<f32> {
    let mut state = seed;
    let mut values: Vec<f32> = Vec::new();
    for cell in 0..cells {
        let scale = if random(&mut state) > 0.9 { 5.0 } else { 0.5 };
        for index in 0..channels.cell() {
            let value = if cell % 3 == 2 {
                values[cell / 2 * channels.cell() + index]
            } else {
                scale * random(&mut state) + (cell % 5) as f32
            };
            values.push(value);
        }
    }
    values
}

fn stored(channels: Channels, values: &[f32], bytes: usize, folder: &std::path::Path) -> Cells {
    let mut cells = Cells::new(channels, bytes, Ok(folder.to_owned()));
    values.chunks(7 * channels.cell()).for_each(|part| cells.push(part).unwrap());
    cells
}

/// Farthest point first, literally: every patch against every centre.
fn literal(channels: Channels, values: &[f32], count: usize) -> Vec<usize> {
    let patches: Vec<(&[f32], &[f32])> = values
        .chunks(channels.cell())
        .flat_map(|cell| {
            let (coarse, fine) = cell.split_at(channels.coarse);
            fine.chunks(channels.fine).map(move |fine| (coarse, fine))
        })
        .collect();
    let distance = |a: usize, b: usize| {
        squared_distance(patches[a].0, patches[b].0) + squared_distance(patches[a].1, patches[b].1)
    };
    let mut nearest = vec![f32::INFINITY; patches.len()];
    let mut chosen = vec![0];
    while chosen.len() < count {
        let last = *chosen.last().unwrap();
        nearest[last] = TAKEN;
        let mut farthest = 0;
        for patch in 0..patches.len() {
            if nearest[patch] != TAKEN {
                nearest[patch] = nearest[patch].min(distance(patch, last));
            }
            if nearest[patch] > nearest[farthest] {
                farthest = patch;
            }
        }
        chosen.push(farthest);
    }
    chosen
}

#[test]
fn the_order_is_that_of_the_literal_way() {
    let folder = tempfile::tempdir().unwrap();
    for (fine, coarse, cells) in [(1, 1, 40), (5, 19, 300), (24, 40, 200), (33, 16, 1000)] {
        let channels = Channels { fine, coarse };
        let values = values(channels, cells, cells as u64);
        for count in [1, 2, cells / 3, cells] {
            let due = literal(channels, &values, count);
            let cells = stored(channels, &values, usize::MAX, folder.path());
            assert_eq!(choose(&cells, count, 1, |_| Ok(())).unwrap(), due, "{channels:?}, {count} centres");
        }
    }
}

#[test]
fn neither_spilling_nor_threads_change_a_choice() {
    let folder = tempfile::tempdir().unwrap();
    let channels = Channels { fine: 6, coarse: 10 };
    let values = values(channels, 2000, 3);
    let due = choose(&stored(channels, &values, usize::MAX, folder.path()), 150, 1, |_| Ok(())).unwrap();
    for (bytes, threads) in [(0, 1), (0, 3), (40_000, 2), (usize::MAX, 4)] {
        let cells = stored(channels, &values, bytes, folder.path());
        assert_eq!(cells.spilled_bytes() > 0, bytes < usize::MAX);
        assert_eq!(choose(&cells, 150, threads, |_| Ok(())).unwrap(), due, "{bytes} bytes, {threads} threads");
    }
}

#[test]
fn equal_patches_are_taken_once_and_in_order() {
    let folder = tempfile::tempdir().unwrap();
    let channels = Channels { fine: 2, coarse: 3 };
    let cells = stored(channels, &vec![1.5; channels.cell() * 5], usize::MAX, folder.path());
    for count in [1, 7, 19, 20] {
        assert_eq!(choose(&cells, count, 2, |_| Ok(())).unwrap(), (0..count).collect::<Vec<_>>());
    }
    // More than there are.
    assert_eq!(choose(&cells, 1000, 2, |_| Ok(())).unwrap().len(), 20);
    assert!(choose(&Cells::new(channels, 0, Ok(folder.path().to_owned())), 3, 1, |_| Ok(())).unwrap().is_empty());
}

#[test]
fn a_search_can_be_stopped() {
    let folder = tempfile::tempdir().unwrap();
    let channels = Channels { fine: 2, coarse: 3 };
    let cells = stored(channels, &values(channels, 100, 1), usize::MAX, folder.path());
    let stop = |centres| if centres < 20 { Ok(()) } else { Err(Error::data("enough")) };
    assert_eq!(choose(&cells, 100, 2, stop).unwrap_err().message(), "enough");
}
