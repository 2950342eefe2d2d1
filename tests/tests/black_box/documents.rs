//! The pages of this project: every link leads somewhere, every cited section of the NNC contract and every named file
//! exists, nothing refers to files outside of the tree, and every command that a page shows is one that the program has.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Component, Path, PathBuf};

use nnc_tests::{Sandbox, workspace};

/// What is neither written by hand nor part of the project.
const SKIPPED: [&str; 2] = ["target", "corpus"];

/// All files of the project whose names end in one of `endings`, relative to its root.
fn files(endings: &[&str]) -> Vec<PathBuf> {
    fn visit(root: &Path, folder: &Path, endings: &[&str], found: &mut Vec<PathBuf>) {
        for entry in folder.read_dir().unwrap() {
            let entry = entry.unwrap();
            let name = entry.file_name().into_string().unwrap();
            if name.starts_with('.') || SKIPPED.contains(&name.as_str()) {
                continue;
            }
            if entry.file_type().unwrap().is_dir() {
                visit(root, &entry.path(), endings, found);
            } else if endings.iter().any(|ending| name.ends_with(ending)) {
                found.push(entry.path().strip_prefix(root).unwrap().to_owned());
            }
        }
    }
    let mut found = Vec::new();
    visit(&workspace(), &workspace(), endings, &mut found);
    found.sort();
    found
}

fn text(file: &Path) -> String {
    std::fs::read_to_string(workspace().join(file)).unwrap_or_else(|e| panic!("{}: {e}", file.display()))
}

/// The lines outside of code blocks, numbered from 1, without what stands in code spans of one line.
fn prose(page: &str) -> Vec<(usize, String)> {
    let mut code = false;
    let mut lines = Vec::new();
    for (number, line) in page.lines().enumerate() {
        if line.trim_start().starts_with("```") {
            code = !code;
        } else if !code {
            let kept: Vec<&str> = line.split('`').step_by(2).collect();
            lines.push((number + 1, kept.join("``")));
        }
    }
    lines
}

/// The names that the headings of a page have in links, as code hosts make them.
fn anchors(page: &str) -> BTreeSet<String> {
    let mut code = false;
    let mut anchors = BTreeSet::new();
    for line in page.lines() {
        if line.trim_start().starts_with("```") {
            code = !code;
        }
        let Some((hashes, title)) = line.split_once(' ') else { continue };
        if code || hashes.is_empty() || hashes.chars().any(|c| c != '#') {
            continue;
        }
        let kept = title.chars().filter(|c| c.is_alphanumeric() || [' ', '-', '_'].contains(c));
        let anchor: String = kept.map(|c| if c == ' ' { '-' } else { c }).collect();
        anchors.insert(anchor.to_lowercase());
    }
    anchors
}

/// The targets of the links and pictures in a line.
fn targets(line: &str) -> impl Iterator<Item = &str> {
    line.split("](").skip(1).filter_map(|rest| rest.split_once(')')).map(|(target, _)| target)
}

/// A path without `.` and `..`; `None` if it leads out of the folder that it starts from.
fn inside(path: &Path) -> Option<PathBuf> {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => {
                if !plain.pop() {
                    return None;
                }
            }
            Component::CurDir => {}
            other => plain.push(other),
        }
    }
    Some(plain)
}

#[test]
fn every_link_leads_somewhere() {
    let pages = files(&[".md"]);
    let mut broken = Vec::new();
    let mut links = 0;
    for page in &pages {
        for (number, line) in prose(&text(page)) {
            for target in targets(&line) {
                if target.starts_with("https://") || target.starts_with("http://") {
                    continue;
                }
                links += 1;
                let (file, anchor) = target.split_once('#').unwrap_or((target, ""));
                let file = if file.is_empty() { Some(page.clone()) } else { inside(&page.with_file_name(file)) };
                let found = file.as_deref().filter(|file| workspace().join(file).exists());
                let whole = match found {
                    Some(file) if !anchor.is_empty() => anchors(&text(file)).contains(anchor),
                    found => found.is_some(),
                };
                if !whole {
                    broken.push(format!("{}:{number}: {target}", page.display()));
                }
            }
        }
    }
    assert!(links > 20, "only {links} links in {pages:?}");
    assert!(broken.is_empty(), "broken links:\n{}", broken.join("\n"));
}

/// The sections cited after "contract" in a text, with the line: `contract 4.1, 4.2`, `contract 8.2 to 8.6`.
fn citations(text: &str) -> Vec<(usize, String)> {
    let mut cited = Vec::new();
    let mut before = 0;
    while let Some(at) = text[before..].to_lowercase().find("contract") {
        let start = before + at;
        before = start + "contract".len();
        // A citation may be broken between two lines of a comment.
        let rest: String = text[before..].chars().take(60).collect();
        let rest = rest.replace(['\n', '/', '!', '*'], " ");
        let mut words = rest.split_whitespace().peekable();
        let mut joined = true;
        while let Some(word) = words.next() {
            let section = word.trim_end_matches(|c: char| !c.is_ascii_digit());
            let number = !section.is_empty() && section.chars().all(|c| c.is_ascii_digit() || c == '.');
            if joined && number && rest.starts_with([' ']) {
                cited.push((text[..start].matches('\n').count() + 1, section.to_owned()));
                joined = word.strip_suffix(',') == Some(section)
                    || words.peek().is_some_and(|next| ["to", "and"].contains(next));
            } else if !(joined && ["to", "and"].contains(&word)) {
                break;
            }
        }
    }
    cited
}

#[test]
fn every_cited_section_of_the_contract_exists() {
    let contract = text(Path::new("docs/nnc-contract.md"));
    let sections: BTreeSet<&str> = contract
        .lines()
        .filter(|line| line.starts_with("##"))
        .filter_map(|line| line.split_whitespace().nth(1))
        .map(|number| number.trim_end_matches('.'))
        .collect();
    let mut cited = 0;
    let mut missing = Vec::new();
    for file in files(&[".rs", ".toml", ".md"]) {
        if file.ends_with("nnc-contract.md") {
            continue;
        }
        for (line, section) in citations(&text(&file)) {
            cited += 1;
            if !sections.contains(section.as_str()) {
                missing.push(format!("{}:{line}: {section}", file.display()));
            }
        }
    }
    assert!(cited > 70, "only {cited} citations found");
    assert!(missing.is_empty(), "no such section in docs/nnc-contract.md:\n{}", missing.join("\n"));
}

#[test]
fn citations_are_found_in_every_form() {
    let numbers = |text: &str| citations(text).into_iter().map(|(_, section)| section).collect::<Vec<_>>();
    assert_eq!(numbers("(NNC contract 4.1, 4.2)."), ["4.1", "4.2"]);
    assert_eq!(numbers("as NNC does it (NNC contract 8.2 to 8.6): `a`, 1"), ["8.2", "8.6"]);
    assert_eq!(numbers("/// the layers (NNC contract\n/// 5.5)."), ["5.5"]);
    assert_eq!(numbers("contract 3), 1.7"), ["3"]);
    assert!(numbers("Contract = 8, contracts 2").is_empty());
}

#[test]
fn nothing_refers_to_files_outside_of_the_tree() {
    // In two pieces, so that this file does not find itself.
    let outside =
        [["../sha", "red"], ["/work", "/"], ["style-anch", "ors"], ["sha", "red/golden"]].map(|two| two.concat());
    let mut found = Vec::new();
    for file in files(&[".rs", ".toml", ".md", ".py", ".sh", ".yml", ".yaml"]) {
        for (number, line) in text(&file).lines().enumerate() {
            if outside.iter().any(|name| line.contains(name.as_str())) {
                found.push(format!("{}:{}: {line}", file.display(), number + 1));
            }
        }
    }
    assert!(found.is_empty(), "files outside of the tree:\n{}", found.join("\n"));
}

/// The `nnc-host` command lines in the code blocks of the pages, with the place of each.
fn shown_commands() -> Vec<(String, String)> {
    let mut shown = Vec::new();
    for page in files(&[".md"]) {
        let mut code = false;
        for (number, line) in text(&page).lines().enumerate() {
            if line.starts_with("```") {
                code = !code;
            } else if let Some(command) = line.strip_prefix("$ nnc-host ").filter(|_| code) {
                let command = command.split(" #").next().unwrap();
                shown.push((format!("{}:{}", page.display(), number + 1), command.to_owned()));
            }
        }
    }
    shown
}

#[test]
fn every_command_that_a_page_shows_exists() {
    let sandbox = Sandbox::new();
    let mut helps = BTreeMap::<Vec<String>, String>::new();
    let mut wrong = Vec::new();
    let shown = shown_commands();
    assert!(shown.len() > 20, "only {shown:?}");
    for (place, line) in shown {
        let words: Vec<&str> = line.split_whitespace().collect();
        let groups = ["dataset", "weights", "plugin", "nnp"];
        let count = if groups.contains(&words[0]) || words.get(..2) == Some(&["jobs", "compare"]) { 2 } else { 1 };
        let command: Vec<String> = words.iter().take(count).map(|word| (*word).to_owned()).collect();
        if words[0].starts_with('-') {
            continue;
        }
        let help = helps.entry(command.clone()).or_insert_with(|| {
            let mut arguments: Vec<&str> = command.iter().map(String::as_str).collect();
            arguments.push("--help");
            let told = sandbox.host(&arguments);
            if told.code == Some(0) { told.stdout } else { String::new() }
        });
        if help.is_empty() {
            wrong.push(format!("{place}: no command {}", command.join(" ")));
        }
        for option in words.iter().filter(|word| word.starts_with("--")) {
            let option = option.split('=').next().unwrap();
            let known =
                help.split(|c: char| c.is_whitespace() || [',', '[', '='].contains(&c)).any(|word| word == option);
            if !known {
                wrong.push(format!("{place}: {} has no {option}", command.join(" ")));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The code spans of a page that look like files or folders of this project.
fn paths_in(page: &str) -> Vec<(usize, String)> {
    const FOLDERS: [&str; 8] = ["docs/", "host/", "nnp/", "plugin-api/", "plugins/", "tests/", "tools/", "xtask/"];
    let mut code = false;
    let mut found = Vec::new();
    for (number, line) in page.lines().enumerate() {
        if line.trim_start().starts_with("```") {
            code = !code;
        } else if !code {
            let spans = line.split('`').skip(1).step_by(2);
            let paths = spans.filter(|span| FOLDERS.iter().any(|folder| span.starts_with(folder)));
            found.extend(paths.map(|path| (number + 1, path.to_owned())));
        }
    }
    found
}

#[test]
fn every_file_that_a_page_names_exists() {
    let mut named = 0;
    let mut missing = Vec::new();
    // These two speak of NNC's files and of those in an author's crate.
    let elsewhere = ["nnc-contract.md", "plugin-guide.md"];
    for page in files(&[".md"]) {
        if elsewhere.iter().any(|name| page.ends_with(name)) {
            continue;
        }
        for (number, path) in paths_in(&text(&page)) {
            named += 1;
            let path = path.split(|c: char| c.is_whitespace() || [':', '#'].contains(&c)).next().unwrap();
            if !workspace().join(path).exists() {
                missing.push(format!("{}:{number}: {path}", page.display()));
            }
        }
    }
    assert!(named > 30, "only {named} files are named");
    assert!(missing.is_empty(), "no such file or folder:\n{}", missing.join("\n"));
}

#[test]
fn every_crate_stands_in_the_architecture() {
    let architecture = text(Path::new("ARCHITECTURE.md"));
    let named: BTreeSet<&str> = architecture
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split(" | ").next())
        .flat_map(|cell| cell.split('`'))
        .collect();
    let manifest = text(Path::new("Cargo.toml"));
    let members = manifest.split_once("members = [").unwrap().1.split_once(']').unwrap().0;
    let members: Vec<&str> = members.split('"').skip(1).step_by(2).collect();
    assert!(members.len() > 15, "{members:?}");
    // A row may stand for a folder of crates.
    let told = |member: &&str| named.contains(member) || member.split('/').next().is_some_and(|top| top == "tools");
    let missing: Vec<&&str> = members.iter().filter(|member| !told(member)).collect();
    assert!(missing.is_empty(), "no row in ARCHITECTURE.md for {missing:?}");
}
