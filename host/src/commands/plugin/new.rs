//! `plugin new`: writes a crate with a small working detector, its tests, and the sources of `nnc-plugin-api`.

use std::fs;
use std::path::{Path, PathBuf};

use crate::cli::NewArgs;
use nnc_console::{print_line, print_lines};
use nnc_messages::{At, Doing, Exit, Failure, Result, Say, messages};

messages! {
    /// What the command says.
    enum NewMessage {
        FolderIsFull { folder: PathBuf } => "{folder} exists already and is not empty; name a new folder",
            "{folder} はすでに存在し、空ではありません。新しいフォルダーを指定してください";
        Created { folder: PathBuf, id: String } => "{folder}: a detector `{id}` that works; next:", "{folder}: 動作する検出器 `{id}` を作成しました。次の手順:";
        ReadOn => "Its README.md goes on from there.", "続きは README.md をご覧ください。";
        BadName { name: String } => "{name} cannot be the name of a plugin: use lower-case letters, digits and single '-', like my-detector",
            "{name} はプラグインの名前に使えません。my-detector のように、英小文字、数字、連続しない '-' を使ってください";
        NoApi { folder: PathBuf } => "--api {folder}: there is no crate nnc-plugin-api", "--api {folder}: クレート nnc-plugin-api がありません";
    }
}

/// Sources of `nnc-plugin-api`: paths within the crate, and texts.
const API: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/plugin_api.rs"));
/// Where they lie in a new crate.
const VENDOR: &str = "vendor/nnc-plugin-api";
/// Far more than any manifest of a crate.
const MAX_MANIFEST: u64 = 1 << 20;
/// The guide for authors: in a copy of the crate, or among the pages of this project.
const GUIDE: &str = "plugin-guide.md";

/// The crate: paths, and texts with `{{...}}` for what differs.
const FILES: &[(&str, &str)] = &[
    ("Cargo.toml", include_str!("../../../template/Cargo.toml.in")),
    ("README.md", include_str!("../../../template/README.md.in")),
    ("src/lib.rs", include_str!("../../../template/lib.rs.in")),
    ("tests/detector.rs", include_str!("../../../template/detector.rs.in")),
    (".gitignore", "target/\n"),
];

/// Runs the command.
pub(super) fn run(args: &NewArgs) -> Result<()> {
    let id = check_id(&args.name)?;
    let api = match &args.api {
        Some(path) => Some(existing_api(path)?),
        None => None,
    };
    let folder = std::path::absolute(&args.dir)?;
    if fs::read_dir(&folder).is_ok_and(|mut entries| entries.next().is_some()) || folder.is_file() {
        return Err(Failure::new(Exit::Usage, NewMessage::FolderIsFull { folder }));
    }
    // Beside the final name first: what is there under it is whole.
    let parent = folder.parent().unwrap_or(Path::new("/"));
    fs::create_dir_all(parent).at(Doing::Make, parent)?;
    let staging = nnc_files::temporary_folder(parent).at(Doing::WriteInto, parent)?;
    write_crate(staging.path(), id, args.title.as_deref(), api.as_deref())?;
    staging.persist(&folder).at(Doing::Make, &folder)?;
    print_line(NewMessage::Created { folder, id: id.to_owned() }.said());
    print_lines(format!(
        "  cd {}\n  cargo test\n  cargo build --release\n  nnc-host plugin check target/release/libnnc_plugin_{}.so",
        args.dir.said(),
        snake(id)
    ));
    print_line(NewMessage::ReadOn.said());
    Ok(())
}

fn write_crate(folder: &Path, id: &str, title: Option<&str>, api: Option<&Path>) -> Result<()> {
    let type_name = camel(id);
    let title = title.map_or_else(|| type_name.clone(), |title| title.replace(['"', '\\', '\n'], " "));
    let api_path = api.map_or_else(|| VENDOR.to_owned(), |path| path.to_string_lossy().replace('\\', "/"));
    let guide = match api {
        Some(path) if !path.join(GUIDE).is_file() => format!("{api_path}/../docs/{GUIDE}"),
        _ => format!("{api_path}/{GUIDE}"),
    };
    let filled = [
        ("{{id}}", id),
        ("{{snake}}", &snake(id)),
        ("{{type}}", &type_name),
        ("{{title}}", &title),
        ("{{api}}", &api_path),
        ("{{guide}}", &guide),
    ];
    for (name, text) in FILES {
        let text = filled.iter().fold((*text).to_owned(), |text, (mark, value)| text.replace(mark, value));
        write(&folder.join(name), &text)?;
    }
    if api.is_none() {
        for (name, text) in API {
            write(&folder.join(VENDOR).join(name), text)?;
        }
    }
    Ok(())
}

fn write(path: &Path, text: &str) -> Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).at(Doing::Make, folder)?;
    }
    fs::write(path, text).at(Doing::Write, path)
}

/// Names that are an id, a crate and a type at once: stricter than ids of plugins have to be.
fn check_id(name: &str) -> Result<&str> {
    let usable = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    let parts = || name.split('-');
    if name.len() > 40
        || !name.chars().all(usable)
        || parts().any(str::is_empty)
        || !name.starts_with(char::is_alphabetic)
    {
        return Err(Failure::new(Exit::Usage, NewMessage::BadName { name: format!("{name:?}") }));
    }
    Ok(name)
}

fn existing_api(path: &Path) -> Result<PathBuf> {
    let path = std::path::absolute(path)?;
    if nnc_files::read_text(&path.join("Cargo.toml"), MAX_MANIFEST)
        .is_ok_and(|text| text.contains("name = \"nnc-plugin-api\""))
    {
        return Ok(path);
    }
    Err(Failure::new(Exit::Usage, NewMessage::NoApi { folder: path }))
}

fn snake(id: &str) -> String {
    id.replace('-', "_")
}

fn camel(id: &str) -> String {
    id.split('-')
        .map(|part| {
            let mut letters = part.chars();
            letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect::<String>()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_crates_and_types() {
        assert_eq!((check_id("my-patch2").unwrap(), camel("my-patch2").as_str()), ("my-patch2", "MyPatch2"));
        for bad in ["", "My", "a_b", "a--b", "-a", "a-", "2d", "ä", "a/b"] {
            assert!(check_id(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_crate_is_written_whole_and_nothing_is_left_to_fill_in() {
        let dir = tempfile::tempdir().unwrap();
        write_crate(dir.path(), "my-detector", Some("My \"best\" detector"), None).unwrap();
        for (name, _) in FILES {
            let text = fs::read_to_string(dir.path().join(name)).unwrap();
            assert!(!text.contains("{{"), "{name}: {text}");
        }
        let manifest = fs::read_to_string(dir.path().join(VENDOR).join("Cargo.toml")).unwrap();
        let manifest: toml::Table = manifest.parse().unwrap();
        assert_eq!(manifest["package"]["name"].as_str(), Some("nnc-plugin-api"));
        assert!(!manifest.contains_key("lints") && !manifest.to_string().contains("workspace"), "{manifest}");
        assert!(dir.path().join(VENDOR).join("src/lib.rs").is_file());
        assert!(dir.path().join(VENDOR).join(GUIDE).is_file());
    }
}
