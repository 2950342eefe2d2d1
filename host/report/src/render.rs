//! The last stage of a report: the files that people look at. They show what `model` holds and compute no figure of it.

mod colour;
mod glyphs;
mod heat_maps;
mod overlay;
mod page;
mod plot;
mod preview;
mod scores;
mod thumbnail;

pub use heat_maps::{outline, write_heat_maps};
pub use overlay::overlay;
pub use page::{PageOptions, page_scripts, write_html};
pub use preview::{Preview, PreviewCell, PreviewPage, preview_html, terminal_picture};
pub use scores::write_scores;
