//! The sample dataset: images, masks and the two CSV files in the layout of Neural Network Console.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::defect::{Defect, Kind, SIZES};
use crate::parallel::in_parallel;
use crate::part::Part;
use crate::picture::Picture;
use crate::random::Random;
use crate::scene::Scene;
use crate::view::View;

/// Number of images of good parts to train on.
const TRAINING: usize = 72;
/// Number of images of good parts among the test images.
const GOOD: usize = 12;
/// Images are numbered through all folders; the number and this seed decide every pixel.
const SEED: u64 = 0x6e6e_635f_686f_7374;

/// One image to draw.
#[derive(Clone, Copy)]
struct Sample {
    number: usize,
    defect: Option<(Kind, usize)>,
}

impl Sample {
    fn all() -> impl Iterator<Item = Self> {
        let good = (0..TRAINING + GOOD).map(|number| Self { number, defect: None });
        let defects = Kind::ALL.into_iter().flat_map(|kind| (0..SIZES).map(move |size| (kind, size)));
        let bad =
            defects.enumerate().map(|(index, defect)| Self { number: TRAINING + GOOD + index, defect: Some(defect) });
        good.chain(bad)
    }

    /// Path of the image below the data folder.
    fn image(self) -> String {
        match self.defect {
            None if self.number < TRAINING => format!("train/{:03}.png", self.number),
            None => format!("test/good_{}.png", self.number - TRAINING + 1),
            Some((kind, size)) => format!("test/{}_{}.png", kind.name(), size + 1),
        }
    }

    /// Path of the mask below the data folder.
    fn mask(self) -> Option<String> {
        self.defect.map(|(kind, size)| format!("masks/{}_{}.png", kind.name(), size + 1))
    }

    /// Image and, for a defect, its mask.
    fn draw(self) -> (Picture<3>, Option<Picture<1>>) {
        let mut random = Random::new(SEED.wrapping_mul(2 * self.number as u64 + 1));
        let view = View::random(&mut random);
        let good = Scene::new(&Part::default(), &view);
        let Some((kind, size)) = self.defect else {
            return (good.photograph(&view), None);
        };
        let defect = Defect::random(kind, size, &mut random);
        let mut scene = Scene::new(&defect.part(), &view);
        defect.apply(&mut scene, &view);
        (scene.photograph(&view), Some(defect.mask(&good)))
    }
}

/// Draws the whole set below `folder`, over one that may be there, and returns the number of images.
pub fn write(folder: &Path) -> Result<usize> {
    for name in ["train", "test", "masks"] {
        let path = folder.join(name);
        fs::create_dir_all(&path).with_context(|| format!("{} could not be created", path.display()))?;
    }
    let samples: Vec<Sample> = Sample::all().collect();
    in_parallel(samples.len(), |index| {
        let sample = samples[index];
        let (image, mask) = sample.draw();
        image.save(&folder.join(sample.image()))?;
        if let (Some(mask), Some(name)) = (mask, sample.mask()) {
            mask.save(&folder.join(name))?;
        }
        Ok(())
    })?;
    let (training, test): (Vec<Sample>, Vec<Sample>) = samples.iter().partition(|sample| sample.number < TRAINING);
    for (name, text) in [("train.csv", training_csv(&training)), ("test.csv", test_csv(&test))] {
        let path = folder.join(name);
        fs::write(&path, text).with_context(|| format!("{} could not be written", path.display()))?;
    }
    Ok(samples.len())
}

/// Writes a photograph for each number from 0 to `count`, of a part that `defective` calls good or not, where `path` says.
pub fn write_photographs(
    count: usize,
    defective: impl Fn(usize) -> bool + Sync,
    path: impl Fn(usize) -> PathBuf + Sync,
) -> Result<()> {
    in_parallel(count, |number| {
        let kind = Kind::ALL[number % Kind::ALL.len()];
        let defect = defective(number).then_some((kind, number / Kind::ALL.len() % SIZES));
        Sample { number, defect }.draw().0.save(&path(number))
    })
}

fn training_csv(samples: &[Sample]) -> String {
    let mut text = "x:image,y:label\n".to_owned();
    for sample in samples {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "./{},0", sample.image());
    }
    text
}

/// Columns whose name starts with `#` are comments for Neural Network Console; they hold the defect and its mask.
fn test_csv(samples: &[Sample]) -> String {
    let mut text = "x:image,y:label,#defect,#mask\n".to_owned();
    for sample in samples {
        let (label, kind) = sample.defect.map_or((0, "good"), |(kind, _)| (1, kind.name()));
        let mask = sample.mask().map_or_else(String::new, |mask| format!("./{mask}"));
        let _ = writeln!(text, "./{},{label},{kind},{mask}", sample.image());
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::SIDE;
    use std::fs::File;
    use std::io::BufReader;

    const TEST: usize = GOOD + Kind::ALL.len() * SIZES;

    /// Mean absolute difference of the pixels that `keep` selects by their place, in grey levels.
    fn difference(one: &Picture<3>, other: &Picture<3>, keep: impl Fn([usize; 2]) -> bool) -> f64 {
        let pairs = one.pixels.iter().zip(&other.pixels).enumerate().filter(|(index, _)| keep(place(*index)));
        let differences = pairs.flat_map(|(_, (a, b))| a.iter().zip(b).map(|(a, b)| f64::from(a.abs_diff(*b))));
        let (sum, count) = differences.fold((0.0, 0.0), |(sum, count), value| (sum + value, count + 1.0));
        sum / f64::max(count, 1.0)
    }

    fn place(index: usize) -> [usize; 2] {
        [index % SIDE, index / SIDE]
    }

    fn marked(mask: &Picture<1>) -> Vec<[usize; 2]> {
        let set = mask.pixels.iter().enumerate().filter(|(_, value)| **value == [255]);
        set.map(|(index, _)| place(index)).collect()
    }

    /// The same photograph of the part before it was damaged.
    fn undamaged(sample: Sample) -> Picture<3> {
        Sample { defect: None, ..sample }.draw().0
    }

    #[test]
    fn the_set_has_enough_of_everything() {
        const { assert!(TRAINING >= 60 && TEST >= 30) };
        let samples: Vec<_> = Sample::all().collect();
        assert_eq!(samples.len(), TRAINING + TEST);
        let mut names: Vec<_> = samples.iter().map(|sample| sample.image()).collect();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), samples.len());
    }

    #[test]
    fn the_same_number_gives_the_same_picture_and_others_differ() {
        let sample = |number| Sample { number, defect: None };
        let first = sample(0).draw().0;
        assert_eq!(first, sample(0).draw().0);
        for number in 1..6 {
            let other = sample(number).draw().0;
            assert!(difference(&first, &other, |_| true) > 2.0, "image {number} is like image 0");
        }
    }

    #[test]
    fn every_mask_covers_what_differs_from_the_undamaged_part() {
        for sample in Sample::all().filter(|sample| sample.defect.is_some()) {
            let name = sample.image();
            let (image, mask) = sample.draw();
            let (mask, good) = (mask.unwrap(), undamaged(sample));
            assert!(mask.pixels.iter().all(|value| matches!(value, [0 | 255])), "{name}");
            let marked = marked(&mask);
            assert!((8..SIDE * SIDE / 20).contains(&marked.len()), "{name}: {} pixels are marked", marked.len());
            assert!(marked.iter().flatten().all(|at| (4..SIDE - 4).contains(at)), "{name}: touches the border");

            let inside = difference(&image, &good, |at| marked.contains(&at));
            assert!(inside > 4.0, "{name}: {inside} grey levels inside the mask");
            // Shadows and blur reach a little further than the mask.
            let near = |[x, y]: [usize; 2]| marked.iter().any(|[a, b]| a.abs_diff(x) <= 12 && b.abs_diff(y) <= 12);
            let outside = difference(&image, &good, |at| !near(at));
            assert!(outside < 0.2, "{name}: {outside} grey levels away from the mask");
        }
    }

    #[test]
    fn sizes_of_a_kind_grow() {
        for kind in Kind::ALL {
            let area = |size| {
                let number = Sample::all().find(|sample| sample.defect == Some((kind, size))).unwrap();
                marked(&number.draw().1.unwrap()).len()
            };
            assert!(area(SIZES - 1) > 3 * area(0), "{}", kind.name());
        }
    }

    #[test]
    fn files_are_written_and_listed() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(write(folder.path()).unwrap(), TRAINING + TEST);
        for (name, rows) in [("train.csv", TRAINING), ("test.csv", TEST)] {
            let text = fs::read_to_string(folder.path().join(name)).unwrap();
            assert_eq!(text.lines().count(), rows + 1);
            for line in text.lines().skip(1) {
                for cell in line.split(',').filter(|cell| cell.starts_with("./")) {
                    let file = BufReader::new(File::open(folder.path().join(cell)).unwrap());
                    let reader = png::Decoder::new(file).read_info().unwrap();
                    assert_eq!(reader.info().size(), (224, 224), "{cell}");
                }
            }
        }
    }
}
