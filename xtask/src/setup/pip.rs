//! Fetching one pinned wheel with pip, whatever Python version it belongs to.
//!
//! The user's pip settings (index, proxy, certificates) stay in force; nothing here names a host.

use std::fs::{self, File};
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, bail};

use super::machine;
use super::wheel::Wheel;
use nnc_tools_support::Layout;

/// Fetches the file, shows how far it is, and keeps it only if it is the pinned one.
pub(super) fn fetch(layout: &Layout, wheel: &Wheel) -> Result<()> {
    // Leftovers of a run that was broken off would count as progress.
    let work = layout.deps.join("tmp");
    if work.exists() {
        fs::remove_dir_all(&work).with_context(|| format!("{} could not be emptied", work.display()))?;
    }
    let fetched = download(layout, wheel, &work)?;
    wheel.check(&fetched)?;
    let kept = wheel.path(layout);
    fs::create_dir_all(layout.wheels())
        .and_then(|()| fs::rename(&fetched, &kept))
        .with_context(|| format!("{} could not be moved to {}", fetched.display(), kept.display()))?;
    fs::remove_dir_all(&work).with_context(|| format!("{} could not be removed", work.display()))
}

/// Fetches `wheel` with everything temporary below `work`, a folder that does not exist yet, and returns the file.
fn download(layout: &Layout, wheel: &Wheel, work: &Path) -> Result<PathBuf> {
    let (temporary, out) = (work.join("pip"), work.join("out"));
    for folder in [&temporary, &out, &layout.logs()] {
        fs::create_dir_all(folder).with_context(|| format!("{} could not be created", folder.display()))?;
    }
    let requirements = work.join("requirements.txt");
    let pinned = format!("{}=={} --hash=sha256:{}\n", wheel.name, wheel.version, wheel.sha256);
    fs::write(&requirements, pinned).with_context(|| format!("{} could not be written", requirements.display()))?;
    let log = layout.logs().join(format!("pip-{}.log", wheel.name));
    let output = File::create(&log).with_context(|| format!("{} could not be created", log.display()))?;
    let errors = output.try_clone().with_context(|| format!("{} could not be opened", log.display()))?;

    let mut child = Command::new("python3")
        .args(["-m", "pip", "download", "--no-input", "--progress-bar", "off", "--disable-pip-version-check"])
        // A cache would hold the file back until it is complete, and cost its size a third time.
        .args(["--no-cache-dir", "--no-deps", "--only-binary", ":all:", "--require-hashes"])
        .args(["--python-version", "3.11", "--implementation", "cp", "--abi", "cp311", "--abi", "none"])
        .args(["--platform", wheel.platform, "--dest"])
        .args([&out, Path::new("--requirement"), &requirements])
        .env("TMPDIR", &temporary)
        .stdin(Stdio::null())
        .stdout(output)
        .stderr(errors)
        .spawn()
        .context("python3 could not be started")?;
    let mut progress = Progress::new(format!("{} {}", wheel.name, wheel.version), wheel.bytes);
    let status = loop {
        if let Some(status) = child.try_wait().context("pip could not be waited for")? {
            break status;
        }
        progress.show(largest_file(work).min(wheel.bytes));
        thread::sleep(Duration::from_millis(200));
    };
    if status.success() {
        progress.show(wheel.bytes);
    }
    progress.end();
    if !status.success() {
        let text = fs::read(&log).unwrap_or_default();
        let cause = explain(&String::from_utf8_lossy(&text));
        // On a full disk pip cannot write down why it stopped; what it had fetched is gone again by now.
        let cause = match (cause, machine::check_space(work, 2 * wheel.bytes)) {
            (Cause::Known(cause), _) => cause.to_owned(),
            (Cause::Other(_), Err(full)) => full.to_string(),
            (Cause::Other(line), Ok(())) => line,
        };
        bail!(
            "{} {} could not be fetched: {}; pip's full output is in {}",
            wheel.name,
            wheel.version,
            cause,
            layout.show(&log)
        );
    }
    let entries = fs::read_dir(&out).with_context(|| format!("{} could not be read", out.display()))?;
    entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .find(|path| path.extension().is_some_and(|extension| extension == "whl"))
        .ok_or_else(|| anyhow!("pip left no wheel in {}; its output is in {}", out.display(), layout.show(&log)))
}

/// Why pip failed, as the middle of a sentence.
enum Cause {
    /// A sign was found; says what to do about it.
    Known(&'static str),
    /// Pip's own last words.
    Other(String),
}

/// What pip's output means.
fn explain(output: &str) -> Cause {
    // In this order: after a network failure pip also says that it found no version.
    const CAUSES: [(&[&str], &str); 5] = [
        (&["No space left on device"], "the disk is full; free some space and start this again"),
        (
            &["DO NOT MATCH THE HASHES"],
            "what arrived is not the pinned file; start this again in case the transfer broke off, and if that does \
             not help check which index pip uses (`python3 -m pip config list`)",
        ),
        (
            &["CERTIFICATE_VERIFY_FAILED"],
            "the certificate of the package index was refused; name your CA file in PIP_CERT and start this again",
        ),
        (
            &[
                "NewConnectionError",
                "ConnectTimeoutError",
                "ReadTimeout",
                "ProxyError",
                "ConnectionError",
                "Connection aborted",
                "connection broken",
                "Read timed out",
                "IncompleteRead",
            ],
            "the package index could not be reached; check the network and pip's proxy and index settings \
             (`python3 -m pip config list`) and start this again",
        ),
        (
            &["No matching distribution found"],
            "the package index does not have it; check which index pip uses (`python3 -m pip config list`)",
        ),
    ];
    for (signs, meaning) in CAUSES {
        if signs.iter().any(|sign| output.contains(sign)) {
            return Cause::Known(meaning);
        }
    }
    let last = output.lines().rev().find_map(|line| line.strip_prefix("ERROR: "));
    Cause::Other(last.unwrap_or("pip gave no reason").trim_end_matches('.').to_owned())
}

/// Size of the largest file below `folder`: pip writes the download into a folder of its own making.
fn largest_file(folder: &Path) -> u64 {
    let Ok(entries) = fs::read_dir(folder) else {
        return 0;
    };
    entries
        .filter_map(|entry| {
            let entry = entry.ok()?;
            let metadata = entry.metadata().ok()?;
            Some(if metadata.is_dir() { largest_file(&entry.path()) } else { metadata.len() })
        })
        .max()
        .unwrap_or(0)
}

/// How far a download is: one line that rewrites itself on a terminal, else a line for every tenth.
struct Progress {
    name: String,
    total: u64,
    terminal: bool,
    start: Instant,
    tenths: Option<u64>,
}

impl Progress {
    fn new(name: String, total: u64) -> Self {
        Self { name, total, terminal: io::stdout().is_terminal(), start: Instant::now(), tenths: None }
    }

    fn show(&mut self, done: u64) {
        let tenths = done * 10 / self.total;
        if self.terminal {
            print!("\r{}\x1b[K", self.line(done, self.start.elapsed()));
            // Progress that cannot be shown is no reason to stop.
            let _ = io::stdout().flush();
        } else if self.tenths.is_none_or(|shown| tenths > shown) {
            println!("{}", self.line(done, self.start.elapsed()));
        }
        self.tenths = Some(tenths);
    }

    fn line(&self, done: u64, elapsed: Duration) -> String {
        let megabytes = |bytes: u64| bytes as f64 / 1e6;
        format!(
            "  {}: {:3} %, {:.1} of {:.1} MB, {:.1} MB/s",
            self.name,
            done * 100 / self.total,
            megabytes(done),
            megabytes(self.total),
            megabytes(done) / elapsed.as_secs_f64().max(0.001)
        )
    }

    fn end(&self) {
        if self.terminal {
            println!();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pip_failures_become_one_sentence() {
        let cases = [
            (
                "WARNING: Retrying (Retry(total=0)) after connection broken by 'NewConnectionError('...: Failed to \
                 establish a new connection: [Errno -3] Temporary failure in name resolution')'\nERROR: Could not \
                 find a version that satisfies the requirement torch==2.11.0 (from versions: none)\nERROR: No \
                 matching distribution found for torch==2.11.0",
                "could not be reached",
            ),
            ("ERROR: No matching distribution found for torch==2.11.0", "does not have it"),
            ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.", "not the pinned file"),
            ("ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device", "disk is full"),
            ("SSLError(SSLCertVerificationError(1, '[SSL: CERTIFICATE_VERIFY_FAILED] ...", "PIP_CERT"),
            ("Something\nERROR: Exotic trouble.\n\n[notice] x", "Exotic trouble"),
            ("", "pip gave no reason"),
        ];
        for (output, expected) in cases {
            let sentence = match explain(output) {
                Cause::Known(sentence) => sentence.to_owned(),
                Cause::Other(sentence) => sentence,
            };
            assert!(sentence.contains(expected), "{output:?} gave {sentence:?}");
            assert!(!sentence.contains('\n') && !sentence.ends_with('.'), "{sentence:?}");
        }
    }

    #[test]
    fn the_largest_file_counts_as_progress() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(largest_file(&folder.path().join("missing")), 0);
        fs::create_dir_all(folder.path().join("a/b")).unwrap();
        fs::write(folder.path().join("a/b/part"), [0; 70]).unwrap();
        fs::write(folder.path().join("requirements.txt"), [0; 7]).unwrap();
        assert_eq!(largest_file(folder.path()), 70);
    }

    #[test]
    fn progress_shows_share_amount_and_speed() {
        let progress = Progress::new("torch 2".to_owned(), 530_604_548);
        assert_eq!(progress.line(53_060_454, Duration::from_secs(2)), "  torch 2:   9 %, 53.1 of 530.6 MB, 26.5 MB/s");
    }
}
