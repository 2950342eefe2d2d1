//! Whatever the table holds: what was written is read back, and nothing panics.

use nnc_dataset::{Dataset, output_cell, parse_number};
use proptest::prelude::*;

use crate::support::Folder;

fn quote(cell: &str) -> String {
    format!("\"{}\"", cell.replace('"', "\"\""))
}

fn write(rows: &[Vec<String>], always: bool, end: &str) -> String {
    let special = |cell: &String| always || cell.is_empty() || cell.contains(['"', ',', '\n', '\r', '\u{feff}']);
    let line = |row: &Vec<String>| {
        let cells: Vec<String> =
            row.iter().map(|cell| if special(cell) { quote(cell) } else { cell.clone() }).collect();
        cells.join(",") + end
    };
    rows.iter().map(line).collect()
}

fn table() -> impl Strategy<Value = Vec<Vec<String>>> {
    (1usize..5, 1usize..8).prop_flat_map(|(columns, rows)| {
        let cell = prop_oneof![
            "[ -~]{0,8}",
            "[\"\n\r, a-c]{0,6}",
            "\\PC{0,4}",
            Just("0/a.png".to_string()),
            Just("1.5".to_string()),
        ];
        prop::collection::vec(prop::collection::vec(cell, columns), rows)
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn what_is_written_is_read(rows in table(), always in any::<bool>(), crlf in any::<bool>()) {
        let folder = Folder::new();
        let header: Vec<String> = (0..rows[0].len()).map(|column| format!("v{column}:l")).collect();
        let all: Vec<Vec<String>> = std::iter::once(header).chain(rows.clone()).collect();
        let dataset = folder.open(write(&all, always, if crlf { "\r\n" } else { "\n" })).unwrap();
        prop_assert_eq!(dataset.len(), rows.len());
        let mut line = 2;
        for (index, row) in rows.iter().enumerate() {
            let found: Vec<&str> = dataset.record(index).collect();
            prop_assert_eq!(&found, row);
            prop_assert_eq!(dataset.line(index), line);
            let text: String = row.concat();
            let bare = text.matches('\r').count() + text.matches('\n').count();
            // Cells are joined here, so a \r at the end of one must not pair with the \n that starts the next.
            let pairs: usize = row.iter().map(|cell| cell.matches("\r\n").count()).sum();
            line += 1 + (bare - pairs) as u64;
        }
    }

    #[test]
    fn random_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = Folder::new().open(bytes);
    }

    #[test]
    fn random_csv_text_never_panics(text in "[xy#_:,\"\n\r 0-9./]{0,120}") {
        if let Ok(dataset) = Folder::new().open(text) {
            use_everything(&dataset);
        }
    }

    #[test]
    fn any_text_is_a_number_or_not(text in "\\PC{0,12}|[-+0-9_.eE ]{0,10}") {
        let number = parse_number(&text);
        if number.is_some() {
            prop_assert_eq!(output_cell(&text, false), text);
        } else {
            let cell = output_cell(&text, false);
            prop_assert!(cell.starts_with("./") || cell.starts_with('/') || cell.chars().nth(1) == Some(':'));
        }
    }
}

fn use_everything(dataset: &Dataset) {
    for row in 0..dataset.len() {
        for variable in dataset.variables() {
            dataset.number(row, variable);
            let _ = dataset.shape_of(row, variable);
        }
    }
}
