//! How staged results take the place of old ones: a list of moves that is on the disk before the first of them is made.
//! A power cut or a kill in between leaves the list, and whoever opens the folder next makes the rest of the moves.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::job::Phase;
use crate::job::outdir::remove;
use nnc_files::write_atomically;
use nnc_messages::Doing;
use nnc_messages::{At, Result};

/// A publication. All names are those of files or folders directly in the job's folder.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Moves {
    phase: Phase,
    /// The staging folder.
    staging: String,
    /// Old results that go.
    away: BTreeSet<String>,
    /// New results that come.
    home: BTreeSet<String>,
}

impl Moves {
    /// Moves of `phase` in the job's folder `out`: `replaced` goes away, and what `staging` holds of `names` comes.
    pub(super) fn plan(out: &Path, phase: Phase, staging: &Path, replaced: &[&str], names: &[&str]) -> Self {
        let name = |path: &Path| path.strip_prefix(out).unwrap_or(path).to_string_lossy().into_owned();
        let home = names.iter().filter(|name| staging.join(name).exists());
        Self {
            phase,
            staging: name(staging),
            away: replaced.iter().map(|name| (*name).to_owned()).collect(),
            home: home.map(|name| (*name).to_owned()).collect(),
        }
    }

    fn journal(out: &Path, phase: Phase) -> PathBuf {
        out.join(format!(".{}.moves.json", phase.name()))
    }

    /// The moves of `phase` that were not all made in `out`.
    pub(super) fn read(out: &Path, phase: Phase) -> Result<Option<Self>> {
        let path = Self::journal(out, phase);
        match fs::read(&path) {
            Ok(text) => serde_json::from_slice(&text).map(Some).at(Doing::Read, &path),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error).at(Doing::Read, &path),
        }
    }

    /// Where old results go until the new ones are all there.
    fn replaced(&self, out: &Path) -> PathBuf {
        out.join(format!(".{}.replaced", self.phase.name()))
    }

    /// Publishes: puts the list on the disk and makes the moves. After one that fails everything is as it was before.
    pub(super) fn publish(&self, out: &Path) -> Result<()> {
        let journal = Self::journal(out, self.phase);
        remove(&self.replaced(out))?;
        write_atomically(&journal, &serde_json::to_vec_pretty(self)?)
            .and_then(|()| sync(out))
            .at(Doing::Write, &journal)?;
        if let Err(error) = self.make(out) {
            // Only if it is empty: what could not be moved back is not lost.
            let _ = fs::remove_dir(self.replaced(out));
            remove(&journal)?;
            return Err(error);
        }
        self.tidy(out)
    }

    /// Ends a publication that was cut off. One that cannot be ended now keeps its list.
    pub(super) fn resume(&self, out: &Path) -> Result<()> {
        self.make(out)?;
        self.tidy(out)
    }

    /// Makes the moves that are still to be made; takes them back when one of them fails.
    fn make(&self, out: &Path) -> Result<()> {
        let (old, staging) = (self.replaced(out), out.join(&self.staging));
        fs::create_dir_all(&old).at(Doing::Make, &old)?;
        let moves = self.left(out, &old, &staging);
        for (done, (from, to)) in moves.iter().enumerate() {
            if let Err(error) = fs::rename(from, to) {
                for (from, to) in moves.iter().take(done).rev() {
                    // Nothing more can be done about a folder that refuses even this.
                    let _ = fs::rename(to, from);
                }
                return Err(error).at(Doing::MoveResults, to);
            }
        }
        sync(out).at(Doing::WriteOut, out)
    }

    /// Removes what is left when all moves are made. The list goes last: as long as it is there, nothing of what it names
    /// can be taken for something else.
    fn tidy(&self, out: &Path) -> Result<()> {
        remove(&self.replaced(out))?;
        remove(&out.join(&self.staging))?;
        remove(&Self::journal(out, self.phase))
    }

    /// The moves that are still to be made. A new result that is still staged has not come, so what has its name is the
    /// old one; one that is not staged any more is home.
    fn left(&self, out: &Path, old: &Path, staging: &Path) -> Vec<(PathBuf, PathBuf)> {
        let is_home = |name: &String| self.home.contains(name) && !staging.join(name).exists();
        let away = self.away.iter().filter(|name| !is_home(name) && out.join(name).exists());
        let home = self.home.iter().filter(|name| !is_home(name));
        let away = away.map(|name| (out.join(name), old.join(name)));
        away.chain(home.map(|name| (staging.join(name), out.join(name)))).collect()
    }
}

/// Makes names in a folder outlast a power cut.
fn sync(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::job::outdir::OutDir;

    /// Names and contents of all files below a folder.
    fn files(folder: &Path) -> BTreeMap<String, String> {
        let mut found = BTreeMap::new();
        for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
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
    fn prepared(out: &Path) -> Moves {
        let staging = out.join(".evaluate.partial");
        for (folder, text) in [(out, "old"), (&staging, "new")] {
            fs::create_dir_all(folder.join("outputs")).unwrap();
            for name in ["output_result.csv", "outputs/0.csv", "report.html"] {
                fs::write(folder.join(name), text).unwrap();
            }
        }
        fs::write(out.join("evaluate_status.json"), "{}").unwrap();
        // Only the old evaluation has had this one, and only the new one has that.
        fs::write(out.join("heatmaps"), "old").unwrap();
        fs::write(staging.join("scores.csv"), "new").unwrap();
        let replaced = ["heatmaps", "output_result.csv", "outputs", "report.html"];
        let names = ["output_result.csv", "outputs", "report.html", "scores.csv", "heatmaps"];
        Moves::plan(out, Phase::Evaluate, &staging, &replaced, &names)
    }

    #[test]
    fn a_publication_that_is_cut_off_anywhere_is_ended_by_the_next_job() {
        let all = {
            let folder = tempfile::tempdir().unwrap();
            let moves = prepared(folder.path());
            moves.left(folder.path(), &moves.replaced(folder.path()), &folder.path().join(".evaluate.partial")).len()
        };
        assert_eq!(all, 8);
        for cut in 0..=all {
            let folder = tempfile::tempdir().unwrap();
            let out = folder.path();
            let moves = prepared(out);
            let list = serde_json::to_vec(&moves).unwrap();
            fs::write(Moves::journal(out, Phase::Evaluate), list).unwrap();
            fs::create_dir(moves.replaced(out)).unwrap();
            for (from, to) in
                moves.left(out, &moves.replaced(out), &out.join(".evaluate.partial")).into_iter().take(cut)
            {
                fs::rename(from, to).unwrap();
            }
            drop(OutDir::open(out, Phase::Evaluate).unwrap());
            let due = ["output_result.csv", "outputs/0.csv", "report.html", "scores.csv"].map(|name| (name, "new"));
            let due = due.into_iter().chain([("evaluate_status.json", "{}")]);
            let due: BTreeMap<String, String> = due.map(|(n, t)| (n.to_owned(), t.to_owned())).collect();
            assert_eq!(files(out), due, "cut off after {cut} moves");
        }
    }

    #[test]
    fn a_publication_that_fails_leaves_everything_as_it_was() {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path();
        let moves = prepared(out);
        // Somebody else's folder in the way, which no file can replace.
        fs::create_dir_all(out.join("scores.csv/mine")).unwrap();
        let before = files(out);
        let error = moves.publish(out).unwrap_err().to_string();
        assert!(error.starts_with("cannot move results to "), "{error}");
        assert_eq!(files(out), before);
    }
}
