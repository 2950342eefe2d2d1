//! The container of `torch.save` since version 1.6: a zip, stored without compression.
//!
//! Members, all in one folder: `data.pkl` (the object), `data/KEY` (one storage each), `byteorder`, `version` and, in
//! newer files, some that hold nothing about tensors.

use super::{error::ContainerError, machine::run, tensor};
use crate::StateTensor;
use std::io::{Read, Seek};
use zip::{CompressionMethod, ZipArchive};

/// Reads a file of `length` bytes, one storage after another: it is never held whole.
pub(super) fn read(file: impl Read + Seek, length: usize) -> Result<Vec<StateTensor>, ContainerError> {
    let mut zip = ZipArchive::new(file).map_err(broken)?;
    let mut names = zip.file_names().filter_map(Result::ok);
    let folder = names.find_map(|name| name.strip_suffix("data.pkl").map(str::to_owned));
    drop(names);
    let folder = folder.ok_or(ContainerError::NotPyTorch)?;

    if let Some(order) = member(&mut zip, &format!("{folder}byteorder"), length)?
        && order != b"little"
    {
        let found = String::from_utf8_lossy(&order).into_owned();
        return Err(ContainerError::Version { what: "the byte order", found, expected: "little" });
    }
    let pickle = member(&mut zip, &format!("{folder}data.pkl"), length)?.ok_or(ContainerError::NotPyTorch)?;
    let object = run(&pickle, 0)?;
    let views = tensor::views(&object)?;

    tensor::gather(&views, length, |storage| {
        let key = &storage.key;
        let expected = tensor::storage_bytes(storage)?;
        let wrong = |found: String| ContainerError::Storage { key: key.to_string(), found, expected };
        let data = member(&mut zip, &format!("{folder}data/{key}"), length)?;
        let data = data.ok_or_else(|| wrong("is not in the file".into()))?;
        if data.len() != expected {
            return Err(wrong(format!("has {} bytes", data.len())));
        }
        Ok(data.into())
    })
}

/// The bytes of a member, at most `limit`; `None` when there is none of that name.
fn member<R: Read + Seek>(
    zip: &mut ZipArchive<R>,
    name: &str,
    limit: usize,
) -> Result<Option<Vec<u8>>, ContainerError> {
    let Some(index) = zip.index_for_name(name) else { return Ok(None) };
    let file = zip.by_index(index).map_err(broken)?;
    // torch never compresses; a member that is compressed could grow without bound.
    if file.compression() != CompressionMethod::Stored {
        return Err(ContainerError::Zip { reason: format!("member \"{name}\" is compressed, expected stored") });
    }
    let limit = u64::try_from(limit).unwrap_or(u64::MAX);
    let mut bytes = Vec::with_capacity(usize::try_from(file.size().min(limit)).unwrap_or(0));
    file.take(limit).read_to_end(&mut bytes).map_err(|source| ContainerError::Io { source })?;
    Ok(Some(bytes))
}

fn broken(error: zip::result::ZipError) -> ContainerError {
    ContainerError::Zip { reason: error.to_string() }
}
