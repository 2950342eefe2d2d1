//! Whole data sets: against nnabla's own (`NNC_HOST_GOLDEN`), and one that needs no files.
#![allow(clippy::unwrap_used)]

mod golden;
mod support;
