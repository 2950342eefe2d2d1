//! Sentences of `nnc-result-folder`.

use nnc_result_folder::{Action, FolderError};

use crate::failure::{Exit, Failure};
use crate::file::Doing;
use crate::sentences;

impl From<FolderError> for Failure {
    /// A folder that the user has to choose differently is wrong usage; anything else is a failure of the job.
    fn from(error: FolderError) -> Self {
        let exit = match error {
            FolderError::Busy { .. } | FolderError::NotCreated { .. } | FolderError::NotOurs { .. } => Exit::Usage,
            FolderError::File { .. } | FolderError::ForeignJournal { .. } => Exit::Failed,
        };
        Self::new(exit, error)
    }
}

/// What the sentence about a file is made with.
fn doing(action: Action) -> fn(std::path::PathBuf, String) -> Doing {
    match action {
        Action::Find => Doing::Find,
        Action::Open => Doing::Open,
        Action::Read => Doing::Read,
        Action::Write => Doing::Write,
        Action::Flush => Doing::WriteOut,
        Action::Create => Doing::Make,
        Action::Remove => Doing::Remove,
        Action::Move => Doing::MoveResults,
    }
}

sentences! {
    FolderError {
        Self::Busy { path } => "another job is running in {path}; wait for it or choose another folder",
            "{path} では別のジョブが実行中です。終了を待つか、別のフォルダーを指定してください";
        Self::NotCreated { path, error } => "cannot create the output folder {path}: {error}",
            "出力フォルダー {path} を作成できません: {error}";
        Self::NotOurs { path, names } => "{path} holds {names}, which a job would replace, but no job was ever run there; choose another folder or move them away",
            "{path} には {names} があり、ジョブが上書きしてしまいます（ここでジョブが実行された形跡がありません）。別のフォルダーを指定するか、移動してください";
        Self::ForeignJournal { path, found } => "{path} was not written by a job (it names {found}), so nothing was done; if the folder came from someone else, do not use it, else remove this file",
            "{path} はジョブが作成したファイルではないため（{found} が指定されています）、何も行いませんでした。他の人から受け取ったフォルダーであれば使用しないでください。そうでなければこのファイルを削除してください";
        Self::File { ; action, path, error } => "{what}", "{what}" [what = doing(*action)(path.clone(), error.said())];
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_of_others_is_wrong_usage_and_its_files_are_named() {
        let error = FolderError::NotOurs { path: "out".into(), names: vec!["outputs", "report.html"] };
        let failure = Failure::from(error);
        assert_eq!(failure.exit, Exit::Usage);
        assert!(failure.to_string().starts_with("out holds outputs, report.html, which a job would replace"));
        let error =
            FolderError::File { action: Action::Move, path: "out/a".into(), error: std::io::Error::other("full") };
        assert_eq!(Failure::from(error).to_string(), "cannot move results to out/a: full");
    }
}
