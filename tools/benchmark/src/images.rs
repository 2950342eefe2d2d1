//! The images of a comparison: drawn, or taken from a folder of photographs; as two NNC datasets of any length.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use nnc_sample_dataset::write_photographs;
use nnc_tools_support::Layout;
use nnc_tools_support::command;

/// Training images and test images, each a CSV.
pub(crate) struct Images {
    folder: PathBuf,
    training: Vec<String>,
    test: Vec<String>,
}

/// First line of every CSV.
const HEADER: &str = "x:image,y:label";
/// Of so many drawn test images one is of a good part.
const GOOD_EVERY: usize = 3;

impl Images {
    /// Draws as many photographs of parts into `folder`, a third of the test images without a defect.
    pub(crate) fn draw(folder: PathBuf, training: usize, test: usize) -> Result<Self> {
        fs::create_dir_all(&folder).with_context(|| format!("{} could not be created", folder.display()))?;
        let label = |number: usize| usize::from(number >= training && !(number - training).is_multiple_of(GOOD_EVERY));
        let name = |number: usize| format!("{number:05}.png");
        write_photographs(training + test, |number| label(number) == 1, |number| folder.join(name(number)))?;
        let rows = |numbers: std::ops::Range<usize>| numbers.map(|n| format!("./{},{}", name(n), label(n))).collect();
        Ok(Self { training: rows(0..training), test: rows(training..training + test), folder })
    }

    /// Takes the photographs in `source`, with a folder for each class in its folders `train` and `test`, scaled to what
    /// the detectors want.
    pub(crate) fn take(layout: &Layout, source: &Path, folder: PathBuf) -> Result<Self> {
        let mut rows = Vec::new();
        for name in ["train", "test"] {
            let out = folder.join(name);
            let mut create = Command::new(layout.host());
            create.args(["dataset", "create", "--quiet", "--force", "--file1", "rows.csv", "-o"]);
            command::run(layout, "scaling the images", create.arg(&out).arg(source.join(name)))?;
            let csv = out.join("rows.csv");
            let text = fs::read_to_string(&csv).with_context(|| format!("{} could not be read", csv.display()))?;
            rows.push(moved(&text, name).with_context(|| format!("{} is no dataset of images", csv.display()))?);
        }
        let (test, training) = (rows.pop().unwrap_or_default(), rows.pop().unwrap_or_default());
        Ok(Self { folder, training, test })
    }

    /// Writes a CSV of `count` training images, over and over if there are fewer.
    pub(crate) fn training(&self, count: usize) -> Result<PathBuf> {
        self.write("train", &self.training, count)
    }

    /// Writes a CSV of `count` test images from all parts of the set, over and over if there are fewer.
    pub(crate) fn test(&self, count: usize) -> Result<PathBuf> {
        self.write("test", &self.test, count)
    }

    fn write(&self, name: &str, rows: &[String], count: usize) -> Result<PathBuf> {
        let path = self.folder.join(format!("{name}_{count}.csv"));
        let lines = spread(rows, count).fold(format!("{HEADER}\n"), |text, row| text + row + "\n");
        fs::write(&path, lines).with_context(|| format!("{} could not be written", path.display()))?;
        Ok(path)
    }
}

/// `count` of the rows, evenly spread; over and over if there are fewer.
fn spread(rows: &[String], count: usize) -> impl Iterator<Item = &String> {
    let step = move |index: usize| if count < rows.len() { index * rows.len() / count } else { index % rows.len() };
    (0..count).map(move |index| &rows[step(index)])
}

/// The rows of a CSV that lies in `folder`, as they read one folder higher.
fn moved(csv: &str, folder: &str) -> Result<Vec<String>> {
    let mut lines = csv.lines();
    if lines.next() != Some(HEADER) {
        bail!("its first line is not {HEADER}");
    }
    let rows: Vec<String> = lines.map(|line| line.replacen("./", &format!("./{folder}/"), 1)).collect();
    if rows.is_empty() {
        bail!("it has no rows");
    }
    Ok(rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_spread_or_repeated() {
        let rows: Vec<String> = ["a", "b", "c", "d"].map(String::from).to_vec();
        for (count, expected) in [(2, "ac"), (3, "abc"), (4, "abcd"), (6, "abcdab")] {
            assert_eq!(spread(&rows, count).map(String::as_str).collect::<String>(), expected);
        }
    }

    #[test]
    fn rows_follow_their_images() {
        assert_eq!(moved("x:image,y:label\n./0/a.png,0\n", "train").unwrap(), ["./train/0/a.png,0"]);
        assert!(moved("x:image,y:label\n", "train").is_err());
        assert!(moved("y:label\n0\n", "train").is_err());
    }

    #[test]
    fn drawn_sets_have_good_and_bad_test_images() {
        let folder = tempfile::tempdir().unwrap();
        let images = Images::draw(folder.path().to_path_buf(), 2, 3).unwrap();
        let text = fs::read_to_string(images.test(3).unwrap()).unwrap();
        assert_eq!(text, "x:image,y:label\n./00002.png,0\n./00003.png,1\n./00004.png,1\n");
        assert!(folder.path().join("00004.png").is_file());
        assert_eq!(fs::read_to_string(images.training(5).unwrap()).unwrap().lines().count(), 6);
    }
}
