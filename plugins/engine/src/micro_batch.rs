//! How many rows go through a network at once.
//!
//! On a CPU the values between functions should stay in the cache: with many rows each function reads from memory what the
//! one before has written, with few the weights are read too often. On a GPU it is as many as fill it; a
//! [`Team`](crate::Team) takes fewer where its memory is too small for them.

use std::{fs, path::Path};

use crate::Executor;
use tch::Device;

/// Where Linux tells of caches.
const CACHES: &str = "/sys/devices/system/cpu/cpu0/cache";
/// Share of a cache where nothing is known about it.
const USUAL_CACHE: u64 = 16 << 20;
/// Most rows on a CPU: more gain nothing.
pub(crate) const CPU_ROWS: u64 = 8;
/// Rows on a GPU; a power of two, since it may have to be halved.
const GPU_ROWS: usize = 64;

/// Rows for `executor` when `members` of a team run at the same time.
pub fn rows(executor: &Executor, members: usize) -> usize {
    match executor.device() {
        Device::Cpu => rows_in(cache_share(Path::new(CACHES), members), executor.row_bytes()),
        _ => GPU_ROWS,
    }
}

fn rows_in(cache: u64, row_bytes: u64) -> usize {
    (cache / row_bytes.max(1)).clamp(1, CPU_ROWS) as usize
}

/// What each of `members` has of the largest cache of the first processor, in bytes.
fn cache_share(folder: &Path, members: usize) -> u64 {
    let read =
        |cache: &Path, file: &str| nnc_files::read_kernel(cache.join(file)).ok().map(|text| text.trim().to_owned());
    let caches = fs::read_dir(folder).into_iter().flatten().flatten().filter_map(|entry| {
        let cache = entry.path();
        let bytes = size(&read(&cache, "size")?)?;
        let shared = read(&cache, "shared_cpu_list").map_or(1, |list| processors(&list));
        Some((bytes, shared))
    });
    let (bytes, shared) = caches.max().unwrap_or((USUAL_CACHE, 1));
    bytes / shared.min(members.max(1) as u64)
}

/// `32768K`, `1M` or `512` in bytes.
fn size(text: &str) -> Option<u64> {
    let (digits, unit) = match text.as_bytes().last()? {
        b'K' => (text.strip_suffix('K')?, 1 << 10),
        b'M' => (text.strip_suffix('M')?, 1 << 20),
        _ => (text, 1),
    };
    digits.parse::<u64>().ok()?.checked_mul(unit)
}

/// How many numbers a list like `0-3,8` names, at least one.
fn processors(list: &str) -> u64 {
    let count = list.split(',').filter_map(|range| {
        let (first, last) = range.split_once('-').unwrap_or((range, range));
        Some((last.parse::<u64>().ok()?).saturating_sub(first.parse().ok()?) + 1)
    });
    count.sum::<u64>().max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_follow_the_cache() {
        assert_eq!(rows_in(32 << 20, 9 << 20), 3);
        assert_eq!(rows_in(1 << 20, 9 << 20), 1);
        assert_eq!(rows_in(1 << 40, 9 << 20), 8);
        assert_eq!(rows_in(1 << 20, 0), 8);
    }

    #[test]
    fn the_largest_cache_is_shared_among_the_members_that_use_it() {
        let folder = tempfile::tempdir().unwrap();
        for (index, size, list) in [("index0", "32K\n", "0\n"), ("index3", "32M\n", "0-2,5\n"), ("power", "", "")] {
            let cache = folder.path().join(index);
            fs::create_dir(&cache).unwrap();
            fs::write(cache.join("size"), size).unwrap();
            fs::write(cache.join("shared_cpu_list"), list).unwrap();
        }
        assert_eq!(cache_share(folder.path(), 1), 32 << 20);
        assert_eq!(cache_share(folder.path(), 2), 16 << 20);
        assert_eq!(cache_share(folder.path(), 64), 8 << 20);
        assert_eq!(cache_share(&folder.path().join("absent"), 2), USUAL_CACHE);
        assert_eq!((size("512"), size("x"), size(""), processors("?")), (Some(512), None, None, 1));
    }
}
