//! `.cache` folders: what nnabla writes, and what a broken disk or an attacker makes of it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use nnc_dataset::{CheckOptions, Dataset, DatasetError, Element, Reader, ReaderLimits, SampleFormat, output_cell};
use nnc_messages::Say;
use nnc_test_data::golden;

use crate::support::{Folder, as_floats, bytes, decode, floats};

/// One array as numpy saves it.
fn npy(descr: &str, shape: &str, data: &[u8]) -> Vec<u8> {
    let header = format!("{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}, }}");
    let mut file = b"\x93NUMPY\x01\x00".to_vec();
    file.extend((header.len() as u16).to_le_bytes());
    file.extend(header.as_bytes());
    file.extend(data);
    file
}

/// A chunk with `count` samples from `first` on: an image of 12 bytes and a label, both telling the sample's number.
fn chunk(first: u8, count: u8) -> Vec<u8> {
    let images: Vec<u8> = (12 * first..12 * (first + count)).collect();
    let labels: Vec<u8> = (first..first + count).flat_map(|i| f32::from(i).to_le_bytes()).collect();
    let mut chunk = npy("|u1", &format!("({count}, 3, 2, 2)"), &images);
    chunk.extend(npy("<f4", &format!("({count}, 1)"), &labels));
    chunk
}

const ORIGINAL: &str = "x:image,y:label,#note\n0/a.png,2,last\n.\\0\\b.png,0,first\n0/c.png,1,second\n";

/// A cache of three samples in two chunks that was shuffled: sample 0 came from row 1, 1 from row 2, 2 from row 0.
fn cache(folder: &Folder) -> PathBuf {
    folder.write("d.cache/cache_00000000_00000001.npy", chunk(0, 2));
    folder.write("d.cache/cache_00000002_00000002.npy", chunk(2, 1));
    folder.write("d.cache/cache_index.csv", "cache_00000000_00000001.npy,2\ncache_00000002_00000002.npy,1\n");
    folder.write("d.cache/cache_info.csv", "x\ny\n");
    folder.write("d.cache/order.csv", "0,1\n1,2\n2,0\n");
    folder.write("d.cache/original.csv", ORIGINAL);
    folder.path().join("d.cache")
}

#[test]
fn samples_come_with_the_cells_of_their_rows() {
    let folder = Folder::new();
    let dataset = Dataset::open(&cache(&folder)).unwrap();
    assert_eq!((dataset.len(), dataset.folder()), (3, folder.path()));
    assert!(dataset.table().ends_with("d.cache/original.csv"));
    let y = dataset.variable("y").unwrap();
    for row in 0..3 {
        // The label in the cells is the one in the chunk only if order.csv was followed.
        assert_eq!(dataset.number(row, y), Some(row as f64));
        assert_eq!(as_floats(&decode(&dataset, "y", row, &floats(&[1])).unwrap()), [row as f32]);
        let image: Vec<u8> = (12 * row as u8..12 * row as u8 + 12).collect();
        assert_eq!(decode(&dataset, "x", row, &bytes(&[3, 2, 2])).unwrap(), image);
        let wide: Vec<f32> = image.iter().copied().map(f32::from).collect();
        assert_eq!(as_floats(&decode(&dataset, "x", row, &floats(&[3, 2, 2])).unwrap()), wide);
        let unit = SampleFormat { shape: vec![3, 2, 2], element: Element::NormalizedF32 };
        let unit = as_floats(&decode(&dataset, "x", row, &unit).unwrap());
        assert_eq!(unit, wide.iter().map(|value| value * (1.0 / 255.0)).collect::<Vec<f32>>());
    }
    // Comment columns are paths to NNC here, unlike in a CSV.
    let cells: Vec<String> =
        dataset.record(0).enumerate().map(|(i, cell)| output_cell(cell, dataset.is_comment(i))).collect();
    assert_eq!(cells, ["./0/b.png", "0", "./first"]);
    assert_eq!(dataset.shape_of(1, dataset.variable("x").unwrap()).unwrap(), [3, 2, 2]);
    assert!(dataset.check(&CheckOptions::default(), &|_| {}).is_empty());

    let limits = ReaderLimits { max_images: 2, threads: 2 };
    let mut reader = Reader::new(Arc::new(dataset), "x", bytes(&[3, 2, 2]), limits).unwrap();
    let mut all = Vec::new();
    while let Some(batch) = reader.next_batch(2).unwrap() {
        all.extend_from_slice(batch.bytes);
    }
    assert_eq!(all, (0..36).collect::<Vec<u8>>());
}

#[test]
fn images_in_a_cache_are_those_of_their_files() {
    let folder = Folder::new();
    let path = cache(&folder);
    // The second sample, whose planes lie one after the other in the cache, as a file.
    let pixels: Vec<u8> = (0..4).flat_map(|pixel| [12 + pixel, 16 + pixel, 20 + pixel]).collect();
    let mut png = Vec::new();
    let mut encoder = png::Encoder::new(&mut png, 2, 2);
    encoder.set_color(png::ColorType::Rgb);
    encoder.write_header().unwrap().write_image_data(&pixels).unwrap();
    folder.write("b.png", png);
    folder.write("f.csv", "x\nb.png\n");
    let prints = |path: &Path, name: &str| {
        let dataset = Dataset::open(path).unwrap();
        dataset.fingerprints(dataset.variable(name).unwrap())
    };
    let file = prints(&folder.path().join("f.csv"), "x");
    let cached = prints(&path, "x");
    assert!(cached.iter().all(Option::is_some) && file[0].is_some());
    assert_eq!((cached[1] == file[0], cached[0] == file[0]), (true, false));
    assert_eq!(prints(&path, "y"), [None, None, None]);
}

#[test]
fn without_an_order_samples_are_in_the_order_of_the_csv() {
    let folder = Folder::new();
    let path = cache(&folder);
    std::fs::remove_file(path.join("order.csv")).unwrap();
    let dataset = Dataset::open(&path).unwrap();
    assert_eq!(dataset.record(0).next(), Some("0/a.png"));
}

#[test]
fn chunks_of_hdf5_are_read() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/legacy.cache");
    let dataset = Dataset::open(&path).unwrap();
    assert_eq!(dataset.len(), 3);
    for row in 0..3 {
        let image: Vec<u8> = (12 * row as u8..12 * row as u8 + 12).collect();
        assert_eq!(decode(&dataset, "x", row, &bytes(&[3, 2, 2])).unwrap(), image);
        assert_eq!(as_floats(&decode(&dataset, "y", row, &floats(&[1])).unwrap()), [row as f32]);
        assert_eq!(as_floats(&decode(&dataset, "v", row, &floats(&[2])).unwrap()), [row as f32, -(row as f32)]);
    }
    assert!(dataset.check(&CheckOptions::default(), &|_| {}).is_empty());
}

/// The message for a cache with one file changed, without the folder.
fn refused(name: &str, content: Option<&[u8]>) -> String {
    let folder = Folder::new();
    let path = cache(&folder);
    match content {
        Some(content) => drop(folder.write(&format!("d.cache/{name}"), content)),
        None => std::fs::remove_file(path.join(name)).unwrap(),
    }
    let error = Dataset::open(&path).unwrap_err();
    assert!(matches!(error, DatasetError::Cache(_)), "{error:?}");
    let text = error.said().replace(&format!("{}/", path.display()), "");
    assert!(!text.contains('\n'), "{text}");
    text
}

#[test]
fn every_defect_has_its_error() {
    let again = "; create the cache again";
    let first = "cache_00000000_00000001.npy";
    let second = "cache_00000002_00000002.npy";
    let (all, labels) = (chunk(0, 2).len(), npy("<f4", "(2, 1)", &[0; 8]).len());
    let cases: Vec<(&str, Option<Vec<u8>>, String)> = vec![
        ("original.csv", None, "has no original.csv, from which the cells of the result come".into()),
        ("original.csv", Some(b"x,y\na.png,1\n".to_vec()), format!("holds 3 samples, its original.csv has 1 rows{again}")),
        (
            "original.csv",
            Some(b"x,z\na.png,1\na.png,1\na.png,1\n".to_vec()),
            format!("holds the variables \"x\", \"y\", its original.csv has \"x\", \"z\"{again}"),
        ),
        ("cache_index.csv", None, "is a folder without cache_index.csv".into()),
        ("cache_index.csv", Some(Vec::new()), format!("cache_index.csv is empty, expected one line per chunk{again}")),
        (
            "cache_index.csv",
            Some(b"gone.npy,2\n".to_vec()),
            format!("cache_index.csv line 1 lists the chunk gone.npy, which does not exist{again}"),
        ),
        (
            "cache_index.csv",
            Some(b"../d.cache/cache_00000000_00000001.npy,2\n".to_vec()),
            "cache_index.csv line 1: found \"../d.cache/cache_00000000_00000001.npy,2\", expected a chunk of this folder".into(),
        ),
        (
            "cache_index.csv",
            Some(format!("{first},many\n").into_bytes()),
            format!("cache_index.csv line 1: found \"{first},many\", expected a chunk of this folder"),
        ),
        (
            "cache_index.csv",
            Some(format!("{first},2\n{second},2\n").into_bytes()),
            format!("{second}, variable \"x\": found 1 samples, expected 2 as in cache_index.csv{again}"),
        ),
        (
            "cache_info.csv",
            Some(b"x\nx\n".to_vec()),
            format!("cache_info.csv line 2: found \"x\", expected the name of a variable, each once{again}"),
        ),
        (
            "cache_info.csv",
            Some(b"x\n".to_vec()),
            format!("{first} has {labels} bytes after its last variable, expected only the variables"),
        ),
        (
            "cache_info.csv",
            Some(b"x\ny\nz\n".to_vec()),
            format!("{first}, variable \"z\": the array at byte {all}: it does not start with the .npy signature{again}"),
        ),
        (
            first,
            Some(chunk(0, 2)[..60].to_vec()),
            format!("{first}, variable \"x\": the array at byte 0: it ends inside the header{again}"),
        ),
        (
            first,
            Some(chunk(0, 2)[..all - labels - 4].to_vec()),
            format!("{first}, variable \"x\": the chunk is cut short, found 20 bytes, expected 24{again}"),
        ),
        (
            second,
            Some([npy("|u1", "(1, 3, 2, 1)", &[0; 6]), npy("<f4", "(1, 1)", &[0; 4])].concat()),
            format!("{second}: found variable \"x\" of shape 3,2,1 and type uint8, expected variable \"x\" of shape 3,2,2"),
        ),
        (
            second,
            Some(npy("|u1", "(1, 4611686018427387904, 4)", &[0; 6])),
            format!("{second}, variable \"x\": the array at byte 0: its header claims the shape"),
        ),
        (
            second,
            Some(npy("|u1", "(1, 1000000000000)", &[0; 6])),
            format!("{second}, variable \"x\": the chunk is cut short, found 6 bytes, expected 1000000000000{again}"),
        ),
        (
            second,
            Some(npy("|O", "(1, 3)", &[0; 6])),
            format!("{second}, variable \"x\": the array at byte 0: found elements of type \"|O\""),
        ),
        (second, Some(npy("|u1", "()", &[0])), format!("{second}, variable \"x\": found a single number")),
        ("order.csv", Some(b"0,1\n1,2\n2,3\n".to_vec()), "order.csv line 3: found \"2,3\", expected two numbers from 0 to 2".into()),
        ("order.csv", Some(b"0,1\n1,1\n2,0\n".to_vec()), "order.csv line 2: found \"1,1\", expected two numbers from 0 to 2".into()),
        ("order.csv", Some(b"0,1\n".to_vec()), "order.csv line 2: found the end of the list, expected 3 lines".into()),
    ];
    for (name, content, expected) in cases {
        let text = refused(name, content.as_deref());
        assert!(text.contains(&expected), "{text}\n  lacks {expected}");
    }
}

#[test]
fn a_damaged_chunk_of_hdf5_is_an_error_and_no_panic() {
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/legacy.cache");
    let folder = Folder::new();
    for file in ["cache_index.csv", "original.csv", "order.csv", "cache_00000002_00000002.h5"] {
        folder.write(&format!("d.cache/{file}"), std::fs::read(from.join(file)).unwrap());
    }
    let whole = std::fs::read(from.join("cache_00000000_00000001.h5")).unwrap();
    for at in (0..whole.len()).step_by(61) {
        let mut bad = whole.clone();
        bad[at] ^= 0xff;
        let cut = &whole[..at];
        for bytes in [&bad[..], cut] {
            folder.write("d.cache/cache_00000000_00000001.h5", bytes);
            if let Ok(dataset) = Dataset::open(&folder.path().join("d.cache")) {
                let _ = dataset.check(&CheckOptions { threads: 1, ..CheckOptions::default() }, &|_| {});
            }
        }
    }
}

#[test]
fn a_chunk_that_shrinks_later_is_an_error_of_its_sample() {
    let folder = Folder::new();
    let path = cache(&folder);
    let dataset = Dataset::open(&path).unwrap();
    folder.write("d.cache/cache_00000002_00000002.npy", b"");
    let error = decode(&dataset, "x", 2, &bytes(&[3, 2, 2])).unwrap_err().said();
    assert!(error.starts_with("cannot read ") && error.contains("cache_00000002_00000002.npy"), "{error}");
    let error = decode(&dataset, "y", 0, &bytes(&[1])).unwrap_err().said();
    assert!(error.contains("column \"y:label\"") && error.contains("numbers that are not bytes"), "{error}");
}

#[test]
fn the_cache_of_nnabla_holds_what_its_csv_names() {
    let cache = Dataset::open(&golden("test.cache")).unwrap();
    let csv = Dataset::open(&golden("dataset/test.csv")).unwrap();
    assert_eq!(cache.len(), csv.len());
    for row in 0..csv.len() {
        assert!(cache.record(row).eq(csv.record(row)));
        for (variable, format) in [("x", bytes(&[3, 224, 224])), ("y", floats(&[1]))] {
            let [cached, decoded] = [&cache, &csv].map(|dataset| decode(dataset, variable, row, &format).unwrap());
            assert!(cached == decoded, "row {row}, {variable}");
        }
    }
}
