//! `nnc-sample-dataset FOLDER`: writes the sample dataset into a folder.

use std::path::PathBuf;

use anyhow::{Context, Result};

fn main() -> Result<()> {
    let folder = std::env::args_os().nth(1).map(PathBuf::from).context("usage: nnc-sample-dataset FOLDER")?;
    let images = nnc_sample_dataset::write(&folder)?;
    println!("{images} images drawn into {}", folder.display());
    Ok(())
}
