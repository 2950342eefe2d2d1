//! Whole data sets: against nnabla's own (`NNC_HOST_GOLDEN`), and from archives of every kind.
#![allow(clippy::unwrap_used)]

mod archives;
mod golden;
mod support;
