//! The reader's threads, on decoders made for the test.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use super::*;
use crate::error::CellDefect;

const BYTES: usize = 8;

/// Rows hold their own number. `delay` is the time a row takes, `fails` which rows cannot be decoded.
fn reader(
    rows: usize,
    limits: (usize, usize),
    delay: impl Fn(usize) -> Duration + Send + Sync + 'static,
    fails: impl Fn(usize) -> bool + Send + Sync + 'static,
) -> Reader {
    let source = Source {
        rows,
        sample_bytes: BYTES,
        decode: Box::new(move |row, _, out| {
            thread::sleep(delay(row));
            if fails(row) {
                return Err(failure(row));
            }
            out.copy_from_slice(&(row as u64).to_ne_bytes());
            Ok(())
        }),
    };
    let (max_images, threads) = limits;
    Reader::over(source, ReaderLimits { max_images, threads }).unwrap()
}

fn failure(row: usize) -> DatasetError {
    DatasetError::NoThread { reason: row.to_string() }
}

fn at_once(_: usize) -> Duration {
    Duration::ZERO
}

fn never(_: usize) -> bool {
    false
}

/// Takes one batch and checks that it holds the rows it says.
fn take(reader: &mut Reader, max: usize) -> Result<Option<(usize, usize)>, DatasetError> {
    let Some(batch) = reader.next_batch(max)? else {
        return Ok(None);
    };
    let expected: Vec<u8> =
        (batch.first_row..batch.first_row + batch.count).flat_map(|row| (row as u64).to_ne_bytes()).collect();
    assert_eq!(batch.bytes, expected, "rows {}..", batch.first_row);
    Ok(Some((batch.first_row, batch.count)))
}

#[test]
fn order_holds_whatever_takes_longest() {
    for size in [1, 7, 64, 1000] {
        for threads in [1, 3, 8] {
            let uneven = |row: usize| Duration::from_micros((row as u64 * 7919) % 13 * 60);
            let mut reader = reader(150, (64, threads), uneven, never);
            let size = size.min(64);
            for round in 0..2 {
                let mut row = 0;
                while let Some((first, count)) = take(&mut reader, size).unwrap() {
                    assert_eq!((first, count), (row, size.min(150 - row)), "round {round}");
                    row += count;
                }
                assert_eq!(row, 150);
                assert_eq!(take(&mut reader, size), Ok(None));
                reader.rewind();
            }
        }
    }
}

#[test]
fn other_sizes_later_still_deliver_every_row() {
    let mut state = 12345u64;
    for first in [1, 5, 16, 64] {
        let mut reader = reader(300, (64, 3), at_once, never);
        let mut row = 0;
        let mut size = first;
        while let Some((found, count)) = take(&mut reader, size).unwrap() {
            assert_eq!((found, count), (row, size.min(300 - row)));
            row += count;
            state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            size = 1 + (state >> 33) as usize % 64;
        }
        assert_eq!(row, 300);
    }
}

#[test]
fn rows_before_the_first_failure_come_first() {
    for threads in [1, 4] {
        for bad in [0, 1, 9, 10, 11, 29] {
            // Later rows fail as well, and sooner.
            let delay = move |row: usize| Duration::from_millis(if row == bad { 5 } else { 0 });
            let mut reader = reader(30, (10, threads), delay, move |row| row >= bad);
            let mut rows = 0;
            let error = loop {
                match take(&mut reader, 10) {
                    Ok(batch) => rows += batch.unwrap().1,
                    Err(error) => break error,
                }
            };
            assert_eq!((rows, error), (bad, failure(bad)));
            assert_eq!(take(&mut reader, 10), Err(failure(bad)));
            assert_eq!(take(&mut reader, 3), Err(failure(bad)));
        }
    }
}

#[test]
fn rewind_and_drop_do_not_wait_for_the_rest() {
    let slow = |_| Duration::from_millis(20);
    let mut reader = reader(10_000, (64, 4), slow, never);
    let start = Instant::now();
    take(&mut reader, 4).unwrap();
    reader.rewind();
    assert_eq!(take(&mut reader, 4).unwrap(), Some((0, 4)));
    reader.rewind();
    take(&mut reader, 2).unwrap();
    drop(reader);
    assert!(start.elapsed() < Duration::from_secs(2), "{:?}", start.elapsed());
}

#[test]
fn memory_is_bounded_and_allocated_once() {
    for (max_images, size, rows, slots) in [
        (64, 64, 1000, 128),
        (64, 16, 1000, 64),
        (64, 1, 1000, 64),
        (64, 60, 1000, 120),
        (1, 1, 1000, 2),
        (64, 64, 10, 64),
        (64, 16, 40, 48),
        (1_000_000, 16, 40, 48),
    ] {
        let mut reader = reader(rows, (max_images, 2), at_once, never);
        assert!(reader.ring.is_none());
        take(&mut reader, size).unwrap();
        assert_eq!(reader.ring.as_ref().unwrap().len(), slots, "{max_images} {size} {rows}");
        let memory = Arc::as_ptr(reader.ring.as_ref().unwrap());
        while take(&mut reader, size).unwrap().is_some() {}
        reader.rewind();
        while take(&mut reader, size).unwrap().is_some() {}
        assert_eq!(Arc::as_ptr(reader.ring.as_ref().unwrap()), memory);
    }
}

#[test]
fn decoders_run_ahead_but_not_past_the_memory() {
    static DECODED: AtomicUsize = AtomicUsize::new(0);
    let count = |_| {
        DECODED.fetch_add(1, Ordering::SeqCst);
        Duration::ZERO
    };
    let mut reader = reader(1000, (16, 4), count, never);
    take(&mut reader, 8).unwrap();
    thread::sleep(Duration::from_millis(100));
    assert_eq!(DECODED.load(Ordering::SeqCst), 16);
    take(&mut reader, 8).unwrap();
    thread::sleep(Duration::from_millis(100));
    assert_eq!(DECODED.load(Ordering::SeqCst), 24);
}

#[test]
fn a_batch_of_nothing_is_refused() {
    let mut reader = reader(3, (16, 4), at_once, never);
    assert_eq!(take(&mut reader, 0), Err(DatasetError::EmptyBatch));
    assert_eq!(take(&mut reader, 16), Ok(Some((0, 3))));
}

#[test]
fn memory_that_is_not_to_be_had_is_an_error() {
    let source = Source { rows: usize::MAX, sample_bytes: 1 << 40, decode: Box::new(|_, _, _| Ok(())) };
    let limits = ReaderLimits { max_images: 1 << 20, threads: 1 };
    let mut reader = Reader::over(source, limits).unwrap();
    let error = reader.next_batch(1 << 20).unwrap_err();
    assert!(matches!(error, DatasetError::OutOfMemory { .. }), "{error}");
}

#[test]
fn a_panicking_decoder_is_an_error_with_its_place() {
    let folder = tempfile::tempdir().unwrap();
    let csv = folder.path().join("d.csv");
    std::fs::write(&csv, "x\na.png\nb.png\n").unwrap();
    let dataset = Dataset::open(&csv).unwrap();
    let source = Source {
        rows: 2,
        sample_bytes: BYTES,
        decode: Box::new(move |row, _, _| {
            guarded(&dataset, &dataset.variables()[0], row, || match row {
                0 => Ok(()),
                _ => panic!("index out of\nbounds"),
            })
        }),
    };
    let limits = ReaderLimits { max_images: 4, threads: 2 };
    let mut reader = Reader::over(source, limits).unwrap();
    assert_eq!(reader.next_batch(4).unwrap().unwrap().count, 1);
    let error = reader.next_batch(4).unwrap_err();
    let DatasetError::Cell { place, defect: CellDefect::DecoderPanic { message } } = &error else {
        panic!("{error:?}");
    };
    assert_eq!((place.line, message.as_deref()), (3, Some("index out of bounds")));
    assert_eq!(place.file.as_deref(), Some(folder.path().join("b.png").as_path()));
}
