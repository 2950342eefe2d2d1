//! What the user sees while something goes on: log lines on standard output, a progress bar on standard error when that
//! is a terminal.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};

use nnc_messages::{Say, messages, plain};

use crate::level::Level;
use crate::print::{error_is_terminal, error_terminal_width, print_error, print_line};
use crate::progress_file::note_progress;
use crate::screen::Screen;

/// From this width on the bar itself has room beside the figures.
const WIDE: u16 = 72;
/// Below this width only the most needed figures are shown.
const NARROW: u16 = 48;
/// How long a task has to run before its rate and remaining time are told.
const SETTLED: Duration = Duration::from_millis(500);

messages! {
    /// Figures of the progress bar.
    enum BarText {
        PerSecond { rate: String } => "{rate}/s", "{rate}/秒";
        Left { time: String } => "{time} left", "残り {time}";
    }
}

/// Where log lines go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogTo {
    /// The usual place.
    Stdout,
    /// With `--json`, whose result owns standard output.
    Stderr,
    /// With `-q`: warnings and errors on standard error only.
    Quiet,
}

/// What is counted while something goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Images, Gaussians, rows.
    Items,
    /// Bytes, shown in MB.
    Bytes,
}

/// The terminal of one run.
pub struct Console {
    log_to: LogTo,
    bar: Mutex<Option<ProgressBar>>,
    interactive: bool,
}

impl Console {
    /// A console; a progress bar needs a terminal, and is left out on request.
    pub fn new(log_to: LogTo) -> Self {
        let interactive = log_to != LogTo::Quiet && error_is_terminal();
        Self { log_to, bar: Mutex::new(None), interactive }
    }

    /// Prints a finished log line.
    pub fn log(&self, level: Level, line: &str) {
        self.above_bar(|| match self.log_to {
            LogTo::Stdout => print_line(line),
            LogTo::Quiet if level < Level::Warning => {}
            LogTo::Stderr | LogTo::Quiet => print_error(line),
        });
    }

    /// Shows `done` of `total` of what is going on; another task or total starts a new bar.
    pub fn progress(&self, task: &str, unit: Unit, done: u64, total: u64) {
        note_progress(task, done, total);
        if !self.interactive {
            return;
        }
        let mut slot = self.bar.lock().unwrap_or_else(PoisonError::into_inner);
        let fits = slot
            .as_ref()
            .is_some_and(|bar| bar.length() == Some(total) && bar.position() <= done && bar.prefix() == task);
        if !fits {
            if let Some(bar) = slot.take() {
                bar.finish_and_clear();
            }
            let width = error_terminal_width().map_or(80, |width| u16::try_from(width).unwrap_or(u16::MAX));
            let target = ProgressDrawTarget::term_like(Box::new(Screen::new(width)));
            // Without a thread that moves it: indicatif panics where the system gives none.
            let bar = ProgressBar::with_draw_target(Some(total), target).with_prefix(plain(task));
            *slot = Some(bar.with_style(style(unit, width)));
        }
        if let Some(bar) = slot.as_ref() {
            bar.set_position(done);
        }
    }

    /// Shows how time passes while nothing else moves the bar.
    pub fn refresh(&self) {
        if let Some(bar) = self.bar.lock().unwrap_or_else(PoisonError::into_inner).as_ref() {
            bar.tick();
        }
    }

    /// Takes the bar away.
    pub fn clear_bar(&self) {
        if let Some(bar) = self.bar.lock().unwrap_or_else(PoisonError::into_inner).take() {
            bar.finish_and_clear();
        }
    }

    fn above_bar(&self, print: impl FnOnce()) {
        match self.bar.lock().unwrap_or_else(PoisonError::into_inner).as_ref() {
            Some(bar) => bar.suspend(print),
            None => print(),
        }
    }
}

/// One line that fits the terminal: task, bar, count, rate and remaining time, as far as there is room.
fn style(unit: Unit, width: u16) -> ProgressStyle {
    let template = match width {
        WIDE.. => "{prefix}  {wide_bar} {count} ({percent}%)  {rate}  {left}",
        NARROW.. => "{prefix}  {count} ({percent}%)  {rate}  {left}",
        _ => "{percent}%  {left}",
    };
    // The templates above are correct, which a test checks.
    let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
    let amount = move |value: f64| match unit {
        Unit::Items => format!("{value:.0}"),
        Unit::Bytes => format!("{:.0} MB", value / 1e6),
    };
    style
        .with_key("count", move |state: &ProgressState, text: &mut dyn std::fmt::Write| {
            let total = state.len().unwrap_or_default();
            let _ = match unit {
                Unit::Items => write!(text, "{}/{total}", state.pos()),
                Unit::Bytes => write!(text, "{:.0}/{}", state.pos() as f64 / 1e6, amount(total as f64)),
            };
        })
        .with_key("rate", move |state: &ProgressState, text: &mut dyn std::fmt::Write| {
            // The first moments say nothing about what follows.
            if state.elapsed() < SETTLED {
                return;
            }
            // Four decimals of images per second would only flicker.
            let rate = match unit {
                Unit::Items => format!("{:.1}", state.per_sec()),
                Unit::Bytes => amount(state.per_sec()),
            };
            let _ = text.write_str(&BarText::PerSecond { rate }.said());
        })
        .with_key("left", |state: &ProgressState, text: &mut dyn std::fmt::Write| {
            if state.elapsed() < SETTLED {
                return;
            }
            let _ = text.write_str(&BarText::Left { time: clock(state.eta()) }.said());
        })
}

/// `0:07`, `12:30`, `1:05:09`.
fn clock(time: Duration) -> String {
    let seconds = time.as_secs();
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if hours > 0 { format!("{hours}:{minutes:02}:{seconds:02}") } else { format!("{minutes}:{seconds:02}") }
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::sync::Arc;

    use indicatif::TermLike;

    use super::*;

    /// A terminal that keeps what is written on it.
    #[derive(Debug, Clone)]
    struct Paper {
        width: u16,
        text: Arc<Mutex<String>>,
    }

    impl TermLike for Paper {
        fn width(&self) -> u16 {
            self.width
        }
        fn move_cursor_up(&self, _: usize) -> io::Result<()> {
            Ok(())
        }
        fn move_cursor_down(&self, _: usize) -> io::Result<()> {
            Ok(())
        }
        fn move_cursor_right(&self, _: usize) -> io::Result<()> {
            Ok(())
        }
        fn move_cursor_left(&self, _: usize) -> io::Result<()> {
            Ok(())
        }
        fn write_line(&self, text: &str) -> io::Result<()> {
            self.write_str(text)
        }
        fn write_str(&self, text: &str) -> io::Result<()> {
            self.text.lock().unwrap().push_str(text);
            Ok(())
        }
        fn clear_line(&self) -> io::Result<()> {
            self.text.lock().unwrap().clear();
            Ok(())
        }
        fn flush(&self) -> io::Result<()> {
            Ok(())
        }
    }

    /// The line that a terminal of this width shows.
    fn line(unit: Unit, width: u16, done: u64, total: u64) -> String {
        let screen = Paper { width, text: Arc::default() };
        let target = ProgressDrawTarget::term_like(Box::new(screen.clone()));
        let bar =
            ProgressBar::with_draw_target(Some(total), target).with_prefix("scoring").with_style(style(unit, width));
        let bar = bar.with_elapsed(SETTLED);
        bar.set_position(done);
        screen.text.lock().unwrap().clear();
        bar.force_draw();
        let line = screen.text.lock().unwrap().trim().to_owned();
        assert!(line.chars().count() <= width.into(), "{line}");
        line
    }

    #[test]
    fn progress_fits_its_terminal() {
        let wide = line(Unit::Items, 100, 20, 200);
        for part in ["scoring  ", "20/200 (10%)", "/s", " left"] {
            assert!(wide.contains(part), "{wide}");
        }
        assert!(wide.contains('█') || wide.contains('░') || wide.contains('#'), "{wide}");
        let middle = line(Unit::Items, 60, 20, 200);
        assert!(middle.starts_with("scoring  20/200 (10%)") && middle.contains(" left"), "{middle}");
        let narrow = line(Unit::Items, 24, 20, 200);
        assert!(narrow.starts_with("10%  ") && narrow.contains(" left"), "{narrow}");
        assert!(line(Unit::Bytes, 60, 19_000_000, 98_000_000).contains("19/98 MB (19%)"));
    }

    #[test]
    fn remaining_time_reads_like_a_clock() {
        for (seconds, text) in [(0, "0:00"), (7, "0:07"), (750, "12:30"), (3909, "1:05:09")] {
            assert_eq!(clock(Duration::from_secs(seconds)), text);
        }
    }
}
