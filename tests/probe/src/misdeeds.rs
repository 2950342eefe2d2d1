//! Every way in which the probe can break the rules of a plugin, by the name that its parameter `misbehave` takes.

use std::hint::black_box;
use std::path::Path;
use std::time::Duration;

use nnc_plugin_api::{Batch, BatchSource, Error, Host, Output, Result};

use crate::attacks;

/// The names.
const MISDEEDS: [&str; 40] = [
    "none",
    "panic in create",
    "panic in fit",
    "panic in infer",
    "error in fit",
    "segfault",
    "abort",
    "exit",
    "exception",
    "hang",
    "burn",
    "slow",
    "deaf",
    "allocate",
    "eat memory",
    "noise",
    "bad text",
    "bad error",
    "bad interface",
    "nan",
    "short output",
    "long output",
    "no zip",
    "random",
    "batch statistics",
    "forget the model",
    "swallow damage",
    "no parameter ends",
    "no empty data",
    "no single image",
    "no constant data",
    "litter",
    "leak",
    "wait",
    "forge done",
    "steal messages",
    "remove results",
    "link results",
    "pipe results",
    "other results",
];

/// What the probe does wrong.
pub(crate) struct Misdeed(&'static str);

impl Misdeed {
    pub(crate) fn parse(name: &str) -> Result<Self> {
        let known = MISDEEDS.into_iter().find(|known| *known == name).or_else(|| attacks::parse(name));
        known.map(Self).ok_or_else(|| {
            Error::parameter(format!("parameter `misbehave` is {name:?}, expected one of {}", MISDEEDS.join(", ")))
        })
    }

    pub(crate) fn is(&self, name: &str) -> bool {
        debug_assert!(MISDEEDS.contains(&name));
        self.0 == name
    }

    pub(crate) fn in_create(&self, host: &Host) -> Result<()> {
        match self.0 {
            "panic in create" => panic!("as told"),
            "noise" => {
                // What the worker would say to its parent.
                println!("{{\"event\":\"done\",\"summary\":{{}}}}");
                eprintln!("noise on standard error");
            }
            "bad text" => host.notice(&no_text()),
            "litter" => std::fs::write("litter.txt", "left behind")?,
            _ => {}
        }
        Ok(())
    }

    pub(crate) fn in_fit(&self, host: &Host, source: &mut BatchSource<'_>) -> Result<()> {
        match self.0 {
            "panic in fit" => panic!("as told"),
            "error in fit" => return Err(Error::data("the probe does not like this dataset")),
            "bad error" => return Err(Error::data(no_text())),
            // SAFETY: not safe at all, which is the point.
            "segfault" => unsafe { std::ptr::null_mut::<u8>().write_volatile(1) },
            // SAFETY: ends the process.
            "abort" => unsafe { libc::abort() },
            "exit" => std::process::exit(0),
            "exception" => throw(),
            "hang" => loop {
                std::thread::sleep(Duration::from_secs(1));
            },
            "burn" => loop {
                black_box(0);
            },
            "slow" => loop {
                std::thread::sleep(Duration::from_millis(10));
                host.checkpoint()?;
            },
            // Continues to work, but never asks whether it should.
            "deaf" => loop {
                while source.next_batch(1)?.is_some() {
                    std::thread::sleep(Duration::from_millis(1));
                }
                source.rewind()?;
            },
            "allocate" => touch(&mut vec![0; 100 << 30]),
            "eat memory" => {
                let mut eaten = Vec::new();
                loop {
                    let mut piece = vec![0; 16 << 20];
                    touch(&mut piece);
                    eaten.push(piece);
                }
            }
            "forge done" => forge_done(),
            "steal messages" => steal_messages(),
            "no empty data" => assert!(!source.is_empty(), "there has to be an image"),
            "no single image" => assert_ne!(source.len(), 1, "there have to be more images"),
            name => attacks::run(name, host)?,
        }
        Ok(())
    }

    pub(crate) fn in_save(&self, model: &Path) -> Result<()> {
        attacks::spoil(self.0, model)
    }

    /// After the model was saved to `path`.
    pub(crate) fn at_the_end(&self, path: &std::path::Path) {
        if let name @ ("remove results" | "link results" | "pipe results" | "other results") = self.0 {
            if let (Ok(mut saved), Ok(mut what)) = (SAVED.lock(), AT_THE_END.lock()) {
                *saved = Some(path.to_owned());
                *what = name;
            }
            // SAFETY: the function is there until the process ends, since plugins are never unloaded.
            unsafe { libc::atexit(spoil_results) };
        }
    }

    /// Whether this was all that the probe does.
    pub(crate) fn in_infer(&self, batch: &Batch<'_>, outputs: &mut [Output<'_>]) -> Result<bool> {
        match self.0 {
            "panic in infer" => panic!("as told"),
            "nan" => outputs.iter_mut().for_each(|output| output.values.fill(f32::NAN)),
            "short output" => outputs.iter_mut().for_each(|output| output.values[1..].fill(0.0)),
            "long output" => {
                for output in outputs {
                    output.values.fill(0.0);
                    // SAFETY: not safe at all: this is not the probe's memory any more.
                    unsafe { output.values.as_mut_ptr().add(output.values.len()).write_volatile(0.0) };
                }
            }
            "leak" => {
                // Without the black box the compiler sees that nobody reads it, and leaks nothing.
                std::hint::black_box(Box::leak(batch.as_u8()?.to_vec().into_boxed_slice()));
                return Ok(false);
            }
            "wait" => {
                while is_told_to_wait(batch.first_row()) {
                    std::thread::sleep(Duration::from_millis(10));
                }
                return Ok(false);
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// What is added to every score.
    pub(crate) fn offset(&self, batch: &Batch<'_>) -> f32 {
        match self.0 {
            "random" => {
                let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
                now.subsec_nanos() as f32
            }
            "batch statistics" => batch.len() as f32,
            _ => 0.0,
        }
    }
}

/// Whether a file `wait` in the working folder names this row or one before it.
fn is_told_to_wait(row: usize) -> bool {
    let told = std::fs::read_to_string("wait").ok().and_then(|text| text.trim().parse().ok());
    told.is_some_and(|from: usize| row >= from)
}

/// What the worker says to its parent when a job is done.
const DONE: &str = "\n{\"event\":\"done\",\"summary\":{\"phase\":\"train\",\"plugin\":\"probe\",\"images\":5}}\n";

/// Writes it into every descriptor there is, and ends the process as one that is done does.
fn forge_done() -> ! {
    let log = "{\"event\":\"log\",\"origin\":\"worker\",\"level\":\"info\",\"text\":\"worker done\"}\n";
    // In case the codes of the worker are made for each line alone.
    for text in [log.to_owned(), DONE.to_owned(), format!("\n{} {}", "0".repeat(64), DONE.trim_start())] {
        for descriptor in 1..256 {
            // SAFETY: writes bytes that live; whether the descriptor is open does not matter.
            unsafe { libc::write(descriptor, text.as_ptr().cast(), text.len()) };
        }
    }
    // SAFETY: ends the process.
    unsafe { libc::_exit(0) }
}

/// Reads what the worker says out of its own pipe, says it again with another end, and ends the process.
fn steal_messages() -> ! {
    for descriptor in 3..256 {
        let path = format!("/proc/self/fd/{descriptor}");
        let pipe = std::fs::read_link(&path).is_ok_and(|target| target.to_string_lossy().starts_with("pipe:"));
        let Ok(text) = std::ffi::CString::new(path) else { continue };
        // SAFETY: a text with an end; the number is checked by the calls that use it.
        let end = unsafe { libc::open(text.as_ptr(), libc::O_RDWR | libc::O_NONBLOCK) };
        if !pipe || end < 0 {
            continue;
        }
        let mut bytes = [0_u8; 1 << 16];
        // SAFETY: the buffer is as long as it says.
        let count = unsafe { libc::read(end, bytes.as_mut_ptr().cast(), bytes.len()) };
        let taken = String::from_utf8_lossy(&bytes[..count.max(0) as usize]).into_owned();
        let code = taken.split(' ').next().unwrap_or_default();
        for text in [&taken, &taken, &format!("{code} {}", DONE.trim_start()), DONE] {
            // SAFETY: writes bytes that live.
            unsafe { libc::write(end, text.as_ptr().cast(), text.len()) };
        }
    }
    // SAFETY: ends the process.
    unsafe { libc::_exit(0) }
}

/// The model that was saved last.
static SAVED: std::sync::Mutex<Option<std::path::PathBuf>> = std::sync::Mutex::new(None);

/// What happens to the results after the worker has said that it is done.
static AT_THE_END: std::sync::Mutex<&str> = std::sync::Mutex::new("");

extern "C" fn spoil_results() {
    let saved = SAVED.lock().ok().and_then(|saved| saved.clone());
    let Some(model) = saved.as_deref().and_then(std::path::Path::parent).map(|folder| folder.join("results.nnp"))
    else {
        return;
    };
    let what = AT_THE_END.lock().map(|what| *what).unwrap_or_default();
    let _ = std::fs::remove_file(&model);
    match what {
        "link results" => drop(std::os::unix::fs::symlink("/etc/hostname", &model)),
        "other results" => drop(std::fs::write(&model, "other bytes")),
        "pipe results" => {
            if let Some(path) = model.to_str().and_then(|path| std::ffi::CString::new(path).ok()) {
                // SAFETY: a text with an end.
                unsafe { libc::mkfifo(path.as_ptr(), 0o644) };
            }
        }
        _ => {}
    }
}

/// Bytes that are no text.
fn no_text() -> String {
    // SAFETY: not safe at all: a text has to be UTF-8.
    unsafe { String::from_utf8_unchecked(b"bad \xff\xfe text".to_vec()) }
}

/// Writes to every page, so that the system has to give the memory.
fn touch(bytes: &mut [u8]) {
    for page in bytes.chunks_mut(4096) {
        black_box(page)[0] = 1;
    }
}

/// The head of every exception, as all languages of a system agree on it; the rest is the system's.
#[repr(C)]
struct Exception {
    class: u64,
    cleanup: Option<extern "C" fn(reason: i32, exception: *mut Exception)>,
    private: [u64; 6],
}

unsafe extern "C-unwind" {
    fn _Unwind_RaiseException(exception: *mut Exception) -> i32;
}

/// Throws an exception that is not Rust's, as C++ code would.
fn throw() {
    let exception = Exception { class: u64::from_be_bytes(*b"PROBC++\0"), cleanup: None, private: [0; 6] };
    // SAFETY: a well-formed exception that lives for ever. That nobody here can catch it is the point.
    unsafe { _Unwind_RaiseException(Box::leak(Box::new(exception))) };
}
