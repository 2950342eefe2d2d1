//! Which files are accepted: a list of kinds, and no program is among them, whatever it is called.

use std::path::Path;

use axum::http::StatusCode;

use crate::refusal::{Refusal, Result};
use crate::why::Why;

/// Kinds of files, by their endings. What else a folder of photographs holds is not needed.
const ENDINGS: [&str; 20] = [
    "zip", "tar", "tgz", "gz", "csv", "png", "jpg", "jpeg", "bmp", "gif", "tif", "tiff", "webp", "npy", "toml",
    "sdcproj", "ini", "nntxt", "prototxt", "txt",
];
/// What programs and libraries begin with: ELF, Windows, Mach-O, scripts.
const PROGRAMS: [&[u8]; 7] =
    [b"\x7fELF", b"MZ", b"\xfe\xed\xfa\xce", b"\xfe\xed\xfa\xcf", b"\xcf\xfa\xed\xfe", b"\xca\xfe\xba\xbe", b"#!"];

/// Bytes that tell a program.
pub(super) const BEGINNING: usize = 4;

/// Whether a file that begins so is a program.
pub(super) fn is_program(beginning: &[u8]) -> bool {
    PROGRAMS.iter().any(|magic| beginning.starts_with(magic))
}

/// That a file is a program.
pub(super) fn program(path: &Path) -> Refusal {
    let why = Why::Program { name: path.display().to_string() };
    Refusal::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "file-type", why)
}

/// Fails unless files of this name are accepted.
pub(super) fn kind_of(path: &Path) -> Result<()> {
    let name = path.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
    // `libx.so.1` as well.
    if name.split('.').skip(1).any(|part| matches!(part, "so" | "dll" | "dylib" | "exe")) {
        return Err(program(path));
    }
    let known = path.extension().and_then(|ending| ending.to_str()).map(str::to_lowercase);
    if known.is_some_and(|ending| ENDINGS.contains(&ending.as_str())) {
        return Ok(());
    }
    let why = Why::FileKind { name: path.display().to_string() };
    Err(Refusal::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "file-type", why))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_known_by_their_endings_and_programs_by_more() {
        for good in ["a.zip", "x/Y.PNG", "t.tar.gz", "b.csv"] {
            kind_of(Path::new(good)).unwrap();
        }
        for bad in ["a.so", "a.so.1", "a.so.png", "a", "a.sh", "a.html", "a.PNG.exe", "Thumbs.db", "a.SO"] {
            assert_eq!(kind_of(Path::new(bad)).unwrap_err().status, StatusCode::UNSUPPORTED_MEDIA_TYPE, "{bad}");
        }
    }
}
