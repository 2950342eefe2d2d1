//! From views into storages to dense float32 tensors.

use super::{
    error::ContainerError,
    object::{Object, Pickle, Storage, View},
};
use crate::StateTensor;
use std::{borrow::Cow, collections::HashMap};

/// The tensors of a pickled dict, by name and in order.
pub(super) fn views(pickle: &Pickle) -> Result<Vec<(&str, &View)>, ContainerError> {
    let Object::Dict(entries) = pickle.root() else {
        return Err(ContainerError::NotStateDict { found: pickle.root().kind() });
    };
    let mut views = Vec::with_capacity(entries.len());
    for &(key, value) in entries {
        let Object::Text(name) = pickle.get(key) else {
            return Err(ContainerError::NotStateDict { found: "a dict whose keys are not strings" });
        };
        match pickle.get(value) {
            Object::Tensor(view) => views.push((&**name, view)),
            other => return Err(ContainerError::NotTensor { name: name.to_string(), found: other.kind() }),
        }
    }
    Ok(views)
}

/// Bytes that a storage claims to have.
pub(super) fn storage_bytes(storage: &Storage) -> Result<usize, ContainerError> {
    storage.count.checked_mul(storage.elements.size()).ok_or_else(|| ContainerError::Storage {
        key: storage.key.to_string(),
        found: format!("claims {} elements", storage.count),
        expected: usize::MAX,
    })
}

/// Copies every floating-point view into a dense tensor. `storage` gives the bytes of a storage and is asked once for each,
/// so that no more than one of them needs to be held. `file_bytes` bounds the values of all tensors together.
pub(super) fn gather<'a>(
    views: &[(&str, &View)],
    file_bytes: usize,
    mut storage: impl FnMut(&Storage) -> Result<Cow<'a, [u8]>, ContainerError>,
) -> Result<Vec<StateTensor>, ContainerError> {
    let mut of_storage: HashMap<&str, Vec<usize>> = HashMap::new();
    let mut keys = Vec::new();
    for (index, (_, view)) in views.iter().enumerate() {
        if view.storage.elements.to_f32().is_none() {
            continue;
        }
        let of_key = of_storage.entry(&view.storage.key).or_default();
        if of_key.is_empty() {
            keys.push(&view.storage);
        }
        of_key.push(index);
    }
    let mut tensors: Vec<Option<StateTensor>> = vec![None; views.len()];
    let mut values = 0_usize;
    for key in keys {
        let data = storage(key)?;
        for &index in of_storage.get(&*key.key).into_iter().flatten() {
            let Some(&(name, view)) = views.get(index) else { continue };
            let tensor = dense(name, view, &data, file_bytes, &mut values)?;
            if let Some(slot) = tensors.get_mut(index) {
                *slot = tensor;
            }
        }
    }
    Ok(tensors.into_iter().flatten().collect())
}

/// Copies one view. `values` counts the elements of all tensors.
fn dense(
    name: &str,
    view: &View,
    data: &[u8],
    file_bytes: usize,
    values: &mut usize,
) -> Result<Option<StateTensor>, ContainerError> {
    let storage = &view.storage;
    let Some(convert) = storage.elements.to_f32() else { return Ok(None) };
    let expected = storage_bytes(storage)?;
    // Two tensors may describe one storage differently; what was read is what counts.
    if data.len() < expected {
        let (key, found) = (storage.key.to_string(), "is missing or shorter".into());
        return Err(ContainerError::Storage { key, found, expected });
    }
    let shape = checked_shape(name, view)?;
    let count = shape.iter().product::<usize>();
    *values = values.saturating_add(count);
    if *values > file_bytes {
        return Err(ContainerError::Amplified { name: name.to_owned(), limit: file_bytes });
    }
    let size = storage.elements.size();
    let mut dense = Vec::with_capacity(count);
    for_each_index(view, &shape, |element| {
        let start = element * size;
        dense.push(data.get(start..start + size).map_or(f32::NAN, convert));
    });
    Ok(Some(StateTensor { name: name.to_owned(), shape, data: dense.into() }))
}

/// The shape, once every element that it and the strides reach is known to lie inside the storage.
fn checked_shape(name: &str, view: &View) -> Result<Vec<usize>, ContainerError> {
    let reach = || -> Option<Vec<usize>> {
        if view.shape.len() != view.strides.len() || view.offset < 0 || view.strides.iter().any(|&stride| stride < 0) {
            return None;
        }
        let shape = view.shape.iter().map(|&extent| usize::try_from(extent).ok()).collect::<Option<Vec<_>>>()?;
        shape.iter().try_fold(1_usize, |count, &extent| count.checked_mul(extent))?;
        if shape.contains(&0) {
            return Some(shape);
        }
        let last = view.shape.iter().zip(&view.strides).try_fold(view.offset, |last, (&extent, &stride)| {
            last.checked_add(extent.checked_sub(1)?.checked_mul(stride)?)
        })?;
        (usize::try_from(last).ok()? < view.storage.count).then_some(shape)
    };
    reach().ok_or_else(|| ContainerError::Bounds {
        name: name.to_owned(),
        offset: view.offset,
        shape: view.shape.clone(),
        strides: view.strides.clone(),
        count: view.storage.count,
    })
}

/// Visits the storage elements of a checked view in row-major order.
fn for_each_index(view: &View, shape: &[usize], mut visit: impl FnMut(usize)) {
    let to_size = |value: i64| usize::try_from(value).unwrap_or(0);
    if shape.contains(&0) {
        return;
    }
    let strides: Vec<usize> = view.strides.iter().map(|&stride| to_size(stride)).collect();
    let mut position = vec![0_usize; shape.len()];
    let mut element = to_size(view.offset);
    loop {
        visit(element);
        // Odometer: step the last axis, carry to the left.
        let mut carried = true;
        for ((place, &extent), &stride) in position.iter_mut().zip(shape).zip(&strides).rev() {
            if *place + 1 < extent {
                *place += 1;
                element += stride;
                carried = false;
                break;
            }
            element -= *place * stride;
            *place = 0;
        }
        if carried {
            return;
        }
    }
}
