//! The reader on real files; its threads are tested beside its code.

use std::sync::Arc;

use image::{ExtendedColorType, ImageFormat};
use nnc_dataset::{CellDefect, DatasetError, Element, Reader, ReaderLimits, SampleFormat};

use crate::support::{Folder, as_floats, assert_message, floats};

fn grey(value: u8) -> Vec<u8> {
    let mut file = std::io::Cursor::new(Vec::new());
    image::write_buffer_with_format(&mut file, &[value; 6], 3, 2, ExtendedColorType::L8, ImageFormat::Png).unwrap();
    file.into_inner()
}

#[test]
fn images_and_labels_in_row_order() {
    let folder = Folder::new();
    let mut csv = "x:image,y:label\n".to_string();
    for row in 0..20u8 {
        folder.write(&format!("{row}.png"), grey(row));
        csv += &format!("{row}.png,{}\n", row % 3);
    }
    let dataset = Arc::new(folder.open(&csv).unwrap());
    let limits = ReaderLimits { max_images: 8, threads: 3 };
    for element in [Element::U8, Element::F32, Element::NormalizedF32] {
        let format = SampleFormat { shape: vec![1, 2, 3], element };
        let mut reader = Reader::new(dataset.clone(), "x", format, limits).unwrap();
        let mut rows = 0;
        while let Some(batch) = reader.next_batch(100).unwrap() {
            assert_eq!((batch.first_row, batch.count), (rows, 8.min(20 - rows)));
            assert_eq!(batch.bytes.as_ptr().align_offset(element.bytes()), 0);
            let values: Vec<f32> = match element {
                Element::U8 => batch.bytes.iter().map(|value| f32::from(*value)).collect(),
                Element::F32 => as_floats(batch.bytes),
                // Twice rounded, like NNC's own.
                Element::NormalizedF32 => as_floats(batch.bytes).iter().map(|value| (value * 255.0).round()).collect(),
            };
            let expected: Vec<f32> = (rows..rows + batch.count).flat_map(|row| [row as f32; 6]).collect();
            assert_eq!(values, expected);
            rows += batch.count;
        }
        assert_eq!(rows, 20);
    }
    let mut labels = Reader::new(dataset, "y", floats(&[1]), limits).unwrap();
    let batch = labels.next_batch(8).unwrap().unwrap();
    assert_eq!(as_floats(batch.bytes), [0., 1., 2., 0., 1., 2., 0., 1.]);
}

#[test]
fn several_variables_follow_each_other_within_a_sample() {
    let folder = Folder::new();
    folder.write("a.png", grey(51));
    folder.write("b.png", grey(255));
    folder.write("m.csv", "1,2\n3,4\n");
    let dataset = Arc::new(folder.open("x,y,v__0,v__1,m\na.png,7,0.5,-1,m.csv\nb.png,8,1,2,m.csv\n").unwrap());
    let limits = ReaderLimits { max_images: 8, threads: 2 };
    let normalized = |shape: &[usize]| SampleFormat { shape: shape.to_vec(), element: Element::NormalizedF32 };
    let inputs = vec![
        ("y", normalized(&[1])),
        ("x", normalized(&[1, 2, 3])),
        ("m", normalized(&[2, 2])),
        ("v", floats(&[2])),
        ("x", floats(&[1, 2, 3])),
    ];
    let mut reader = Reader::of_several(dataset.clone(), inputs, limits).unwrap();
    let batch = reader.next_batch(8).unwrap().unwrap();
    let sample = |label: f32, grey: f32, v: [f32; 2]| {
        [vec![label], vec![grey / 255.0; 6], vec![1.0, 2.0, 3.0, 4.0], v.to_vec(), vec![grey; 6]].concat()
    };
    assert_eq!(as_floats(batch.bytes), [sample(7.0, 51.0, [0.5, -1.0]), sample(8.0, 255.0, [1.0, 2.0])].concat());

    let error = Reader::of_several(dataset, vec![("y", floats(&[1])), ("z", floats(&[1]))], limits).err();
    assert!(matches!(error, Some(DatasetError::UnknownVariable { .. })));
}

#[test]
fn rows_before_a_bad_file_come_first() {
    let folder = Folder::new();
    folder.write("a.png", grey(1));
    let dataset = Arc::new(folder.open("x\na.png\na.png\nnone.png\na.png\n").unwrap());
    let limits = ReaderLimits { max_images: 64, threads: 4 };
    let format = SampleFormat { shape: vec![1, 2, 3], element: Element::U8 };
    let mut reader = Reader::new(dataset.clone(), "x", format.clone(), limits).unwrap();
    assert_eq!(reader.next_batch(64).unwrap().unwrap().count, 2);
    for _ in 0..2 {
        let error = reader.next_batch(64).unwrap_err();
        assert!(matches!(error, DatasetError::Cell { defect: CellDefect::MissingFile, .. }));
        assert_message(&error, &["d.csv line 4", "none.png"]);
    }
    reader.rewind();
    assert_eq!(reader.next_batch(64).unwrap().unwrap().first_row, 0);

    let error = Reader::new(dataset.clone(), "z", format.clone(), limits).err();
    assert!(matches!(error, Some(DatasetError::UnknownVariable { .. })));
    let empty = SampleFormat { shape: vec![0], ..format.clone() };
    let error = Reader::new(dataset.clone(), "x", empty, limits).err();
    assert!(matches!(error, Some(DatasetError::BadFormat { .. })));
    let none = ReaderLimits { max_images: 0, threads: 1 };
    let error = Reader::new(dataset, "x", format, none).err();
    assert!(matches!(error, Some(DatasetError::EmptyBatch)));
}
