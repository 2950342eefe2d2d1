//! What could not be done to a file.

use std::any::Any;
use std::fmt::Display;
use std::io;
use std::path::{Path, PathBuf};

use crate::{Say, messages};

use crate::failure::{Exit, Failure, Result};

messages! {
    /// What could not be done to a file, in a sentence `cannot read a.csv: no such file`.
    pub enum Doing {
        Read(path: PathBuf, error: String) => "cannot read {path}: {error}", "{path} を読み込めません: {error}";
        Write(path: PathBuf, error: String) => "cannot write {path}: {error}", "{path} に書き込めません: {error}";
        WriteInto(path: PathBuf, error: String) => "cannot write into {path}: {error}", "{path} の中に書き込めません: {error}";
        WriteOut(path: PathBuf, error: String) => "cannot flush {path} to the disk: {error}", "{path} をディスクに書き出せません: {error}";
        Make(path: PathBuf, error: String) => "cannot create {path}: {error}", "{path} を作成できません: {error}";
        Open(path: PathBuf, error: String) => "cannot open {path}: {error}", "{path} を開けません: {error}";
        OpenUp(path: PathBuf, error: String) => "cannot change the permissions of {path}: {error}", "{path} のアクセス権を変更できません: {error}";
        Find(path: PathBuf, error: String) => "cannot find {path}: {error}", "{path} が見つかりません: {error}";
        Remove(path: PathBuf, error: String) => "cannot remove {path}: {error}", "{path} を削除できません: {error}";
        Replace(path: PathBuf, error: String) => "cannot replace {path}: {error}", "{path} を置き換えられません: {error}";
        MoveResults(path: PathBuf, error: String) => "cannot move results to {path}: {error}", "結果を {path} に移動できません: {error}";
        ReadProvenance(path: PathBuf, error: String) => "cannot read nnc_host.json in {path}: {error}", "{path} の nnc_host.json を読み込めません: {error}";
    }
}

/// Says what was done to which file when an error came up.
pub trait At<T> {
    /// The value, or a failure such as `cannot read a.csv: no such file`.
    ///
    /// # Errors
    /// The error in such a sentence.
    fn at(self, doing: fn(PathBuf, String) -> Doing, path: &Path) -> Result<T>;
}

impl<T, E: Display + 'static> At<T> for std::result::Result<T, E> {
    fn at(self, doing: fn(PathBuf, String) -> Doing, path: &Path) -> Result<T> {
        self.map_err(|error| {
            let refused = (&error as &dyn Any).downcast_ref::<io::Error>().map(Say::said);
            Failure::new(Exit::Failed, doing(path.to_owned(), refused.unwrap_or_else(|| error.to_string())))
        })
    }
}
