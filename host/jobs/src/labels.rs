//! Where a dataset says whether an image is normal.

/// The variable that NNC's dataset creator names labels by: 0 for normal images.
pub(crate) const LABEL: &str = "y";
