//! Keys that a section of the project file may have, taken from the types in `file`, and those of a document that no
//! section has.

use std::cell::Cell;
use std::fmt;

use nnc_plugin_api::nearest;
use serde::de::value::StrDeserializer;
use serde::de::{self, DeserializeSeed, Deserializer, IntoDeserializer, MapAccess, Visitor};
use serde::{Deserialize, forward_to_deserialize_any};
use serde_ignored::Path;

use crate::error::UnknownKey;
use crate::file::File;

/// Reads a document and names the path of the first key in it that is not known.
pub(crate) fn read<'de, D: Deserializer<'de>>(document: D) -> (Result<File, D::Error>, Option<Vec<String>>) {
    let mut unknown = None;
    let file = serde_ignored::deserialize(document, |path| {
        unknown.get_or_insert_with(|| keys(&path));
    });
    (file, unknown)
}

/// The keys that lead to a place.
fn keys(path: &Path<'_>) -> Vec<String> {
    match path {
        Path::Root => Vec::new(),
        Path::Map { parent, key } => [keys(parent), vec![key.clone()]].concat(),
        Path::Seq { parent, .. }
        | Path::Some { parent }
        | Path::NewtypeStruct { parent }
        | Path::NewtypeVariant { parent } => keys(parent),
    }
}

/// The first of `keys` that its section does not have. A section whose keys are not ours has all of them.
pub(crate) fn first_unknown<S: AsRef<str>>(keys: &[S]) -> Option<UnknownKey> {
    let keys: Vec<&str> = keys.iter().map(AsRef::as_ref).collect();
    keys.iter().enumerate().find_map(|(depth, key)| {
        let section = keys.get(..depth)?;
        let known = of_section(section)?;
        let unknown = !known.contains(key);
        unknown.then(|| UnknownKey {
            key: (*key).to_owned(),
            section: section.join("."),
            nearest: nearest(key, known.iter().copied()).and_then(|near| known.iter().copied().find(|k| *k == near)),
            known,
        })
    })
}

/// The keys of a section; `None` for what is no section, or one whose keys are not ours.
fn of_section(section: &[&str]) -> Option<&'static [&'static str]> {
    let found = Cell::new(None);
    // It stops once it has found them.
    let _ = File::deserialize(Probe { section, found: &found });
    found.get()
}

/// Leads a type that is read to the section and takes down which fields it asks for there.
struct Probe<'a> {
    section: &'a [&'a str],
    found: &'a Cell<Option<&'static [&'static str]>>,
}

/// The probe is through.
#[derive(Debug)]
struct Stop;

impl fmt::Display for Stop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

impl std::error::Error for Stop {}

impl de::Error for Stop {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self
    }
}

impl<'de> Deserializer<'de> for Probe<'_> {
    type Error = Stop;

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Stop> {
        if self.section.is_empty() {
            self.found.set(Some(fields));
            return Err(Stop);
        }
        visitor.visit_map(self)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Stop> {
        visitor.visit_some(self)
    }

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Stop> {
        Err(Stop)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct
        newtype_struct seq tuple tuple_struct map enum identifier ignored_any
    }
}

/// A map with the next key of the path.
impl<'de> MapAccess<'de> for Probe<'_> {
    type Error = Stop;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Stop> {
        let Some((first, rest)) = self.section.split_first() else { return Ok(None) };
        self.section = rest;
        let key: StrDeserializer<'_, Stop> = (*first).into_deserializer();
        seed.deserialize(key).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Stop> {
        seed.deserialize(Probe { section: self.section, found: self.found })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_types_tell_which_keys_there_are() {
        assert_eq!(of_section(&["config"]), Some(&["batch_size", "max_epoch", "tile"][..]));
        assert_eq!(of_section(&["config", "tile"]), Some(&["size", "overlap"][..]));
        assert_eq!(of_section(&["dataset", "calibration"]), Some(&["uri"][..]));
        assert!(of_section(&[]).unwrap().contains(&"threshold"));
        for free in [&["plugin", "params"][..], &["config", "batch_size"], &["nonsense"]] {
            assert_eq!(of_section(free), None, "{free:?}");
        }
        assert_eq!(first_unknown(&["plugin", "params", "anything"]), None);
        let unknown = first_unknown(&["dataset", "valid", "uri"]).unwrap();
        assert_eq!((&*unknown.key, &*unknown.section, unknown.nearest), ("valid", "dataset", None));
    }
}
