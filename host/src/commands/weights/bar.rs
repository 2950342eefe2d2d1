//! How a download is shown: a progress bar on standard error where that is a terminal, and a line on standard output for
//! every event.

use indicatif::{ProgressBar, ProgressStyle};
use nnc_console::{error_is_terminal, print_line};
use nnc_messages::Say;
use nnc_weights::{FetchEvent, Watcher};

use super::messages::WeightsText;

/// A progress bar.
pub(super) struct Bar(ProgressBar);

impl Bar {
    /// A bar for the backbone of this name.
    pub(super) fn new(name: &'static str) -> Self {
        let bar = if error_is_terminal() { ProgressBar::no_length() } else { ProgressBar::hidden() };
        let left = WeightsText::Left { time: "{eta}" }.said();
        let template = "{prefix} {wide_bar} {decimal_bytes}/{decimal_total_bytes}  {decimal_bytes_per_sec}  ";
        if let Ok(style) = ProgressStyle::with_template(&format!("{template}{left}")) {
            bar.set_style(style);
        }
        bar.set_prefix(name);
        Self(bar)
    }

    /// Takes it away.
    pub(super) fn clear(&self) {
        self.0.finish_and_clear();
    }
}

impl Watcher for Bar {
    fn progress(&self, done: u64, total: Option<u64>) {
        if let Some(total) = total {
            self.0.set_length(total);
        }
        self.0.set_position(done);
        nnc_console::note_progress(&self.0.prefix(), done, total.unwrap_or(0));
    }

    fn tell(&self, event: &FetchEvent<'_>) {
        self.0.suspend(|| print_line(event.said()));
    }
}
