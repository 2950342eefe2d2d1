//! The steps of a test run: what each is called, how long it took, and whether it passed.

use std::time::{Duration, Instant};

use anyhow::Result;

/// The steps so far, with the time each took and whether it passed.
#[derive(Default)]
pub(super) struct Steps {
    done: Vec<(&'static str, Duration, bool)>,
}

impl Steps {
    /// Runs a step; a failure prints the summary.
    pub(super) fn run(&mut self, name: &'static str, step: impl FnOnce() -> Result<()>) -> Result<()> {
        println!("\n==> {name}");
        let start = Instant::now();
        let result = step();
        let elapsed = start.elapsed();
        self.done.push((name, elapsed, result.is_ok()));
        match &result {
            Ok(()) => println!("==> {name}: ok after {:.1} s", elapsed.as_secs_f64()),
            Err(_) => self.summary(),
        }
        result
    }

    /// Prints what each step took.
    pub(super) fn summary(&self) {
        println!();
        for (name, elapsed, passed) in &self.done {
            let mark = if *passed { "ok" } else { "FAILED" };
            println!("{name:>20}  {mark:6}  {:8.1} s", elapsed.as_secs_f64());
        }
        let total: Duration = self.done.iter().map(|(_, elapsed, _)| *elapsed).sum();
        println!("{:>20}  {:6}  {:8.1} s", "total", "", total.as_secs_f64());
    }
}
