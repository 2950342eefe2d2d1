//! Answers about what commands have left in files of JSON: how a dataset was made, and what a check has found. Such a file may come
//! with the folder of somebody else and say anything, so that only what is shown is kept of it while it is read: the parts that are
//! wanted, so many of each, so much of each text.

use std::fmt;
use std::io::BufReader;
use std::marker::PhantomData;
use std::path::Path;

use nnc_files::{check_size, open_regular};
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Serialize, Serializer};
use serde_json::{Map, Value, json};

use crate::beneath::{name_of, within};
use crate::refusal::{Problem, Refusal};
use crate::table::bytes;

/// The most bytes of a file: the names of a million pictures, or a hundred thousand problems.
const MOST_BYTES: u64 = 256 << 20;
/// Characters of a text, and entries of a list, that are kept.
const MOST_CHARS: usize = 2_000;
const MOST_ENTRIES: usize = 200;
/// The most bytes of what a check says beside its problems.
const MOST_OF_SUMMARY: usize = 1 << 16;

/// A text of somebody else, cut.
#[derive(Default)]
struct Cut(String);

impl<'de> Deserialize<'de> for Cut {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Whole;
        impl Visitor<'_> for Whole {
            type Value = Cut;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text")
            }

            fn visit_str<E>(self, text: &str) -> Result<Cut, E> {
                Ok(Cut(text.chars().take(MOST_CHARS).collect()))
            }
        }
        deserializer.deserialize_str(Whole)
    }
}

impl Serialize for Cut {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

/// The first entries of a list, and how many there are in all.
struct Kept<T> {
    kept: Vec<T>,
    total: usize,
}

impl<T> Default for Kept<T> {
    fn default() -> Self {
        Self { kept: Vec::new(), total: 0 }
    }
}

impl<T: Serialize> Serialize for Kept<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.kept.serialize(serializer)
    }
}

/// Reads a list of which a part is kept.
struct Window<T> {
    offset: usize,
    limit: usize,
    of: PhantomData<T>,
}

impl<'de, T: Deserialize<'de>> Visitor<'de> for Window<T> {
    type Value = Kept<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Kept<T>, A::Error> {
        let mut some = Kept::default();
        loop {
            let is_kept = some.total >= self.offset && some.kept.len() < self.limit;
            if is_kept {
                let Some(entry) = list.next_element()? else { break };
                some.kept.push(entry);
            } else if list.next_element::<IgnoredAny>()?.is_none() {
                break;
            }
            some.total += 1;
        }
        Ok(some)
    }
}

impl<'de, T: Deserialize<'de>> DeserializeSeed<'de> for Window<T> {
    type Value = Kept<T>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Kept<T>, D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Kept<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Window { offset: 0, limit: MOST_ENTRIES, of: PhantomData }.deserialize(deserializer)
    }
}

/// What is shown of the file that `dataset create` leaves in its folder, which names every picture as well.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Mark {
    summary: Option<Summary>,
}

#[derive(Default, Deserialize, Serialize)]
#[serde(default)]
struct Summary {
    source: Cut,
    kind: Cut,
    mode: Cut,
    width: u64,
    height: u64,
    channels: u64,
    csvs: Kept<Csv>,
    classes: Kept<Class>,
    found: u64,
    converted: u64,
    left_out: Kept<LeftOut>,
    notes: Kept<Cut>,
}

#[derive(Default, Deserialize, Serialize)]
#[serde(default)]
struct Csv {
    file: Cut,
    rows: u64,
}

#[derive(Default, Deserialize, Serialize)]
#[serde(default)]
struct Class {
    label: u64,
    name: Cut,
    folder: Cut,
    found: u64,
    converted: u64,
}

#[derive(Default, Deserialize, Serialize)]
#[serde(default)]
struct LeftOut {
    path: Cut,
    reason: Cut,
}

/// How a dataset was made.
pub(crate) fn creation(file: &Path, beneath: &Path) -> Result<Vec<u8>, Refusal> {
    let mark: Mark = serde_json::from_reader(open(file, beneath)?).map_err(|error| unreadable(file, error))?;
    bytes(&mark.summary)
}

/// A page of the problems that a check has found, how many there are, and what else it says.
pub(crate) fn problems(file: &Path, offset: usize, limit: usize, beneath: &Path) -> Result<Vec<u8>, Refusal> {
    struct Found {
        offset: usize,
        limit: usize,
    }

    impl<'de> Visitor<'de> for Found {
        type Value = (Kept<Value>, Map<String, Value>);

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an object")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            let (mut problems, mut summary) = (Kept::default(), Map::new());
            while let Some(key) = map.next_key::<String>()? {
                if key == "problems" {
                    problems =
                        map.next_value_seed(Window { offset: self.offset, limit: self.limit, of: PhantomData })?;
                } else {
                    summary.insert(key, map.next_value()?);
                }
            }
            Ok((problems, summary))
        }
    }

    let mut reader = serde_json::Deserializer::from_reader(open(file, beneath)?);
    let (problems, summary) =
        reader.deserialize_map(Found { offset, limit }).map_err(|error| unreadable(file, error))?;
    let summary = Value::Object(summary);
    let is_short = summary.to_string().len() <= MOST_OF_SUMMARY;
    bytes(&json!({
        "total": problems.total, "problems": problems.kept, "summary": is_short.then_some(summary),
    }))
}

fn open(file: &Path, beneath: &Path) -> Result<BufReader<std::fs::File>, Refusal> {
    let name = || name_of(file);
    let real = within(file, beneath)?;
    let opened = open_regular(&real).and_then(|opened| check_size(&opened, MOST_BYTES).map(|()| opened));
    opened.map(BufReader::new).map_err(|error| Refusal::unreadable(Problem::NotRead { name: name(), error }))
}

fn unreadable(file: &Path, error: serde_json::Error) -> Refusal {
    Refusal::unreadable(Problem::NotRead { name: name_of(file), error: error.into() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(text: &str) -> (tempfile::TempDir, std::path::PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("note.json");
        std::fs::write(&file, text).unwrap();
        (folder, file)
    }

    #[test]
    fn only_what_is_shown_is_kept() {
        let notes = vec!["x".repeat(9_000); 900];
        let files: Vec<String> = (0..50_000).map(|number| format!("0/{number}.png")).collect();
        let text = json!({ "made_by": "x", "files": files, "summary": {
            "csvs": [{ "file": "t.csv", "rows": 7 }], "notes": notes, "more": { "deep": [1, 2, 3] },
            "classes": [{ "label": 0, "converted": 6 }],
        } });
        let (folder, file) = written(&text.to_string());
        let told = creation(&file, folder.path()).ok().unwrap();
        assert!(told.len() < 500_000, "{}", told.len());
        let told: Value = serde_json::from_slice(&told).unwrap();
        assert_eq!((told["csvs"][0]["rows"].clone(), told["classes"][0]["converted"].clone()), (7.into(), 6.into()));
        assert_eq!(told["notes"].as_array().unwrap().len(), MOST_ENTRIES);
        assert_eq!(told["notes"][0].as_str().unwrap().len(), MOST_CHARS);
        assert!(told.get("more").is_none());
        for wrong in ["{", "[]", r#"{"summary": {"csvs": 1}}"#, &"[".repeat(100_000)] {
            let (folder, file) = written(wrong);
            assert!(creation(&file, folder.path()).is_err(), "{wrong:.40}");
        }
    }

    #[test]
    fn problems_come_page_by_page() {
        let all: Vec<Value> = (0..1000).map(|line| json!({ "line": line })).collect();
        let (folder, file) = written(&json!({ "rows": 3, "problems": all }).to_string());
        let told: Value = serde_json::from_slice(&problems(&file, 990, 50, folder.path()).ok().unwrap()).unwrap();
        assert_eq!((told["total"].clone(), told["summary"].clone()), (1000.into(), json!({ "rows": 3 })));
        assert_eq!((told["problems"][0]["line"].clone(), told["problems"].as_array().unwrap().len()), (990.into(), 10));
        assert!(problems(&file, 0, 1, &folder.path().join("elsewhere")).is_err());
    }
}
