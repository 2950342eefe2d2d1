//! An inspection from its first to its last moment.

use std::io;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::sync_channel;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{Builder, JoinHandle};
use std::time::{Duration, Instant};

use nnc_console::print_error;
use nnc_dataset_create::Shaping;
use nnc_inspect_decoder::Decoder;
use nnc_messages::{At, Confined, Doing, Exit, Failure, Result, Say};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};

use crate::backlog::{Backlog, Waiting};
use crate::book::Book;
use crate::drift::Drift;
use crate::keep::Keeper;
use crate::messages::Message;
use crate::options::{Options, Shaped};
use crate::paths::Paths;
use crate::read::Reader;
use crate::score::{self, Scorer};
use crate::tally::Tally;
use crate::tell::Teller;
use crate::watch::Watcher;
use crate::webhook::Webhook;

/// The threads that an image goes through.
const STAGES: [&str; 4] = ["source", "read", "score", "tell"];
/// How often whether to stop is looked at.
const TICK: Duration = Duration::from_millis(50);
/// How often the journal is written to the disk.
const SYNC: Duration = Duration::from_secs(1);
/// Images wait for so long before it is told, and it is told at most this often.
const BEHIND: Duration = Duration::from_secs(2);
const BEHIND_PAUSE: Duration = Duration::from_secs(30);

/// Judges images until a signal ends it, or until the folder has been worked through if that was asked for.
///
/// # Errors
/// A model that cannot be loaded, folders that cannot be used.
pub fn inspect(options: Options) -> Result<()> {
    let stops = Arc::new(AtomicUsize::new(0));
    count_signals(&stops)?;
    refuse_nesting(&options)?;
    if let Some(confined) = Confined::to_say() {
        print_error(Message::Said { text: confined.said() }.said());
    }
    let (book, known) = Book::open(&options.output)?;
    let (book, known) = (Arc::new(Mutex::new(book)), Arc::new(Mutex::new(known)));
    let webhook = options.webhook.as_ref().map(|to| Webhook::open(&to.address, to.token.clone(), &options.output));
    let webhook = webhook.transpose()?;
    let decoder = Decoder::start()?;
    let model = score::start(&options.job)?;
    let [channels, height, width] = model.ready().image;
    let columns = model.ready().map.map(|[_, columns]| columns);
    let (name, threshold) = (options.model_name.clone(), options.judged.threshold);
    print_error(Message::Ready { model: name, width, height, threshold }.said());
    let shaping = shaping(&options, model.ready().image)?;
    if shaping.is_none() {
        print_error(Message::NotShaped { width, height, channels }.said());
    }
    let output = options.output.clone();
    let folder = options.watched.as_ref().map(|watched| watched.folder.clone());
    print_error(match &folder {
        Some(folder) => Message::Watching { folder: folder.clone(), output: output.clone() }.said(),
        None => Message::Listening { output: output.clone() }.said(),
    });
    let folder = folder.unwrap_or_default();

    let drift = options.drift.as_ref().map(|alarm| {
        let drift = Drift::new(&alarm.normal, threshold, alarm.window, alarm.rate);
        if drift.is_none() {
            print_error(Message::NoDrift.said());
        }
        drift
    });
    let drift = drift.flatten();

    let ends = Arc::new(AtomicBool::new(false));
    let tally = Arc::new(Tally::default());
    let backlog = Arc::new(Backlog::new(options.backlog, options.newest_first));
    // One image in each thread, and one between two of them.
    let (taken, to_score) = sync_channel(1);
    let (scored, to_tell) = sync_channel(1);
    let reader = Reader {
        backlog: Arc::clone(&backlog),
        known: Arc::clone(&known),
        book: Arc::clone(&book),
        folder: folder.clone(),
        shaping,
        ends: Arc::clone(&ends),
    };
    let scorer = Scorer { job: options.job, ends: Arc::clone(&ends) };
    let folder_of_answers = output.clone();
    let keeper = Keeper { output, watched: folder, keep: options.keep, links: options.links, judged: options.judged };
    let teller = Teller {
        backlog: Arc::clone(&backlog),
        known: Arc::clone(&known),
        book: Arc::clone(&book),
        tally: Arc::clone(&tally),
        keeper,
        judged: options.judged,
        columns,
        prints: options.prints,
        drift,
    };
    let source = {
        let (backlog, known, ends) = (Arc::clone(&backlog), Arc::clone(&known), Arc::clone(&ends));
        move || match options.watched {
            Some(watched) => Watcher { watched, backlog, known, ends }.run(),
            None => Paths { backlog, known, ends }.run(),
        }
    };
    let [source_name, read, score, tell] = STAGES;
    let stages = [
        thread(source_name, source)?,
        thread(read, move || reader.run(decoder, &taken))?,
        thread(score, move || scorer.run(model, &to_score, &scored))?,
        thread(tell, move || teller.run(&to_tell))?,
    ];
    let told = Arc::new(AtomicBool::new(false));
    let sending = webhook.map(|webhook| {
        let told = Arc::clone(&told);
        thread("webhook", move || webhook.run(&told))
    });
    let sending = sending.transpose()?;
    let syncing = {
        let (book, told) = (Arc::clone(&book), Arc::clone(&told));
        thread("sync", move || sync(&book, &told))?
    };
    attend(&stages, &stops, &backlog, &ends);
    ends.store(true, Ordering::Relaxed);
    let mut fault = None;
    for stage in stages {
        let name = STAGES.iter().find(|name| stage.thread().name() == Some(**name)).copied().unwrap_or_default();
        if stage.join().is_err() {
            fault = Some(name);
        }
    }
    told.store(true, Ordering::Relaxed);
    let _ = syncing.join();
    if let Some(sending) = sending {
        let _ = sending.join();
    }
    let counts = tally.counts();
    let (p50, p99) = (counts.within(0.5), counts.within(0.99));
    let (answered, ok, ng, other) = (counts.answered, counts.ok, counts.ng, counts.other);
    print_error(Message::Summary { answered, ok, ng, other, p50, p99 }.said());
    if let Some(name) = fault {
        return Err(Failure::new(Exit::Failed, Message::StageEnded { name }));
    }
    match book.lock().unwrap_or_else(PoisonError::into_inner).unwritten() {
        0 => Ok(()),
        images => Err(Failure::new(Exit::Failed, Message::Unwritten { images, output: folder_of_answers })),
    }
}

/// Waits until all stages have ended: because they are done, or because a signal has asked for it.
fn attend(stages: &[JoinHandle<()>; 4], stops: &AtomicUsize, backlog: &Backlog, ends: &AtomicBool) {
    let mut told: Option<Instant> = None;
    while !stages.iter().all(JoinHandle::is_finished) {
        match stops.load(Ordering::Relaxed) {
            0 => {}
            1 if !ends.swap(true, Ordering::Relaxed) => {
                print_error(Message::Stopping.said());
                backlog.close();
            }
            1 => {}
            // The journal has what was not answered. The kernel ends the children.
            _ => std::process::exit(Exit::Interrupted as i32),
        }
        // Without one of them nothing is judged any more, and what the source finds would only wait.
        let [source, others @ ..] = stages;
        if !source.is_finished() && others.iter().any(JoinHandle::is_finished) && !ends.swap(true, Ordering::Relaxed) {
            backlog.close();
        }
        tell_backlog(backlog.waiting(), &mut told);
        std::thread::sleep(TICK);
    }
}

/// Says that images come faster than they are answered, and when they do not any more.
fn tell_backlog(waiting: Waiting, told: &mut Option<Instant>) {
    let Waiting { images, longest, is_overfull } = waiting;
    let seconds = longest.as_secs();
    if longest > BEHIND && told.is_none_or(|time| time.elapsed() > BEHIND_PAUSE) {
        *told = Some(Instant::now());
        print_error(if is_overfull {
            Message::BehindMore { images, seconds }.said()
        } else {
            Message::Behind { images, seconds }.said()
        });
    } else if images == 0 && !is_overfull && told.take().is_some() {
        print_error(Message::CaughtUp.said());
    }
}

/// Writes the journal to the disk again and again, so that a power cut costs a second, and what has waited for room on it.
fn sync(book: &Mutex<Book>, told: &AtomicBool) {
    loop {
        let last = told.load(Ordering::Relaxed);
        let handles = {
            let mut book = book.lock().unwrap_or_else(PoisonError::into_inner);
            book.is_stuck();
            book.handles()
        };
        for file in handles {
            // A disk that fails is told by whoever writes.
            let _ = file.sync_data();
        }
        if last {
            return;
        }
        let until = Instant::now() + SYNC;
        while Instant::now() < until && !told.load(Ordering::Relaxed) {
            std::thread::sleep(TICK);
        }
    }
}

/// How images are shaped, for a model that reads images of this shape.
fn shaping(options: &Options, [channels, height, width]: [usize; 3]) -> Result<Option<Shaping>> {
    let due = (width, height, channels);
    let shaping = match options.shaped {
        Shaped::AsTrained(noted) => noted,
        Shaped::AsAsked { mode, alpha, scale_sixteen_bit } => {
            Some(Shaping { width, height, channels, mode, alpha, scale_sixteen_bit })
        }
    };
    match shaping {
        Some(found) if (found.width, found.height, found.channels) != due || !found.is_sensible() => {
            let model = options.model_name.clone();
            let Shaping { width: noted_width, height: noted_height, channels: noted_channels, .. } = found;
            let what =
                Message::OddShaping { model, width, height, channels, noted_width, noted_height, noted_channels };
            Err(Failure::new(Exit::Usage, what))
        }
        shaping => Ok(shaping),
    }
}

/// The output in the watched folder itself would be mixed with what comes.
fn refuse_nesting(options: &Options) -> Result<()> {
    std::fs::create_dir_all(&options.output).at(Doing::Make, &options.output)?;
    let Some(watched) = &options.watched else { return Ok(()) };
    let (folder, output) = (watched.folder.clone(), options.output.clone());
    let is_same =
        std::fs::canonicalize(&folder).ok().is_some_and(|real| std::fs::canonicalize(&output).ok() == Some(real));
    if is_same {
        return Err(Failure::new(Exit::Usage, Message::Nested { folder, output }));
    }
    Ok(())
}

fn count_signals(stops: &Arc<AtomicUsize>) -> io::Result<()> {
    for number in [SIGINT, SIGTERM, SIGHUP] {
        let stops = Arc::clone(stops);
        // SAFETY: the handler only touches an atomic.
        unsafe {
            signal_hook::low_level::register(number, move || {
                stops.fetch_add(1, Ordering::Relaxed);
            })
        }?;
    }
    Ok(())
}

fn thread(name: &str, work: impl FnOnce() + Send + 'static) -> Result<JoinHandle<()>> {
    let spawned = Builder::new().name(name.to_owned()).spawn(work);
    spawned.map_err(|error| Failure::new(Exit::Failed, Message::NoThread { error }))
}
