//! What a file is that is given as an NNP and is none, and what opens it.

use std::io::Read;
use std::path::{Path, PathBuf};

use nnc_messages::{Exit, Failure, Result, messages};

/// First bytes of a zip, which an NNP is.
const ZIP: &[u8] = b"PK";
/// First bytes of HDF5.
const HDF5: &[u8] = b"\x89HDF\r\n\x1a\n";

messages! {
    /// What a file is that is no NNP.
    enum Kind {
        Empty => "it is empty", "空のファイルです";
        Parameters => "it holds parameters alone; the text of their network, such as net.nntxt, has to lie beside them",
            "パラメーターだけのファイルです。同じフォルダーにネットワークのテキスト（net.nntxt など）が必要です";
        Project => "it is a project of NNC; nnc-host train opens it, and NNC's own results are in the results.nnp of its jobs",
            "NNC のプロジェクトです。nnc-host train で開けます。NNC の学習結果は各ジョブの results.nnp にあります";
        Onnx => "it is an ONNX model; nnc-host nnp convert makes an NNP of it",
            "ONNX モデルです。nnc-host nnp convert で NNP に変換できます";
        Nnb => "it is an NNB, which only runs on NNabla C Runtime; use the NNP that it was made from",
            "NNB です。NNabla C Runtime 専用の形式なので、変換元の NNP を使ってください";
        Unknown => "an NNP is a zip", "NNP は zip ファイルです";
    }
}

messages! {
    /// Why a file is refused.
    enum Refusal {
        NoNnp { path: PathBuf, kind: Kind } => "{path} is no NNP: {kind}", "{path} は NNP ではありません。{kind}";
    }
}

/// Refuses a file that is no zip, with what it is.
pub(super) fn check(path: &Path) -> Result<()> {
    let mut start = Vec::new();
    // A file that cannot be opened is told by whoever reads it.
    let Ok(file) = nnc_files::open_regular(path) else { return Ok(()) };
    if file.take(HDF5.len() as u64).read_to_end(&mut start).is_err() || start.starts_with(ZIP) {
        return Ok(());
    }
    let extension = path.extension().map(|extension| extension.to_string_lossy().to_ascii_lowercase());
    let kind = match extension.as_deref() {
        _ if start.is_empty() => Kind::Empty,
        _ if start.starts_with(HDF5) => Kind::Parameters,
        Some("protobuf") => Kind::Parameters,
        Some("sdcproj" | "ini") => Kind::Project,
        Some("onnx") => Kind::Onnx,
        Some("nnb") => Kind::Nnb,
        _ => Kind::Unknown,
    };
    Err(Failure::new(Exit::Failed, Refusal::NoNnp { path: path.to_owned(), kind }))
}
