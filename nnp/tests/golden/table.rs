//! `docs/nnp-functions.md` against the function types of this crate and the golden networks. With `NNP_BLESS` set it is written.

use nnc_test_data::golden;
use nnp::{archive, op};
use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

/// The golden networks that hold each function type, by name.
fn networks() -> BTreeMap<String, BTreeSet<String>> {
    let mut networks: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for folder in std::fs::read_dir(golden("functions")).unwrap() {
        let folder = folder.unwrap().path();
        let name = folder.file_name().unwrap().to_string_lossy().into_owned();
        for network in archive::read_graph(&folder.join("net.nnp")).unwrap().networks {
            for function in &network.functions {
                networks.entry(function.op.type_name().to_owned()).or_default().insert(name.clone());
            }
        }
    }
    networks
}

#[test]
fn the_table_of_functions_is_true() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/nnp-functions.md");
    let text = std::fs::read_to_string(&path).unwrap();
    let networks = networks();
    let mut listed = BTreeSet::new();
    let mut lines = Vec::new();
    for line in text.lines() {
        let mut cells: Vec<String> = line.split('|').map(|cell| cell.trim().to_owned()).collect();
        let row = cells.len() == 7 && cells[1].starts_with(|c: char| c.is_ascii_uppercase());
        if !row {
            lines.push(line.to_owned());
            continue;
        }
        let typed = op::is_known(&cells[1]);
        assert!(listed.insert(cells[1].clone()), "{} has two rows", cells[1]);
        cells[2] = if typed { "yes" } else { "no" }.into();
        cells[5] = match networks.get(&cells[1]) {
            Some(names) => names.iter().cloned().collect::<Vec<_>>().join(", "),
            None if typed => "unit".into(),
            None => String::new(),
        };
        let cell = |text: &String| if text.is_empty() { " |".to_owned() } else { format!(" {text} |") };
        lines.push(format!("|{}", cells[1..6].iter().map(cell).collect::<String>()));
    }
    let expected = lines.join("\n") + "\n";
    if std::env::var_os("NNP_BLESS").is_some() {
        std::fs::write(&path, &expected).unwrap();
        return;
    }
    for (found, expected) in text.lines().zip(expected.lines()) {
        assert_eq!(found, expected, "docs/nnp-functions.md is behind; see its head for the command that writes it");
    }
    assert!(listed.len() > 200, "{} functions", listed.len());
    for name in networks.keys() {
        assert!(listed.contains(name), "no row for {name}");
    }
}
