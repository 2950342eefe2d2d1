//! How staged results take the place of old ones: a list of moves that is on the disk before the first of them is made.
//! A power cut or a kill in between leaves the list, and whoever opens the folder next makes the rest of the moves.

use std::collections::BTreeSet;
use std::io;

use serde::{Deserialize, Serialize};

use crate::directory::Directory;
use crate::error::{Action, During, FolderError, Result};
use crate::names::{self, REPORT_STAGING};
use crate::phase::Phase;

/// Far more than the names of all results take.
const MAX_BYTES: u64 = 1 << 16;

/// A publication. All names are those of files or folders directly in the job's folder.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Journal {
    phase: Phase,
    /// The staging folder.
    staging: String,
    /// Old results that go.
    away: BTreeSet<String>,
    /// New results that come.
    home: BTreeSet<String>,
}

/// One move: the name, and the folders between which it moves.
type Move<'a> = (&'a str, &'a Directory, &'a Directory);

impl Journal {
    /// Moves of `phase` in the job's folder `out`: `replaced` goes away, and what `staging` holds of `names` comes.
    pub(crate) fn plan(phase: Phase, staging: &Directory, replaced: &[&str], names: &[&str]) -> Self {
        let home = names.iter().filter(|name| staging.has(name));
        Self {
            phase,
            staging: staging.name().to_string_lossy().into_owned(),
            away: replaced.iter().map(|name| (*name).to_owned()).collect(),
            home: home.map(|name| (*name).to_owned()).collect(),
        }
    }

    /// The publication of `phase` that was not ended in `out`.
    ///
    /// # Errors
    /// A journal that cannot be read, or that names anything but results and their staging folder: no job wrote it.
    pub(crate) fn read(out: &Directory, phase: Phase) -> Result<Option<Self>> {
        let text = match out.read(phase.journal(), MAX_BYTES) {
            Ok(text) => text,
            Err(FolderError::File { error, .. }) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        let path = out.file(phase.journal());
        let journal: Self = serde_json::from_slice(&text).during(Action::Read, &path)?;
        match journal.foreign(phase) {
            Some(found) => Err(FolderError::ForeignJournal { path, found }),
            None => Ok(Some(journal)),
        }
    }

    /// The first thing in it that no job of `phase` would have written.
    fn foreign(&self, phase: Phase) -> Option<String> {
        if self.phase != phase {
            return Some(self.phase.name().to_owned());
        }
        let is_staging =
            self.staging == phase.staging() || (phase == Phase::Evaluate && self.staging == REPORT_STAGING);
        if !is_staging {
            return Some(self.staging.clone());
        }
        self.away.iter().chain(&self.home).find(|name| !names::is_result(name)).cloned()
    }

    /// Publishes: puts the list on the disk and makes the moves. After one that fails everything is as it was before.
    pub(crate) fn publish(&self, out: &Directory) -> Result<()> {
        let name = self.phase.journal();
        out.remove(self.phase.replaced())?;
        let text = nnc_text::json::to_vec_pretty(self).during(Action::Write, &out.file(&name))?;
        out.write_whole(&name, &text)?;
        out.sync_names().during(Action::Write, &out.file(&name))?;
        if let Err(error) = self.make_moves(out) {
            // Only if it is empty: what could not be moved back is not lost.
            out.folder(self.phase.replaced()).remove_if_empty();
            out.remove(name)?;
            return Err(error);
        }
        self.tidy(out)
    }

    /// Ends a publication that was cut off. One that cannot be ended now keeps its list.
    pub(crate) fn resume(&self, out: &Directory) -> Result<()> {
        self.make_moves(out)?;
        self.tidy(out)
    }

    /// Makes the moves that are still to be made; takes them back when one of them fails.
    fn make_moves(&self, out: &Directory) -> Result<()> {
        let (old, staging) = (out.create_folder(self.phase.replaced())?, out.folder(&self.staging));
        let moves = self.moves_left(out, &old, &staging);
        for (done, (name, from, to)) in moves.iter().enumerate() {
            if let Err(error) = from.move_to(name, to) {
                for (name, from, to) in moves.iter().take(done).rev() {
                    // Nothing more can be done about a folder that refuses even this.
                    let _ = to.move_to(name, from);
                }
                return Err(error);
            }
        }
        out.sync_names().during(Action::Flush, out.path())
    }

    /// Removes what is left when all moves are made. The list goes last: as long as it is there, nothing of what it names
    /// can be taken for something else.
    fn tidy(&self, out: &Directory) -> Result<()> {
        out.remove(self.phase.replaced())?;
        out.remove(&self.staging)?;
        out.remove(self.phase.journal())
    }

    /// The moves that are still to be made. A new result that is still staged has not come, so what has its name is the
    /// old one; one that is not staged any more is home.
    fn moves_left<'a>(&'a self, out: &'a Directory, old: &'a Directory, staging: &'a Directory) -> Vec<Move<'a>> {
        let is_home = |name: &String| self.home.contains(name) && !staging.has(name);
        let away = self.away.iter().filter(|name| !is_home(name) && out.has(name));
        let home = self.home.iter().filter(|name| !is_home(name));
        let away = away.map(|name| (name.as_str(), out, old));
        away.chain(home.map(|name| (name.as_str(), staging, out))).collect()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::fs;
    use std::path::Path;

    use super::*;
    use crate::folder::ResultFolder;

    /// Names and contents of all files below a folder.
    fn files(folder: &Path) -> BTreeMap<String, String> {
        let mut found = BTreeMap::new();
        for entry in fs::read_dir(folder).unwrap().map(io::Result::unwrap) {
            let name = entry.file_name().into_string().unwrap();
            if entry.path().is_dir() {
                found.extend(files(&entry.path()).into_iter().map(|(inner, text)| (format!("{name}/{inner}"), text)));
            } else {
                found.insert(name, fs::read_to_string(entry.path()).unwrap());
            }
        }
        found
    }

    /// An evaluation's folder with old results and staged new ones, and the list of moves between them.
    fn prepared(out: &Directory) -> Journal {
        let staging = out.folder(".evaluate.partial");
        for (folder, text) in [(out, "old"), (&staging, "new")] {
            folder.create_folder("outputs").unwrap();
            for name in ["output_result.csv", "outputs/0.csv", "report.html"] {
                folder.write(name, text.as_bytes()).unwrap();
            }
        }
        out.write("evaluate_status.json", b"{}").unwrap();
        // Only the old evaluation has had this one, and only the new one has that.
        out.write("heatmaps", b"old").unwrap();
        staging.write("scores.csv", b"new").unwrap();
        let replaced = ["heatmaps", "output_result.csv", "outputs", "report.html"];
        let names = ["output_result.csv", "outputs", "report.html", "scores.csv", "heatmaps"];
        Journal::plan(Phase::Evaluate, &staging, &replaced, &names)
    }

    #[test]
    fn a_journal_that_no_job_wrote_is_refused_and_nothing_is_touched() {
        let ours = r#"{"phase":"evaluate","staging":".evaluate.partial","away":[],"home":["report.html"]}"#;
        for (from, to) in [
            (".evaluate.partial", "../../thesis"),
            (".evaluate.partial", "outputs"),
            (".evaluate.partial", ""),
            ("report.html", "../../.bashrc"),
            ("report.html", ".bashrc"),
            ("report.html", "/etc/passwd"),
            ("[]", r#"["../../.ssh/authorized_keys"]"#),
            ("\"phase\":\"evaluate\"", "\"phase\":\"train\""),
        ] {
            let folder = tempfile::tempdir().unwrap();
            let out = Directory::new(folder.path());
            prepared(&out);
            out.write(".evaluate.moves.json", ours.replace(from, to).as_bytes()).unwrap();
            let before = files(folder.path());
            let error = ResultFolder::open(folder.path(), Phase::Evaluate).err().unwrap();
            assert!(matches!(error, FolderError::ForeignJournal { .. }), "{to}: {error:?}");
            assert_eq!(files(folder.path()), before, "{to}");
        }
    }

    #[test]
    fn a_journal_larger_than_any_is_refused_before_it_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let out = Directory::new(folder.path());
        out.create(".evaluate.moves.json").unwrap().set_len(1 << 40).unwrap();
        let error = ResultFolder::open(folder.path(), Phase::Evaluate).err().unwrap();
        let FolderError::File { error, .. } = error else { panic!("{error:?}") };
        assert_eq!(nnc_files::refusal(&error), Some(nnc_files::Refusal::TooLarge { limit: MAX_BYTES }));
    }

    #[test]
    fn a_publication_that_is_cut_off_anywhere_is_ended_by_the_next_job() {
        let all = 8;
        for cut in 0..=all {
            let folder = tempfile::tempdir().unwrap();
            let out = Directory::new(folder.path());
            let journal = prepared(&out);
            let list = serde_json::to_vec(&journal).unwrap();
            out.write(".evaluate.moves.json", &list).unwrap();
            let (old, staging) = (out.create_folder(".evaluate.replaced").unwrap(), out.folder(".evaluate.partial"));
            let moves = journal.moves_left(&out, &old, &staging);
            assert_eq!(moves.len(), all);
            for (name, from, to) in moves.into_iter().take(cut) {
                from.move_to(name, to).unwrap();
            }
            drop(ResultFolder::open(out.path(), Phase::Evaluate).unwrap());
            let due = ["output_result.csv", "outputs/0.csv", "report.html", "scores.csv"].map(|name| (name, "new"));
            let due = due.into_iter().chain([("evaluate_status.json", "{}")]);
            let due: BTreeMap<String, String> = due.map(|(n, t)| (n.to_owned(), t.to_owned())).collect();
            assert_eq!(files(out.path()), due, "cut off after {cut} moves");
        }
    }

    #[test]
    fn a_publication_that_fails_leaves_everything_as_it_was() {
        let folder = tempfile::tempdir().unwrap();
        let out = Directory::new(folder.path());
        let journal = prepared(&out);
        // A folder of the user in the way, which no file can replace.
        out.create_folder("scores.csv/mine").unwrap();
        let before = files(out.path());
        let error = journal.publish(&out).unwrap_err();
        assert!(matches!(error, FolderError::File { action: Action::Move, .. }), "{error:?}");
        assert_eq!(files(out.path()), before);
    }
}
