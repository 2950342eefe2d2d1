//! What a hostile plugin tries: to read and write what is not its business, to reach other processes and machines, to hide
//! what it uses, and to spoil results. Each is told in the log as `attack on PARENT'S MEMORY: succeeded`, or with the
//! system's reason.

use std::ffi::CString;
use std::fs::{self, File, OpenOptions};
use std::hint::black_box;
use std::io::{self, Write};
use std::net::{TcpStream, UdpSocket};
use std::os::fd::AsRawFd;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt, symlink};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use nnc_plugin_api::{Host, Result};

/// Far more than the limit of a test.
const MUCH: usize = 1_500_000_000;

type Attack = fn() -> io::Result<()>;

/// Attacks that are over at once, by what they aim at.
const QUICK: [(&str, Attack); 32] = [
    ("ssh key", || fs::read(home().join(".ssh/id_rsa")).map(drop)),
    ("bashrc", || OpenOptions::new().append(true).open(home().join(".bashrc"))?.write_all(b"evil\n")),
    ("home", || fs::write(home().join("planted"), "")),
    ("link", || symlink("/etc/passwd", home().join("planted-link"))),
    ("earlier results", || fs::remove_file(home().join("out/results.nnp"))),
    ("mode", || fs::set_permissions(home().join(".bashrc"), fs::Permissions::from_mode(0o777))),
    ("mode of a new file", || {
        // Without confinement that folder is everybody's, so the file has a name of its own and goes at once.
        let path = std::env::temp_dir().join(format!("nnc-probe-set-id-{}", std::process::id()));
        OpenOptions::new().write(true).create_new(true).mode(0o4755).open(&path)?;
        fs::remove_file(path)
    }),
    ("time", || File::open("/dev/null")?.set_modified(std::time::SystemTime::now())),
    // SAFETY: changes the group of this process alone.
    ("process group", || answer(i64::from(unsafe { libc::setpgid(0, libc::getpgid(parent())) }))),
    ("tcp", || TcpStream::connect(variable("NNC_HOST_PROBE_TCP")).map(drop)),
    ("udp", || UdpSocket::bind("127.0.0.1:0")?.send_to(b"x", variable("NNC_HOST_PROBE_TCP")).map(drop)),
    ("unix socket", || UnixStream::connect(home().join("socket")).map(drop)),
    ("socket pair", || UnixStream::pair().map(drop)),
    // SAFETY: an impossible descriptor is refused with another error (EBADF) where the call exists.
    ("inotify", || exists(unsafe { libc::syscall(libc::SYS_inotify_add_watch, -1, c"/".as_ptr(), libc::IN_CREATE) })),
    // SAFETY: as above.
    ("pages in a pipe", || exists(unsafe { libc::syscall(libc::SYS_vmsplice, -1, std::ptr::null::<u8>(), 0, 0) })),
    ("files of a thread", || {
        // Flags that no kernel takes together: nothing is started, whoever refuses it.
        let thread =
            libc::CLONE_THREAD | libc::CLONE_SIGHAND | libc::CLONE_VM | libc::CLONE_PIDFD | libc::CLONE_DETACHED;
        // SAFETY: see above.
        exists(unsafe { libc::syscall(libc::SYS_clone, thread, 0, 0, 0, 0) })
    }),
    ("files kept apart", || {
        // SAFETY: closes nothing; the thread that has files of its own then ends.
        let apart = || unsafe { libc::close_range(u32::MAX, u32::MAX, UNSHARE) };
        answer(i64::from(
            std::thread::spawn(move || (apart(), io::Error::last_os_error())).join().map_or(-1, |(done, _)| done),
        ))
    }),
    ("parent's memory", || File::open(format!("/proc/{}/mem", parent())).map(drop)),
    ("parent's variables", || fs::read(format!("/proc/{}/environ", parent())).map(drop)),
    ("parent's bytes", read_parent),
    // SAFETY: attaches without stopping, and lets go.
    ("ptrace", || answer(unsafe { libc::ptrace(PTRACE_SEIZE, parent(), 0, 0) })),
    ("parent's limits", || {
        // SAFETY: changes nothing: asks for the limits alone, and the answer lives.
        let asked = unsafe { libc::prlimit(parent(), libc::RLIMIT_CPU, std::ptr::null(), &mut no_limits()) };
        answer(i64::from(asked))
    }),
    ("parent's processors", || {
        // SAFETY: plain data, of which nothing but zeros is needed.
        let mut set: libc::cpu_set_t = unsafe { std::mem::zeroed() };
        let size = size_of_val(&set);
        // SAFETY: the set lives and has this size; what is set is what was there.
        answer(i64::from(unsafe {
            libc::sched_getaffinity(parent(), size, &mut set).min(libc::sched_setaffinity(parent(), size, &set))
        }))
    }),
    ("parent's disk priority", || {
        const PROCESS: i64 = 1;
        // SAFETY: plain numbers; what is set is what was there.
        answer(unsafe {
            let found = libc::syscall(libc::SYS_ioprio_get, PROCESS, parent());
            found.min(libc::syscall(libc::SYS_ioprio_set, PROCESS, parent(), found))
        })
    }),
    ("lease", || {
        let file = File::open(home().join("project.toml"))?;
        // SAFETY: the lease ends with the file.
        answer(i64::from(unsafe { libc::fcntl(file.as_raw_fd(), libc::F_SETLEASE, libc::F_RDLCK) }))
    }),
    ("attributes", || {
        let file = File::open(home().join("train.csv"))?;
        // SAFETY: the flags, none at all, live; `FS_IOC_SETFLAGS`.
        answer(i64::from(unsafe { libc::ioctl(file.as_raw_fd(), 0x4008_6602, &0_i64) }))
    }),
    // SAFETY: signal 0 asks whether one may be sent.
    ("signal", || answer(i64::from(unsafe { libc::kill(parent(), 0) }))),
    ("program", || Command::new("/bin/true").status().map(drop)),
    // SAFETY: a null pointer is refused with another error (EFAULT) where the call exists.
    ("io_uring", || exists(unsafe { libc::syscall(libc::SYS_io_uring_setup, 1, 0) })),
    // SAFETY: as above.
    ("bpf", || exists(unsafe { libc::syscall(libc::SYS_bpf, 0, 0, 0) })),
    // SAFETY: ends with the process.
    ("namespace", || answer(i64::from(unsafe { libc::unshare(libc::CLONE_NEWUSER) }))),
    ("mount", mount),
];

const PTRACE_SEIZE: libc::c_uint = 0x4206;
/// `CLOSE_RANGE_UNSHARE`.
const UNSHARE: libc::c_int = 2;

/// Names of those that take their time, or end something.
const SLOW: [&str; 17] = [
    "kill parent",
    "daemon",
    "memory in child",
    "memory in memfd",
    "memory in files",
    "memory in removed files",
    "memory out of sight",
    "memory behind a dead thread",
    "memory in page tables",
    "variables",
    "flood and hang",
    "fork bomb",
    "flood log",
    "flood standard error",
    "deaf to signals",
    "folders without rights",
    "folders without an end",
];

/// Names of what is done to the file of the model.
const RESULTS: [&str; 4] = ["result is a link", "result is a folder", "result is a pipe", "result is gone"];

/// The name of an attack, if it is one.
pub(crate) fn parse(name: &str) -> Option<&'static str> {
    let slow = SLOW.into_iter().chain(RESULTS).chain(["every attack"]);
    slow.chain(QUICK.iter().map(|(name, _)| *name)).find(|known| *known == name)
}

/// Attacks, and tells how it went.
pub(crate) fn run(name: &str, host: &Host) -> Result<()> {
    for (aim, attack) in QUICK.iter().filter(|(aim, _)| *aim == name || name == "every attack") {
        match attack() {
            Ok(()) => host.notice(&format!("attack on {aim}: succeeded")),
            Err(error) => host.notice(&format!("attack on {aim}: {error}")),
        }
    }
    match name {
        // SAFETY: ends another process, which is the point.
        "kill parent" => drop(unsafe { libc::kill(parent(), libc::SIGKILL) }),
        "daemon" => daemon(host),
        "memory in child" => match fork() {
            0 => {
                touch(MUCH);
                rest();
            }
            child => wait(host, &format!("child {child}"))?,
        },
        "memory in memfd" => {
            fill(&memfd()?)?;
            wait(host, "memfd")?;
        }
        "memory in files" | "memory in removed files" => {
            let path = std::env::temp_dir().join("file");
            let file = fs::File::create(&path)?;
            if name == "memory in removed files" {
                fs::remove_file(&path)?;
            }
            fill(&file)?;
            wait(host, "files")?;
        }
        "memory out of sight" => {
            hide_memory()?;
            wait(host, "memory")?;
        }
        "memory behind a dead thread" => {
            std::thread::spawn(|| {
                // When the other one is gone.
                std::thread::sleep(Duration::from_millis(200));
                touch(MUCH);
                rest();
            });
            // SAFETY: ends this thread alone, which is the first of the process.
            unsafe { libc::syscall(libc::SYS_exit, 0) };
        }
        "memory in page tables" => {
            fill_page_tables()?;
            wait(host, "page tables")?;
        }
        "variables" => {
            let names: Vec<String> = std::env::vars_os().map(|(name, _)| name.to_string_lossy().into_owned()).collect();
            host.notice(&format!("variables: {}", names.join(" ")));
        }
        "flood and hang" => {
            (0..2_000).for_each(|_| host.notice(&"x".repeat(1_000)));
            wait(host, "flood")?;
        }
        "fork bomb" => bomb(host)?,
        "flood log" => (0..200_000).for_each(|_| host.notice(&"x".repeat(1_000))),
        "flood standard error" => (0..200_000).for_each(|_| eprintln!("{}", "x".repeat(1_000))),
        "folders without rights" => {
            for place in places() {
                for (name, mode) in [("a", 0o300), ("b", 0o000), ("c", 0o500)] {
                    fs::create_dir_all(place.join(name))?;
                    fs::write(place.join(name).join("file"), "")?;
                    // Given at once where the mode of something that is there may not be changed.
                    fs::DirBuilder::new().mode(mode).create(place.join(format!("{name}{name}")))?;
                }
            }
        }
        "folders without an end" => {
            for place in places() {
                bury(&place)?;
            }
        }
        "deaf to signals" => {
            // SAFETY: sets a disposition; the worker's own handler is lost, which is the point.
            unsafe { libc::signal(libc::SIGTERM, libc::SIG_IGN) };
            host.notice("deaf");
            rest();
        }
        _ => {}
    }
    Ok(())
}

/// Writes a lot.
fn fill(mut file: &fs::File) -> io::Result<()> {
    let piece = vec![1; 1 << 20];
    (0..MUCH >> 20).try_for_each(|_| file.write_all(&piece))
}

/// Puts something else in the place of a model that was saved.
pub(crate) fn spoil(name: &str, model: &Path) -> Result<()> {
    match name {
        "result is a link" => {
            fs::remove_file(model)?;
            symlink(home().join("precious.nnp"), model)?;
        }
        "result is a folder" => {
            fs::remove_file(model)?;
            fs::create_dir(model)?;
        }
        "result is a pipe" => {
            fs::remove_file(model)?;
            let path = CString::new(model.as_os_str().as_encoded_bytes()).unwrap_or_default();
            // SAFETY: the path ends with a zero.
            answer(i64::from(unsafe { libc::mkfifo(path.as_ptr(), 0o600) }))?;
        }
        "result is gone" => fs::remove_file(model)?,
        _ => {}
    }
    Ok(())
}

/// The folders in which the host clears up: that of the job, and that of temporary files.
fn places() -> Vec<PathBuf> {
    let staging = home().join("out/.train.partial");
    [staging, std::env::temp_dir()].into_iter().filter(|place| place.is_dir()).collect()
}

/// Makes more folders inside of each other than a process may have open at once.
fn bury(place: &Path) -> io::Result<()> {
    let path = CString::new(place.as_os_str().as_encoded_bytes())?;
    // SAFETY: the text ends with a zero.
    let mut at = unsafe { libc::open(path.as_ptr(), libc::O_PATH | libc::O_DIRECTORY) };
    answer(i64::from(at))?;
    for _ in 0..3_000 {
        // SAFETY: the texts end with zeros; each descriptor is closed once.
        let next = unsafe {
            libc::mkdirat(at, c"a".as_ptr(), 0o700);
            let next = libc::openat(at, c"a".as_ptr(), libc::O_PATH | libc::O_DIRECTORY);
            libc::close(at);
            next
        };
        answer(i64::from(next))?;
        at = next;
    }
    // SAFETY: as above.
    answer(i64::from(unsafe { libc::close(at) }))
}

fn variable(name: &str) -> String {
    std::env::var(name).unwrap_or_default()
}

fn home() -> PathBuf {
    PathBuf::from(variable("HOME"))
}

fn parent() -> libc::pid_t {
    // SAFETY: cannot fail.
    unsafe { libc::getppid() }
}

fn answer(result: i64) -> io::Result<()> {
    if result < 0 { Err(io::Error::last_os_error()) } else { Ok(()) }
}

/// A call that exists complains about its arguments.
fn exists(result: i64) -> io::Result<()> {
    answer(result).or_else(|error| match error.raw_os_error() {
        Some(libc::EFAULT | libc::EINVAL | libc::EBADF) => Ok(()),
        _ => Err(error),
    })
}

fn no_limits() -> libc::rlimit {
    libc::rlimit { rlim_cur: 0, rlim_max: 0 }
}

fn read_parent() -> io::Result<()> {
    let mut byte = 0_u8;
    let here = libc::iovec { iov_base: (&raw mut byte).cast(), iov_len: 1 };
    // The program is mapped at the same address in both, if it is; a wrong address is another error.
    let there = libc::iovec { iov_base: 0x1000 as *mut libc::c_void, iov_len: 1 };
    // SAFETY: writes one byte, which lives.
    exists(unsafe { libc::process_vm_readv(parent(), &raw const here, 1, &raw const there, 1, 0) as i64 })
}

fn mount() -> io::Result<()> {
    let folder = CString::new(home().as_os_str().as_encoded_bytes()).unwrap_or_default();
    let (kind, none) = (c"tmpfs", std::ptr::null());
    // SAFETY: the texts end with zeros.
    answer(i64::from(unsafe { libc::mount(kind.as_ptr(), folder.as_ptr(), kind.as_ptr(), 0, none) }))?;
    // SAFETY: as above.
    answer(i64::from(unsafe { libc::umount2(folder.as_ptr(), libc::MNT_DETACH) }))
}

/// The child's number, 0 in the child.
fn fork() -> libc::pid_t {
    // SAFETY: not safe with threads; the child only takes memory and waits.
    unsafe { libc::fork() }
}

/// A process that leaves the group and the session, and whose parent is gone.
fn daemon(host: &Host) {
    let child = fork();
    if child == 0 {
        // SAFETY: plain system calls.
        unsafe {
            libc::setsid();
            if libc::fork() == 0 {
                libc::prctl(libc::PR_SET_NAME, c"probe-daemon".as_ptr());
                rest();
            }
            libc::_exit(0);
        }
    }
    host.notice(&format!("daemon of {child}: {}", io::Error::last_os_error()));
}

fn bomb(host: &Host) -> Result<()> {
    let mut refused = 0;
    // The end is for the machine on which nothing stops it.
    for _ in 0..3_000 {
        match fork() {
            0 => {
                // SAFETY: plain system calls.
                unsafe {
                    libc::setsid();
                    libc::prctl(libc::PR_SET_NAME, c"probe-bomb".as_ptr());
                }
                rest();
            }
            -1 => refused += 1,
            _ => {}
        }
    }
    host.notice(&format!("bomb: {refused} refused"));
    wait(host, "bomb")
}

/// Waits for a while, as long as nobody minds.
fn wait(host: &Host, what: &str) -> Result<()> {
    for _ in 0..100 {
        host.checkpoint()?;
        std::thread::sleep(Duration::from_millis(100));
    }
    host.notice(&format!("{what}: nobody minded"));
    Ok(())
}

/// Does nothing for a minute, and ends.
fn rest() -> ! {
    for _ in 0..60 {
        std::thread::sleep(Duration::from_secs(1));
    }
    // SAFETY: ends the process.
    unsafe { libc::_exit(0) }
}

fn memfd() -> io::Result<File> {
    use std::os::fd::FromRawFd;
    // SAFETY: the name ends with a zero.
    let file = unsafe { libc::memfd_create(c"much".as_ptr(), 0) };
    answer(i64::from(file))?;
    // SAFETY: a descriptor that nobody else has.
    Ok(unsafe { File::from_raw_fd(file) })
}

/// Shared memory that is written and then not mapped by any page table: it is in no process's size.
fn hide_memory() -> io::Result<()> {
    let rights = libc::PROT_READ | libc::PROT_WRITE;
    let kind = libc::MAP_SHARED | libc::MAP_ANONYMOUS;
    for _ in 0..MUCH >> 24 {
        // SAFETY: a new mapping, of which only this function knows.
        unsafe {
            let piece = libc::mmap(std::ptr::null_mut(), 1 << 24, rights, kind, -1, 0);
            if piece == libc::MAP_FAILED {
                return Err(io::Error::last_os_error());
            }
            piece.cast::<u8>().write_bytes(1, 1 << 24);
            answer(i64::from(libc::madvise(piece, 1 << 24, libc::MADV_DONTNEED)))?;
        }
    }
    Ok(())
}

/// Reads one byte of each two megabytes of a terabyte in which nothing was ever written: no page of its own, but a table for each.
fn fill_page_tables() -> io::Result<()> {
    const ALL: usize = 1 << 40;
    let kind = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_NORESERVE;
    // SAFETY: a new mapping, of which only this function knows.
    let place = unsafe { libc::mmap(std::ptr::null_mut(), ALL, libc::PROT_READ, kind, -1, 0) };
    if place == libc::MAP_FAILED {
        return Err(io::Error::last_os_error());
    }
    for at in (0..ALL).step_by(2 << 20) {
        // SAFETY: within the mapping.
        black_box(unsafe { place.cast::<u8>().add(at).read_volatile() });
    }
    Ok(())
}

fn touch(size: usize) {
    let mut bytes = vec![0_u8; size];
    for page in bytes.chunks_mut(4096) {
        black_box(page)[0] = 1;
    }
    std::mem::forget(bytes);
}
