//! Trained values by name, in the order of the file.

use std::{collections::HashMap, sync::Arc};

/// One parameter: a named dense array of float32 in row-major order.
#[derive(Clone, Debug, PartialEq)]
pub struct Parameter {
    /// Scope path such as `conv1/conv/W`.
    pub name: String,
    /// Extent of each axis; empty for a scalar.
    pub shape: Vec<usize>,
    /// Values, as many as the product of `shape`. Shared, so a clone costs nothing.
    pub data: Arc<[f32]>,
    /// Whether a solver updates it; running mean and variance are not updated.
    pub need_grad: bool,
}

/// Parameters in the order they were read or inserted, found by name.
#[derive(Clone, Debug, Default)]
pub struct Parameters {
    entries: Vec<Parameter>,
    by_name: HashMap<String, usize>,
}

impl Parameters {
    /// An empty set.
    pub fn new() -> Self {
        Self::default()
    }

    /// The parameter called `name`.
    pub fn get(&self, name: &str) -> Option<&Parameter> {
        self.by_name.get(name).and_then(|&at| self.entries.get(at))
    }

    /// Adds a parameter, or replaces the one of the same name in its old place and returns that.
    pub fn insert(&mut self, parameter: Parameter) -> Option<Parameter> {
        if let Some(old) = self.by_name.get(&parameter.name).and_then(|&at| self.entries.get_mut(at)) {
            return Some(std::mem::replace(old, parameter));
        }
        self.by_name.insert(parameter.name.clone(), self.entries.len());
        self.entries.push(parameter);
        None
    }

    /// All parameters, in order.
    pub fn iter(&self) -> std::slice::Iter<'_, Parameter> {
        self.entries.iter()
    }

    /// How many parameters there are.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
}

impl<'a> IntoIterator for &'a Parameters {
    type Item = &'a Parameter;
    type IntoIter = std::slice::Iter<'a, Parameter>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl FromIterator<Parameter> for Parameters {
    fn from_iter<I: IntoIterator<Item = Parameter>>(parameters: I) -> Self {
        let mut all = Self::new();
        for parameter in parameters {
            all.insert(parameter);
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parameter(name: &str, value: f32) -> Parameter {
        Parameter { name: name.into(), shape: vec![1], data: [value].into(), need_grad: true }
    }

    #[test]
    fn insert_keeps_order_and_replaces_in_place() {
        let mut all: Parameters = [parameter("b", 1.0), parameter("a", 2.0)].into_iter().collect();
        assert_eq!(all.insert(parameter("b", 3.0)).unwrap().data[0], 1.0);
        assert_eq!(all.iter().map(|p| (p.name.as_str(), p.data[0])).collect::<Vec<_>>(), [("b", 3.0), ("a", 2.0)]);
        assert_eq!(all.get("a").unwrap().data[0], 2.0);
        assert!(all.get("c").is_none());
        assert_eq!((all.len(), all.is_empty()), (2, false));
    }
}
