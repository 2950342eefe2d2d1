//! Commands that read files of others themselves: a hole in a decoder gives nobody the user's account. The hole is a library that
//! is loaded along (`LD_PRELOAD`) and runs its attack as soon as the program reads the first byte of a file of others.

use std::net::TcpListener;
use std::process::Command;

use nnc_test_data::skip;
use nnc_tests::{LANDLOCK, Outcome, SECCOMP, Sandbox, finish, without};

/// What is tried inside `read`, and told on standard error as `attack on FILE: refused`.
const HOLE: &str = r#"
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static void tell(const char *aim, int succeeded) {
    dprintf(2, "attack on %s: %s\n", aim, succeeded ? "succeeded" : "refused");
}

static void attack(void) {
    static int done;
    if (done++) return;
    char path[4096];
    snprintf(path, sizeof path, "%s/.bashrc", getenv("HOME"));
    int file = open(path, O_WRONLY | O_APPEND);
    tell("bashrc", file >= 0 && write(file, "evil\n", 5) == 5);
    snprintf(path, sizeof path, "%s/planted", getenv("HOME"));
    tell("home", open(path, O_WRONLY | O_CREAT, 0644) >= 0);
    snprintf(path, sizeof path, "%s/poison/planted", getenv("HOME"));
    tell("source", open(path, O_WRONLY | O_CREAT, 0644) >= 0);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(atoi(getenv("PORT")))};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int tcp = socket(AF_INET, SOCK_STREAM, 0);
    tell("network", tcp >= 0 && connect(tcp, (struct sockaddr *)&address, sizeof address) == 0);
    tell("other processes", kill(getppid(), 0) == 0);
    pid_t child = fork();
    if (child == 0) {
        execl("/bin/true", "true", NULL);
        _exit(1);
    }
    int status = 1;
    tell("programs", child > 0 && waitpid(child, &status, 0) == child && status == 0);
}

ssize_t read(int file, void *bytes, size_t count) {
    char link[64], path[4096] = {0};
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    if (readlink(link, path, sizeof path - 1) > 0 && strstr(path, "/poison/")) attack();
    return syscall(SYS_read, file, bytes, count);
}
"#;

/// What a confined command may not do.
const AIMS: [&str; 5] = ["bashrc", "home", "network", "other processes", "programs"];

/// A home folder with files of others in `poison`, and a program with a hole.
struct Victim {
    sandbox: Sandbox,
    server: TcpListener,
}

impl Victim {
    /// `None` without a compiler.
    fn new() -> Option<Self> {
        let sandbox = Sandbox::with_project();
        sandbox.job("run", &[]).expect(0);
        std::fs::create_dir(sandbox.path("poison")).unwrap();
        std::fs::rename(sandbox.path("out"), sandbox.path("poison/out")).unwrap();
        for image in 0..4 {
            sandbox.image(&format!("poison/images/class{}/{image}.png", image % 2), 8, 8, [image; 3]);
        }
        sandbox.write("poison/test.csv", "x:image,y:label\n./images/class0/0.png,0\n./images/class1/1.png,1\n");
        sandbox.write(".bashrc", "# mine\n");
        let source = sandbox.write("hole.c", HOLE);
        let mut cc = Command::new("cc");
        cc.args(["-shared", "-fPIC", "-w", "-o"]).arg(sandbox.path("hole.so")).arg(source);
        if !cc.status().is_ok_and(|status| status.success()) {
            skip("there is no C compiler");
            return None;
        }
        Some(Self { sandbox, server: TcpListener::bind("127.0.0.1:0").unwrap() })
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = self.sandbox.command(arguments);
        command.env("LD_PRELOAD", self.sandbox.path("hole.so"));
        command.env("PORT", self.server.local_addr().unwrap().port().to_string());
        command
    }

    /// Undoes what succeeded.
    fn clean(&self) {
        self.sandbox.write(".bashrc", "# mine\n");
        for name in ["planted", "poison/planted"] {
            let _ = std::fs::remove_file(self.sandbox.path(name));
        }
    }
}

/// What standard error says about an attack.
#[track_caller]
fn succeeded(outcome: &Outcome, aim: &str) -> bool {
    let start = format!("attack on {aim}: ");
    let told = outcome.stderr.lines().find_map(|line| line.strip_prefix(&start));
    told.unwrap_or_else(|| panic!("nothing of {aim} in {outcome}")) == "succeeded"
}

/// Commands, and how they end.
const COMMANDS: [(&[&str], i32); 9] = [
    (&["dataset", "show", "poison/test.csv"], 0),
    (&["dataset", "show", "poison/test.csv", "--html", "pages/page.html"], 0),
    (&["dataset", "check", "poison/test.csv"], 0),
    (&["dataset", "create", "poison/images", "-o", "made/deep/set"], 0),
    (&["report", "poison/out"], 0),
    (&["jobs", "poison"], 0),
    (&["jobs", "compare", "poison/out", "poison/out"], 0),
    // The model of the probe is an archive, but no network.
    (&["nnp", "show", "poison/out/results.nnp"], 1),
    (&["nnp", "unpack", "poison/out/results.nnp", "unpacked"], 0),
];

#[test]
fn a_hole_in_a_decoder_gives_nobody_the_account() {
    let Some(victim) = Victim::new() else { return };
    std::fs::create_dir(victim.sandbox.path("pages")).unwrap();
    let enforces = |calls: &[libc::c_long]| {
        let mut command = victim.sandbox.command(&["plugin", "list", "--sandbox", "require"]);
        without(&mut command, calls);
        finish(command).code == Some(0)
    };
    if !enforces(&[]) {
        skip("this kernel does not enforce everything");
        return;
    }
    for (arguments, code) in COMMANDS {
        let confined = finish(victim.command(arguments)).expect(code);
        // The outputs of `report` are in a folder of that one.
        for aim in AIMS.iter().chain(&["source"]) {
            assert!(!succeeded(&confined, aim), "{aim} of {arguments:?}: {confined}");
        }
        assert_eq!(victim.sandbox.text(".bashrc"), "# mine\n", "{arguments:?}");
    }
    assert!(victim.sandbox.path("made/deep/set/class0").is_dir() && victim.sandbox.path("pages/page.html").is_file());
    assert!(victim.sandbox.path("unpacked/probe.json").is_file());
    // The other way round: what is refused is refused by the confinement.
    for folder in ["made", "unpacked"] {
        std::fs::remove_dir_all(victim.sandbox.path(folder)).unwrap();
    }
    for (arguments, code) in COMMANDS {
        let free = finish(victim.command(&[arguments, &["--sandbox", "off"]].concat())).expect(code);
        for aim in AIMS {
            assert!(succeeded(&free, aim), "{aim} of {arguments:?}: {free}");
        }
        victim.clean();
    }
}

#[test]
fn what_a_kernel_lacks_is_left_out_unless_it_is_demanded() {
    let Some(victim) = Victim::new() else { return };
    for calls in [&LANDLOCK[..], &[SECCOMP]] {
        let arguments = ["dataset", "show", "poison/test.csv"];
        let mut command = victim.sandbox.command(&arguments);
        without(&mut command, calls);
        let shown = finish(command).expect(0);
        assert_eq!(shown.stderr, "", "{shown}");
        let mut command = victim.sandbox.command(&[&arguments[..], &["--sandbox", "require"]].concat());
        without(&mut command, calls);
        finish(command).expect(1).complains(&["as --sandbox require demands", "not enforced: "]);
    }
}

#[test]
fn a_dataset_that_cannot_be_made_leaves_no_folder() {
    let sandbox = Sandbox::new();
    sandbox.write("broken.zip", "PK\x03\x04 nothing");
    for source in ["broken.zip", "missing.zip"] {
        let outcome = sandbox.host(&["dataset", "create", source, "-o", "a/b/c"]);
        assert_ne!(outcome.code, Some(0), "{outcome}");
        assert!(!sandbox.path("a").exists(), "{source}");
    }
}
