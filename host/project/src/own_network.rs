//! The networks in a project of NNC.

/// A network that a project of NNC has drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnNetwork {
    /// Its name; empty where the file has one network only and gives it none.
    pub name: String,
    /// Its layers or functions.
    pub functions: usize,
}
