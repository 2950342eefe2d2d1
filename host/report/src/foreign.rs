//! Pictures and maps that an evaluation names outside of its result folder.
//!
//! The images of a job usually lie in its dataset, outside of the result folder, and `evaluation.json` names them. One from
//! another person can name any picture of the user's, and a report that is passed on would carry it along. So what a report
//! shows from elsewhere is told. Where the folder or its `evaluation.json` belongs to another user, or others may write that
//! file, it is left out; and so is, in every folder, what lies behind a link and a map that does not lie in the folder.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use nnc_files::{beneath, is_own};

use crate::model::{EvaluatedImage, Evaluation, Outcome};

/// What an evaluation names outside of its folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FromElsewhere {
    /// The result folder.
    pub folder: PathBuf,
    /// Images and masks in other folders.
    pub pictures: usize,
    /// The first of them.
    pub first: Option<PathBuf>,
    /// Whether they were left out, since another user has made the evaluation, or could have.
    pub is_foreign: bool,
    /// Pictures and maps behind links, and maps in other folders, all left out.
    pub left_out: usize,
}

/// How a path lies to the result folder.
enum Place {
    Inside,
    BehindALink,
    Outside,
}

/// Looks for what an evaluation names outside of its `folder`, and leaves out what a report may not show. `is_foreign` says that
/// its file is another user's, or may be written by others ([`read_evaluation_and_origin`](crate::read_evaluation_and_origin)).
pub fn leave_out_foreign(evaluation: &mut Evaluation, folder: &Path, is_foreign: bool) -> Option<FromElsewhere> {
    let is_foreign = is_foreign || !is_own(folder);
    let mut found = FromElsewhere { folder: folder.to_owned(), pictures: 0, first: None, is_foreign, left_out: 0 };
    for image in &mut evaluation.rows {
        for (path, is_map) in named_by(image).into_iter().flatten() {
            let Some(named) = path.as_deref() else { continue };
            match place(named, folder) {
                Place::Inside => {}
                Place::Outside if !is_map => {
                    // What is not there is not shown either.
                    if named.exists() {
                        found.pictures += 1;
                        found.first.get_or_insert_with(|| named.to_owned());
                    }
                    if is_foreign {
                        *path = None;
                    }
                }
                Place::Outside | Place::BehindALink => {
                    found.left_out += 1;
                    *path = None;
                }
            }
        }
    }
    (found.pictures + found.left_out > 0).then_some(found)
}

/// What an image names, and whether it is a file that the job made.
fn named_by(image: &mut EvaluatedImage) -> [Option<(&mut Option<PathBuf>, bool)>; 5] {
    let [made, label] = match &mut image.outcome {
        Some(Outcome::Pixels(areas)) => [Some((&mut areas.found, true)), Some((&mut areas.label, false))],
        Some(Outcome::Likeness(made)) => [Some((&mut made.found, true)), Some((&mut made.target, false))],
        Some(Outcome::Picture { file }) => [Some((file, true)), None],
        _ => [None, None],
    };
    [Some((&mut image.image, false)), Some((&mut image.mask, false)), Some((&mut image.map, true)), made, label]
}

fn place(path: &Path, folder: &Path) -> Place {
    let Ok(inside) = path.strip_prefix(folder) else { return Place::Outside };
    match beneath::open(folder, inside) {
        // What is not there is told elsewhere.
        Ok(_) => Place::Inside,
        Err(error) if error.kind() == ErrorKind::NotFound => Place::Inside,
        Err(_) => Place::BehindALink,
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::symlink;

    use super::*;
    use crate::model::Areas;

    #[test]
    fn what_lies_elsewhere_is_counted_and_links_are_left_out() {
        let root = tempfile::tempdir().unwrap();
        let at = |name: &str| root.path().join(name);
        fs::create_dir_all(at("out/maps")).unwrap();
        for file in ["private.png", "out/own.png", "out/maps/0.csv"] {
            fs::write(at(file), "").unwrap();
        }
        symlink(at("private.png"), at("out/link.png")).unwrap();
        symlink(root.path(), at("out/up")).unwrap();
        let image = |image: &str, map: &str| EvaluatedImage {
            image: Some(at(image)),
            map: Some(at(map)),
            ..EvaluatedImage::default()
        };
        let mut evaluation = Evaluation {
            rows: vec![
                image("out/own.png", "out/maps/0.csv"),
                image("private.png", "secret.csv"),
                image("out/link.png", "out/maps/gone.csv"),
                image("out/up/private.png", "out/maps/0.csv"),
            ],
            ..Evaluation::default()
        };
        let areas = |found: &str, label: &str| {
            let areas = Areas { found: Some(at(found)), label: Some(at(label)), ..Areas::default() };
            EvaluatedImage { outcome: Some(Outcome::Pixels(areas)), ..EvaluatedImage::default() }
        };
        let mut models = Evaluation {
            rows: vec![
                areas("out/own.png", "private.png"),
                areas("private.png", "out/link.png"),
                EvaluatedImage {
                    outcome: Some(Outcome::Picture { file: Some(at("private.png")) }),
                    ..EvaluatedImage::default()
                },
            ],
            ..Evaluation::default()
        };
        let found = leave_out_foreign(&mut models, &at("out"), false).unwrap();
        assert_eq!((found.pictures, found.left_out), (1, 3));
        let kept = |image: &EvaluatedImage| match &image.outcome {
            Some(Outcome::Pixels(areas)) => (areas.found.is_some(), areas.label.is_some()),
            Some(Outcome::Picture { file }) => (file.is_some(), false),
            _ => (false, false),
        };
        assert_eq!(models.rows.iter().map(kept).collect::<Vec<_>>(), [(true, true), (false, false), (false, false)]);

        let mut foreign = evaluation.clone();
        let found = leave_out_foreign(&mut evaluation, &at("out"), false).unwrap();
        let first = Some(at("private.png"));
        assert_eq!(found, FromElsewhere { folder: at("out"), pictures: 1, first, is_foreign: false, left_out: 3 });
        let kept: Vec<_> = evaluation.rows.iter().map(|row| (row.image.is_some(), row.map.is_some())).collect();
        assert_eq!(kept, [(true, true), (true, false), (false, true), (false, true)]);
        assert!(leave_out_foreign(&mut foreign, &at("out"), true).unwrap().is_foreign);
        let kept: Vec<_> = foreign.rows.iter().map(|row| row.image.is_some()).collect();
        assert_eq!(kept, [true, false, false, false]);
    }
}
