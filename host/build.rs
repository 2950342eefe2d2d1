//! Puts the sources of `nnc-plugin-api` and the guide for authors into the program, so that `nnc-host plugin new` can write
//! them beside a new plugin: an author needs neither this repository nor a registry that has the crate.

#![allow(clippy::disallowed_methods, clippy::disallowed_macros, reason = "opens files of its own")]

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::{env, fs};

use toml::{Table, Value};

fn main() {
    let host = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("Cargo sets it"));
    let workspace = host.parent().expect("the host lies in the workspace").to_owned();
    let api = workspace.join("plugin-api");
    println!("cargo:rerun-if-changed={}", api.display());
    println!("cargo:rerun-if-changed={}", workspace.join("Cargo.toml").display());

    let mut list = String::from("&[\n");
    let mut add = |name: &str, text: String| {
        let _ = writeln!(list, "({name:?}, {text}),");
    };
    add("Cargo.toml", format!("{:?}", manifest(&api, &workspace)));
    for path in files(&api) {
        let name = path.strip_prefix(&api).expect("it lies there").to_string_lossy().replace('\\', "/");
        if name != "Cargo.toml" {
            add(&name, format!("include_str!({path:?})"));
        }
    }
    // The guide and the promise stand among the other pages; an author gets them with the crate.
    for (name, page) in
        [("LICENSE", "LICENSE"), ("plugin-guide.md", "docs/plugin-guide.md"), ("plugin-abi.md", "docs/plugin-abi.md")]
    {
        let page = workspace.join(page);
        println!("cargo:rerun-if-changed={}", page.display());
        add(name, format!("include_str!({page:?})"));
    }
    list.push(']');
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("Cargo sets it"));
    fs::write(out.join("plugin_api.rs"), list).expect("the output folder can be written");
}

/// The manifest without anything that is only said in the workspace.
fn manifest(api: &Path, workspace: &Path) -> String {
    let read = |path: PathBuf| -> Table {
        fs::read_to_string(path).expect("manifests can be read").parse().expect("manifests are TOML")
    };
    let whole = read(workspace.join("Cargo.toml"));
    let whole = whole["workspace"].as_table().expect("a table");
    let mut manifest = read(api.join("Cargo.toml"));
    // What only this workspace uses.
    for section in ["lints", "example"] {
        manifest.remove(section);
    }
    for (section, shared) in [("package", "package"), ("dependencies", "dependencies")] {
        let shared = whole[shared].as_table().expect("a table");
        let Some(Value::Table(section)) = manifest.get_mut(section) else { continue };
        for (key, value) in section.iter_mut() {
            let Value::Table(inherited) = value else { continue };
            if inherited.remove("workspace").is_none() {
                continue;
            }
            let mut found = shared[key.as_str()].clone();
            if !inherited.is_empty() {
                let mut table = match found {
                    Value::Table(table) => table,
                    version => Table::from_iter([("version".to_owned(), version)]),
                };
                table.extend(std::mem::take(inherited));
                found = Value::Table(table);
            }
            *value = found;
        }
    }
    manifest.to_string()
}

/// Every file of the crate that belongs into a copy, sorted.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("the crate can be read").flatten() {
        let path = entry.path();
        if path.is_dir() && !path.ends_with("examples") {
            found.extend(files(&path));
        } else if path.extension().is_some_and(|e| e == "rs" || e == "toml" || e == "md") {
            found.push(path);
        }
    }
    found.sort();
    found
}
