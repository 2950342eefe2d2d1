//! `evaluation.json`: an evaluation as a file, so that its report, verdicts and pictures can be made again.
//!
//! Paths in the file are relative to its folder wherever the two have a folder in common, so a job can be moved
//! together with its images.

use std::fs::File;
use std::io::{BufReader, BufWriter, Write};
use std::path::{Component, Path, PathBuf};

use nnc_result_folder::names::EVALUATION;
use serde::ser::SerializeStruct;
use serde::{Deserialize, Serialize, Serializer};

use crate::error::ReportError;
use crate::model::{EvaluatedImage, Evaluation};

/// Version of the format; files of a later one are refused.
const FORMAT: u32 = 1;
/// Far more than an evaluation of a million images needs.
const MAX_BYTES: u64 = 2 << 30;

#[derive(Serialize)]
struct Writing<'a> {
    format: u32,
    evaluation: Stored<'a>,
}

/// An evaluation as it stands in the file; its images are put into words one after the other, as there may be very many.
struct Stored<'a> {
    evaluation: &'a Evaluation,
    folder: &'a Path,
    home: &'a Path,
}

impl Serialize for Stored<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Evaluation { title, origin, timings, rule, threshold, normals, scale, metrics, files, rows } =
            self.evaluation;
        let mut fields = serializer.serialize_struct("Evaluation", 10)?;
        fields.serialize_field("title", title)?;
        fields.serialize_field("origin", origin)?;
        fields.serialize_field("timings", timings)?;
        fields.serialize_field("rule", rule)?;
        fields.serialize_field("threshold", threshold)?;
        fields.serialize_field("normals", normals)?;
        fields.serialize_field("scale", scale)?;
        fields.serialize_field("metrics", metrics)?;
        fields.serialize_field("files", files)?;
        fields.serialize_field("rows", &Rows { rows, stored: self })?;
        fields.end()
    }
}

struct Rows<'a> {
    rows: &'a [EvaluatedImage],
    stored: &'a Stored<'a>,
}

impl Serialize for Rows<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.rows.iter().map(|image| self.stored.image(image)))
    }
}

impl Stored<'_> {
    /// The image with paths as they are stored.
    fn image(&self, image: &EvaluatedImage) -> EvaluatedImage {
        let mut image = image.clone();
        for path in [&mut image.image, &mut image.map, &mut image.mask].into_iter().flatten() {
            let text = match path.strip_prefix(self.folder) {
                Ok(inside) => inside.to_string_lossy().into_owned(),
                Err(_) => relative(path, self.home).unwrap_or_else(|| path.clone()).to_string_lossy().into_owned(),
            };
            *path = text.into();
        }
        image
    }
}

/// The rest of a file whose version fits.
#[derive(Deserialize)]
struct Reading {
    evaluation: Evaluation,
}

/// The version alone, which every later format has as well.
#[derive(Deserialize)]
struct Version {
    format: u32,
}

/// Writes an evaluation as JSON.
///
/// `folder` is where maps and masks of the job lie now, `home` where they and the file will lie in the end; the two
/// differ while a job is staged. Paths that hold no Unicode text are written with replacement characters.
///
/// # Errors
/// [`ReportError::Write`] when `out` refuses the text.
pub fn write_evaluation(
    evaluation: &Evaluation,
    folder: &Path,
    home: &Path,
    out: &mut dyn Write,
) -> Result<(), ReportError> {
    let evaluation = Stored { evaluation, folder, home };
    let mut out = BufWriter::new(out);
    let written = serde_json::to_writer_pretty(&mut out, &Writing { format: FORMAT, evaluation });
    written.map_err(std::io::Error::from).and_then(|()| out.write_all(b"\n")).and_then(|()| out.flush())?;
    Ok(())
}

/// Reads the evaluation of a job from its folder.
///
/// # Errors
/// A file that is not there, is too large, is not an evaluation, or is one of a later version.
pub fn read_evaluation(folder: &Path) -> Result<Evaluation, ReportError> {
    let path = folder.join(EVALUATION);
    let unreadable = |source| ReportError::EvaluationUnreadable { path: path.clone(), source };
    let file = File::open(&path).map_err(unreadable)?;
    let bytes = file.metadata().map_err(unreadable)?.len();
    if bytes > MAX_BYTES {
        return Err(ReportError::EvaluationTooLarge { path, bytes, limit: MAX_BYTES });
    }
    let malformed = |source| ReportError::EvaluationMalformed { path: path.clone(), source };
    let text = std::io::read_to_string(BufReader::new(file)).map_err(unreadable)?;
    let Version { format } = serde_json::from_str(&text).map_err(malformed)?;
    if format != FORMAT {
        return Err(ReportError::EvaluationVersion { path, found: format, expected: FORMAT });
    }
    let Reading { mut evaluation } = serde_json::from_str(&text).map_err(malformed)?;
    for image in &mut evaluation.rows {
        for path in [&mut image.image, &mut image.map, &mut image.mask].into_iter().flatten() {
            *path = resolved(folder, path);
        }
    }
    Ok(evaluation)
}

/// The inverse of [`relative`]: where a path of the file leads. By its words alone, as it was written, so that a folder
/// that is reached through a link leads to where it led then.
fn resolved(folder: &Path, path: &Path) -> PathBuf {
    let mut resolved = folder.to_owned();
    for part in path.components() {
        match part {
            Component::ParentDir => drop(resolved.pop()),
            part => resolved.push(part),
        }
    }
    resolved
}

/// `path` as seen from `folder`; `None` when the two have nothing in common but the root, or one is not absolute.
fn relative(path: &Path, folder: &Path) -> Option<PathBuf> {
    if !path.is_absolute() || !folder.is_absolute() {
        return None;
    }
    // `a/../b` says nothing about what it has in common with `b` when `a` is a link.
    if [path, folder].into_iter().flat_map(Path::components).any(|part| part == Component::ParentDir) {
        return None;
    }
    let common = path.components().zip(folder.components()).take_while(|(a, b)| a == b).count();
    if common < 2 {
        return None;
    }
    let up = folder.components().skip(common).map(|_| Component::ParentDir);
    Some(up.chain(path.components().skip(common)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::EvaluatedImage;

    #[test]
    fn paths_are_relative_where_folders_are_shared() {
        for (path, expected) in [
            ("/data/gears/test/0.png", Some("../gears/test/0.png")),
            ("/data/out/heatmaps/0.png", Some("heatmaps/0.png")),
            ("/elsewhere/0.png", None),
            ("/data/gears/../0.png", None),
            ("test/0.png", None),
        ] {
            let found = relative(Path::new(path), Path::new("/data/out"));
            assert_eq!(found, expected.map(PathBuf::from), "{path}");
            if let Some(found) = found {
                assert_eq!(resolved(Path::new("/data/out"), &found), Path::new(path));
            }
        }
    }

    #[test]
    fn what_is_staged_is_read_from_its_home() {
        let root = tempfile::tempdir().unwrap();
        let (home, staging) = (root.path().join("out"), root.path().join("out/.staging"));
        let image = |map: PathBuf| EvaluatedImage {
            image: Some(root.path().join("test/0.png")),
            map: Some(map),
            score: f32::NAN,
            label: Some(1.0),
            ..EvaluatedImage::default()
        };
        let staged = Evaluation { rows: vec![image(staging.join("outputs/0.csv"))], ..Evaluation::default() };
        std::fs::create_dir(&home).unwrap();
        let mut file = File::create(home.join(EVALUATION)).unwrap();
        write_evaluation(&staged, &staging, &home, &mut file).unwrap();
        let text = std::fs::read_to_string(home.join(EVALUATION)).unwrap();
        assert!(text.contains("\"outputs/0.csv\"") && text.contains("\"../test/0.png\""), "{text}");

        let read = read_evaluation(&home).unwrap();
        assert!(read.rows[0].score.is_nan());
        let mut due = image(home.join("outputs/0.csv"));
        due.score = 1.0;
        assert_eq!(EvaluatedImage { score: 1.0, ..read.rows[0].clone() }, due);
    }

    #[test]
    fn bad_files_are_refused_by_name() {
        let folder = tempfile::tempdir().unwrap();
        let read = |text: &str| {
            std::fs::write(folder.path().join(EVALUATION), text).unwrap();
            read_evaluation(folder.path()).unwrap_err()
        };
        let named = |path: &Path| path == folder.path().join(EVALUATION);
        for text in ["", "{\"format\":1,\"evaluation\":{\n\"rows\":[{\"score\":\"high\"}]}}", "[]"] {
            let error = read(text);
            assert!(matches!(&error, ReportError::EvaluationMalformed { path, .. } if named(path)), "{error}");
        }
        let error = read("{\"format\":2,\"evaluation\":1}");
        assert!(matches!(error, ReportError::EvaluationVersion { found: 2, expected: 1, .. }), "{error}");
        std::fs::remove_file(folder.path().join(EVALUATION)).unwrap();
        let error = read_evaluation(folder.path()).unwrap_err();
        assert!(matches!(&error, ReportError::EvaluationUnreadable { path, .. } if named(path)), "{error}");
    }
}
