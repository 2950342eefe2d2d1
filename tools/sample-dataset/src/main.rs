//! `nnc-sample-dataset [--sheets] FOLDER`: writes the sample dataset, or that of large images, into a folder.

use std::path::PathBuf;

use anyhow::{Context, Result};

fn main() -> Result<()> {
    let mut arguments = std::env::args_os().skip(1).peekable();
    let sheets = arguments.next_if(|argument| argument == "--sheets").is_some();
    let folder = arguments.next().map(PathBuf::from).context("usage: nnc-sample-dataset [--sheets] FOLDER")?;
    let images = if sheets { nnc_sample_dataset::write_sheets(&folder)? } else { nnc_sample_dataset::write(&folder)? };
    println!("{images} images drawn into {}", folder.display());
    Ok(())
}
