//! `evaluation.json`: an evaluation as a file, so that its report, verdicts and pictures can be made again.
//!
//! Paths in the file are relative to its folder wherever the two have a folder in common, so a job can be moved
//! together with its images.

mod meter;

use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Seek, Write};
use std::path::{Component, Path, PathBuf};

use nnc_files::{beneath, is_only_own};
use nnc_result_folder::names::EVALUATION;
use nnc_text::json::Escaping;
use serde::de::DeserializeOwned;
use serde::ser::SerializeStruct;
use serde::{Deserialize, Serialize, Serializer};

use meter::Metered;

use crate::error::ReportError;
use crate::model::{Areas, EvaluatedImage, Evaluation, Outcome};

/// Version of the format; files of a later one are refused.
const FORMAT: u32 = 2;
/// The version of an evaluation of a detector, which has not changed since the first.
const FORMAT_OF_DETECTORS: u32 = 1;

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
        let Evaluation { title, task, origin, timings, rule, threshold, normals, scale, metrics, judged, files, rows } =
            self.evaluation;
        let more = usize::from(!task.is_anomaly()) + usize::from(judged.is_some());
        let mut fields = serializer.serialize_struct("Evaluation", 10 + more)?;
        fields.serialize_field("title", title)?;
        if !task.is_anomaly() {
            fields.serialize_field("task", task)?;
        }
        fields.serialize_field("origin", origin)?;
        fields.serialize_field("timings", timings)?;
        fields.serialize_field("rule", rule)?;
        fields.serialize_field("threshold", threshold)?;
        fields.serialize_field("normals", normals)?;
        fields.serialize_field("scale", scale)?;
        fields.serialize_field("metrics", metrics)?;
        if let Some(judged) = judged {
            fields.serialize_field("judged", judged)?;
        }
        fields.serialize_field("files", files)?;
        fields.serialize_field("rows", &Rows { rows, stored: self })?;
        fields.end()
    }
}

/// Every file that an image names.
fn paths(image: &mut EvaluatedImage) -> impl Iterator<Item = &mut PathBuf> {
    let outcome: [Option<&mut PathBuf>; 2] = match &mut image.outcome {
        Some(Outcome::Pixels(Areas { found, label, .. })) => [found.as_mut(), label.as_mut()],
        Some(Outcome::Likeness(likeness)) => [likeness.found.as_mut(), likeness.target.as_mut()],
        Some(Outcome::Picture { file }) => [file.as_mut(), None],
        _ => [None, None],
    };
    [image.image.as_mut(), image.map.as_mut(), image.mask.as_mut()].into_iter().chain(outcome).flatten()
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
        for path in paths(&mut image) {
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
    let format = if evaluation.task.is_anomaly() { FORMAT_OF_DETECTORS } else { FORMAT };
    let evaluation = Stored { evaluation, folder, home };
    let mut out = BufWriter::new(out);
    let written = serde_json::to_writer_pretty(Escaping(&mut out), &Writing { format, evaluation });
    written.map_err(std::io::Error::from).and_then(|()| out.write_all(b"\n")).and_then(|()| out.flush())?;
    Ok(())
}

/// Reads the evaluation of a job from its folder.
///
/// # Errors
/// A file that is not there, would take too much memory, is not an evaluation, or is one of a later version.
pub fn read_evaluation(folder: &Path) -> Result<Evaluation, ReportError> {
    read_evaluation_and_origin(folder).map(|(evaluation, _)| evaluation)
}

/// As [`read_evaluation`]; says as well whether the very file that was read is another user's, or others may write into it.
///
/// # Errors
/// As there.
pub fn read_evaluation_and_origin(folder: &Path) -> Result<(Evaluation, bool), ReportError> {
    let path = folder.join(EVALUATION);
    let unreadable = |source| ReportError::EvaluationUnreadable { path: path.clone(), source };
    // One behind a link is another job's, whose pictures do not belong into the report of this folder.
    let mut file = beneath::open(folder, Path::new(EVALUATION)).map_err(unreadable)?;
    let bytes = file.metadata().map_err(unreadable)?.len();
    let Version { format } = read_json(&file, &path, bytes)?;
    if ![FORMAT_OF_DETECTORS, FORMAT].contains(&format) {
        return Err(ReportError::EvaluationVersion { path, found: format, expected: FORMAT });
    }
    file.rewind().map_err(unreadable)?;
    let Reading { mut evaluation } = read_json(&file, &path, bytes)?;
    for image in &mut evaluation.rows {
        for path in paths(image) {
            *path = resolved(folder, path);
        }
    }
    Ok((evaluation, !is_only_own(&file)))
}

/// Reads JSON of `bytes` bytes bit by bit, so that the text and what it says are never in memory together.
fn read_json<T: DeserializeOwned>(file: &File, path: &Path, bytes: u64) -> Result<T, ReportError> {
    let memory = meter::budget(bytes);
    let too_large = || ReportError::EvaluationTooLarge { path: path.to_owned(), bytes, memory };
    if bytes > memory {
        return Err(too_large());
    }
    let text = BufReader::with_capacity(1 << 16, Metered::new(file.take(bytes), memory));
    serde_json::from_reader(text).map_err(|source| match source.io_error_kind() {
        Some(io::ErrorKind::FileTooLarge) => too_large(),
        Some(_) => ReportError::EvaluationUnreadable { path: path.to_owned(), source: source.into() },
        None => ReportError::EvaluationMalformed { path: path.to_owned(), source },
    })
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
    use crate::model::{ColourScale, EvaluatedImage};

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
        let mut file = std::fs::File::create(home.join(EVALUATION)).unwrap();
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
    fn what_would_fill_the_memory_is_refused_and_a_long_evaluation_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(EVALUATION);
        let write = |rows: &mut dyn Read| {
            let mut file = File::create(&path).unwrap();
            file.write_all(b"{\"format\":1,\"evaluation\":{\"rows\":[").unwrap();
            io::copy(rows, &mut file).unwrap();
            file.write_all(b"{}]}}").unwrap();
        };
        write(&mut "{},".repeat(1 << 20).as_bytes());
        let error = read_evaluation(folder.path()).unwrap_err();
        assert!(matches!(error, ReportError::EvaluationTooLarge { bytes: 3_145_767, .. }), "{error}");
        write(&mut r#"{"row":7,"name":"a","score":1},"#.repeat(1 << 17).as_bytes());
        assert_eq!(read_evaluation(folder.path()).unwrap().rows.len(), (1 << 17) + 1);
        // Holes, and a text without an end.
        File::create(&path).unwrap().set_len(2 << 30).unwrap();
        let error = read_evaluation(folder.path()).unwrap_err();
        assert!(matches!(error, ReportError::EvaluationMalformed { .. }), "{error}");
        File::create(&path).unwrap().set_len(meter::MOST + 1).unwrap();
        let error = read_evaluation(folder.path()).unwrap_err();
        assert!(matches!(error, ReportError::EvaluationTooLarge { memory: meter::MOST, .. }), "{error}");
    }

    #[test]
    fn numbers_of_every_size_are_read_as_they_were_written() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(EVALUATION);
        let rewrite = |evaluation: &Evaluation| {
            write_evaluation(evaluation, folder.path(), folder.path(), &mut File::create(&path).unwrap()).unwrap();
            read_evaluation(folder.path()).unwrap()
        };
        let row = |label| EvaluatedImage { label, score: f32::INFINITY, ..EvaluatedImage::default() };
        let widest = ColourScale { low: f32::MIN, high: f32::MAX };
        let labels = [None, Some(0.0), Some(1e308), Some(f64::INFINITY), Some(f64::NEG_INFINITY)];
        let evaluation = Evaluation { scale: widest, rows: labels.map(row).into(), ..Evaluation::default() };
        assert_eq!(rewrite(&evaluation), evaluation);
        let read = rewrite(&Evaluation { rows: vec![row(Some(f64::NAN))], ..Evaluation::default() });
        assert!(read.rows[0].label.is_some_and(f64::is_nan));
        // What 32 bits do not hold is refused at once, and not when the report is made a second time.
        for scale in [r#"{"low":0,"high":1e308}"#, r#"{"low":-3.5e38,"high":1}"#] {
            std::fs::write(&path, format!("{{\"format\":1,\"evaluation\":{{\"scale\":{scale}}}}}")).unwrap();
            let error = read_evaluation(folder.path()).unwrap_err();
            let ReportError::EvaluationMalformed { source, .. } = &error else { panic!("{error}") };
            assert!(source.to_string().contains("expected a number from -3.4028235e38"), "{source}");
        }
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
        let error = read("{\"format\":3,\"evaluation\":1}");
        assert!(matches!(error, ReportError::EvaluationVersion { found: 3, expected: 2, .. }), "{error}");
        std::fs::remove_file(folder.path().join(EVALUATION)).unwrap();
        let error = read_evaluation(folder.path()).unwrap_err();
        assert!(matches!(&error, ReportError::EvaluationUnreadable { path, .. } if named(path)), "{error}");
    }
}
