//! The container of `torch.save` before version 1.6: pickles and raw storages one after another.
//!
//! In order: magic number, protocol version, facts about the writing machine, the object, the list of storage keys (one
//! pickle each), then for every key an 8-byte count of elements and the elements.

use super::{
    error::ContainerError,
    machine::run,
    object::{Object, Storage},
    tensor,
};
use crate::StateTensor;
use std::{borrow::Cow, collections::HashMap};

const MAGIC: i128 = 0x1950_a86a_20f9_469c_fc6c;
const PROTOCOL: i128 = 1001;

/// Reads a whole file.
pub(super) fn read(bytes: &[u8]) -> Result<Vec<StateTensor>, ContainerError> {
    // PROTO and then the magic number as LONG1: checked first, so that any other file is told apart from a cut one.
    if bytes.len() >= 4 && !bytes.starts_with(&[0x80, 2, 0x8a, 10]) {
        return Err(ContainerError::NotPyTorch);
    }
    let magic = run(bytes, 0)?;
    if !matches!(magic.root(), Object::Int(MAGIC)) {
        return Err(ContainerError::NotPyTorch);
    }
    let protocol = run(bytes, magic.end)?;
    if !matches!(protocol.root(), Object::Int(PROTOCOL)) {
        let found = match protocol.root() {
            Object::Int(found) => found.to_string(),
            other => other.kind().to_owned(),
        };
        return Err(ContainerError::Version { what: "the protocol version", found, expected: "1001" });
    }
    // The machine does not matter: torch writes little-endian storages on every machine that it supports.
    let machine_facts = run(bytes, protocol.end)?;
    let object = run(bytes, machine_facts.end)?;
    let views = tensor::views(&object)?;
    let keys = run(bytes, object.end)?;
    let Object::List(keys_in_order) = keys.root() else {
        return Err(ContainerError::Operand {
            offset: object.end,
            found: keys.root().kind(),
            expected: "a list of storage keys",
        });
    };

    let described: HashMap<&str, &Storage> =
        views.iter().map(|(_, view)| (&*view.storage.key, &view.storage)).collect();
    let mut storages: HashMap<&str, &[u8]> = HashMap::new();
    let mut at = keys.end;
    for &key in keys_in_order {
        let Object::Text(key) = keys.get(key) else {
            return Err(ContainerError::Operand {
                offset: object.end,
                found: keys.get(key).kind(),
                expected: "a storage key",
            });
        };
        let storage = described.get(&**key).ok_or_else(|| ContainerError::Storage {
            key: key.to_string(),
            found: "belongs to no tensor".into(),
            expected: 0,
        })?;
        let expected = tensor::storage_bytes(storage)?;
        let truncated = ContainerError::Truncated { offset: at, what: "a storage" };
        let count = bytes.get(at..).and_then(<[u8]>::first_chunk::<8>).map(|count| u64::from_le_bytes(*count));
        let Some(count) = count else { return Err(truncated) };
        if usize::try_from(count).ok() != Some(storage.count) {
            return Err(ContainerError::Storage {
                key: key.to_string(),
                found: format!("has {count} elements"),
                expected,
            });
        }
        let start = at + 8;
        let end = start.checked_add(expected);
        let Some((data, end)) = end.and_then(|end| Some((bytes.get(start..end)?, end))) else { return Err(truncated) };
        storages.insert(key, data);
        at = end;
    }
    tensor::gather(&views, bytes.len(), |storage| {
        let data = storages.get(&*storage.key).copied().map(Cow::Borrowed);
        let expected = tensor::storage_bytes(storage)?;
        let missing = || (storage.key.to_string(), "is missing or shorter".to_owned());
        data.ok_or_else(missing).map_err(|(key, found)| ContainerError::Storage { key, found, expected })
    })
}
