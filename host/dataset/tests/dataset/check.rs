//! `Dataset::check`: all problems, in order, with the shape most rows have as the rule.

use std::sync::atomic::{AtomicUsize, Ordering};

use image::{ExtendedColorType, ImageFormat};
use nnc_dataset::{CellDefect, CheckOptions, DatasetError, PictureError};

use crate::support::{Folder, assert_message};

fn png(width: u32, height: u32, color: ExtendedColorType) -> Vec<u8> {
    let pixels = vec![7; (width * height * u32::from(color.channel_count())) as usize];
    let mut file = std::io::Cursor::new(Vec::new());
    image::write_buffer_with_format(&mut file, &pixels, width, height, color, ImageFormat::Png).unwrap();
    file.into_inner()
}

#[test]
fn every_problem_in_order() {
    let folder = Folder::new();
    let good = png(4, 4, ExtendedColorType::Rgb8);
    folder.write("good.png", &good);
    folder.write("cut.png", &good[..good.len() / 2]);
    folder.write("grey.png", png(4, 4, ExtendedColorType::L8));
    folder.write("large.png", png(5, 4, ExtendedColorType::Rgb8));
    folder.write("alpha.png", png(4, 4, ExtendedColorType::Rgba8));
    let csv = "x,y\n\
        large.png,0\ngood.png,0\nnone.png,0\n\ngood.png,bad\ncut.png,1\ngrey.png,oops.txt\ngood.png,1\nalpha.png,2\n";
    let dataset = folder.open(csv).unwrap();
    for threads in [0, 1, 3, 50] {
        let heard = AtomicUsize::new(0);
        let options = CheckOptions { threads, ..CheckOptions::default() };
        let problems = dataset.check(&options, &|done| {
            heard.fetch_max(done, Ordering::Relaxed);
        });
        assert_eq!(heard.into_inner(), dataset.len());
        assert!(
            matches!(
                problems.as_slice(),
                [
                    DatasetError::Cell { defect: CellDefect::WrongImageSize { .. }, .. },
                    DatasetError::Cell { defect: CellDefect::MissingFile, .. },
                    DatasetError::Cell { defect: CellDefect::UnknownExtension { .. }, .. },
                    DatasetError::Cell { defect: CellDefect::Image(PictureError::Damaged(_)), .. },
                    DatasetError::Cell { defect: CellDefect::GreyImage { .. }, .. },
                    DatasetError::Cell { defect: CellDefect::UnknownExtension { .. }, .. },
                    DatasetError::Cell { defect: CellDefect::Image(PictureError::Alpha(_)), .. },
                ]
            ),
            "{problems:#?}"
        );
        for (problem, line) in problems.iter().zip([2, 4, 6, 7, 8, 8, 10]) {
            assert_message(problem, &[&format!("line {line},")]);
        }
    }
}

#[test]
fn shapes_asked_for_are_the_rule() {
    let folder = Folder::new();
    folder.write("a.png", png(4, 4, ExtendedColorType::Rgb8));
    let dataset = folder.open("x,y\na.png,0\na.png,1\n").unwrap();
    assert_eq!(dataset.check(&CheckOptions::default(), &|_| {}), []);
    let options =
        CheckOptions { shapes: vec![("x".to_string(), vec![3, 224, 224]), ("z".to_string(), vec![1])], threads: 2 };
    let problems = dataset.check(&options, &|_| {});
    assert!(
        matches!(
            problems.as_slice(),
            [
                DatasetError::UnknownVariable { .. },
                DatasetError::Cell { defect: CellDefect::WrongImageSize { .. }, .. },
                DatasetError::Cell { defect: CellDefect::WrongImageSize { .. }, .. },
            ]
        ),
        "{problems:#?}"
    );
}
