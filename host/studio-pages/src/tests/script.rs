//! The modules of the script, read as text.

use std::collections::{BTreeSet, HashSet};

use super::{found, pages};
use crate::asset::{asset, scripts, shared_modules};

#[test]
fn every_file_of_the_folder_is_an_asset() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("assets");
    let mut files = BTreeSet::new();
    for below in ["script", "script/screens"] {
        for entry in std::fs::read_dir(folder.join(below)).unwrap() {
            let entry = entry.unwrap();
            if entry.file_type().unwrap().is_file() {
                files.insert(format!("{below}/{}", entry.file_name().to_str().unwrap()));
            }
        }
    }
    let assets: BTreeSet<String> = scripts().map(|(path, _)| path.to_owned()).collect();
    assert_eq!(assets, files);
    let style = std::str::from_utf8(asset("studio.css").unwrap().bytes).unwrap();
    for entry in std::fs::read_dir(folder.join("style")).unwrap() {
        let part = std::fs::read_to_string(entry.unwrap().path()).unwrap();
        assert!(style.contains(part.trim()), "a part of the style sheet is left out: {part}");
    }
}

#[test]
fn modules_import_what_exists_and_each_is_needed() {
    let all: HashSet<&str> = scripts().map(|(path, _)| path).collect();
    let mut needed: HashSet<String> = shared_modules().map(|path| path.replace("/assets/", "")).collect();
    for (path, script) in scripts() {
        let folder = path.rsplit_once('/').unwrap().0;
        for import in found(r#"(?:from|import) "(\.[^"]*)""#, script) {
            let target = match import.strip_prefix("../") {
                Some(above) => format!("{}/{above}", folder.rsplit_once('/').unwrap().0),
                None => format!("{folder}/{}", import.trim_start_matches("./")),
            };
            assert!(all.contains(target.as_str()), "{path} imports {import}");
            needed.insert(target);
        }
        for name in found(r"import \{ ([^}]*) \} from", script).iter().flat_map(|names| names.split(", ")) {
            let uses = regex::Regex::new(&format!(r"\b{name}\b")).unwrap().find_iter(script).count();
            assert!(uses > 1, "{path} does not use {name}");
        }
    }
    for (page, html) in pages() {
        let scripts = found(r#"<script[^>]* src="/assets/([^"]*)""#, &html);
        assert_eq!(scripts.len(), 2, "{page}");
        needed.extend(scripts);
    }
    for path in all {
        assert!(needed.contains(path), "nothing needs {path}");
    }
}

#[test]
fn no_text_becomes_markup() {
    for (path, script) in scripts() {
        for way in [
            "innerHTML",
            "outerHTML",
            "insertAdjacentHTML",
            "document.write",
            "eval(",
            "new Function",
            "srcdoc",
            "javascript:",
            // A browser fetches these without what lets in.
            "EventSource(",
            "\"img\", { src",
        ] {
            assert!(!script.contains(way), "{path} has {way}");
        }
        for address in found(r#"["'`](https?:[^"'`]*)"#, script) {
            assert_eq!(address, "http://www.w3.org/2000/svg", "{path}");
        }
        let head = script.lines().next().unwrap();
        assert!(head.starts_with("// ") && head.len() > 20, "{path} does not say what it is for");
    }
}

/// An id that the script looks for by its name is on the page, or made by the script itself.
#[test]
fn what_the_script_looks_for_is_on_its_page() {
    let shared: HashSet<&str> =
        ["texts", "running", "offline", "language", "theme", "settings", "toasts", "folder"].into();
    for (path, script) in scripts() {
        let Some(screen) = path.strip_prefix("script/screens/") else { continue };
        let screen = screen.trim_end_matches(".js");
        let (_, html) =
            pages().into_iter().find(|(_, html)| html.contains(&format!("data-screen=\"{screen}\""))).unwrap();
        let ids: HashSet<String> = found(r#" id="([^"]*)""#, &html).into_iter().collect();
        for id in found(r#"\bby\("([^"]+)"\)"#, script) {
            assert!(ids.contains(&id) || shared.contains(id.as_str()), "{path} looks for {id}");
        }
    }
}
