//! A folder for one test, and the program started in it.

use std::ffi::OsStr;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use nnc_test_data::golden;
use serde_json::Value;
use tempfile::TempDir;

use crate::command::{Outcome, Running, finish};
use crate::pictures::{packed, solid};
use crate::products::{KNOWN_PLUGINS, known_plugins};
use crate::{host, plugin_folder};

/// Side of the images of [`Sandbox::with_project`].
const SIDE: u32 = 8;

/// A folder that is removed at the end of the test; paths given to its methods are relative to it.
pub struct Sandbox(TempDir);

impl Sandbox {
    /// A folder with nothing but a cache in which the built plugins are known.
    #[allow(clippy::new_without_default)]
    pub fn new() -> Self {
        let sandbox = Self::of_a_newcomer();
        sandbox.write(KNOWN_PLUGINS, known_plugins());
        sandbox
    }

    /// An empty folder: no plugin is known there.
    pub fn of_a_newcomer() -> Self {
        Self(tempfile::Builder::new().prefix("nnc-test-").tempdir().unwrap())
    }

    /// A folder with `project.toml` for the probe plugin, `train.csv` with 5 images of 8x8 and `test.csv` with 6.
    ///
    /// Training images are grey 100 to 104, so that mean and spread are the same everywhere; the test images are grey
    /// 102 to 107, the last three labelled as defective.
    pub fn with_project() -> Self {
        let sandbox = Self::new();
        let mut train = String::from("x:image,y:label\n");
        for i in 0..5 {
            sandbox.image(&format!("train/{i}.png"), SIDE, SIDE, [100 + i; 3]);
            train += &format!("./train/{i}.png,0\n");
        }
        let mut test = String::from("x:image,y:label\n");
        for i in 0..6 {
            // Some have the pixels of training images, but none is the same file.
            sandbox.write(&format!("test/{i}.png"), packed(SIDE, SIDE, [102 + i; 3]));
            test += &format!("./test/{i}.png,{}\n", i / 3);
        }
        sandbox.write("train.csv", train);
        sandbox.write("test.csv", test);
        sandbox.write("project.toml", Self::PROJECT);
        sandbox
    }

    /// The project file of [`Sandbox::with_project`].
    pub const PROJECT: &str = "[project]\nname = \"sheets\"\n[dataset.training]\nuri = \"train.csv\"\n\
        [dataset.validation]\nuri = \"test.csv\"\nshuffle = false\n[config]\nbatch_size = 4\n[plugin]\n\
        name = \"probe\"\n[plugin.params]\nside = 8\n";

    /// Writes a project file for the plugin texture on the drawn gears, with `parameters` as lines of TOML.
    pub fn gears(&self, name: &str, parameters: &str) {
        let data = golden("dataset");
        self.write(
            name,
            format!(
                "[dataset.training]\nuri = '{0}/train.csv'\n[dataset.validation]\nuri = '{0}/test.csv'\n\
                 [plugin]\nname = \"texture\"\n[plugin.params]\n{parameters}\n",
                data.display()
            ),
        );
    }

    /// Absolute path of something in the folder.
    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Writes a file with the folders above it.
    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, content).unwrap();
        path
    }

    /// Writes an image of one colour; the extension decides its format.
    pub fn image(&self, name: &str, width: u32, height: u32, colour: [u8; 3]) -> PathBuf {
        self.write(name, solid(Path::new(name), width, height, colour))
    }

    /// Writes an executable script.
    pub fn script(&self, name: &str, text: &str) -> PathBuf {
        use std::os::unix::fs::PermissionsExt;
        let path = self.write(name, text);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        path
    }

    /// Content of a file.
    pub fn bytes(&self, name: &str) -> Vec<u8> {
        fs::read(self.path(name)).unwrap_or_else(|e| panic!("{name}: {e}"))
    }

    /// Content of a text file.
    pub fn text(&self, name: &str) -> String {
        String::from_utf8(self.bytes(name)).unwrap()
    }

    /// Content of a JSON file.
    pub fn json(&self, name: &str) -> Value {
        serde_json::from_slice(&self.bytes(name)).unwrap()
    }

    /// Sorted names of what is directly in a folder.
    pub fn names(&self, folder: &str) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(self.path(folder))
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    /// The program with these arguments, to be started in this folder with an environment of its own.
    pub fn command<A: AsRef<OsStr>>(&self, arguments: &[A]) -> Command {
        let mut command = Command::new(host());
        command
            .args(arguments)
            .current_dir(self.0.path())
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", self.0.path())
            .env("NNC_HOST_PLUGINS", plugin_folder());
        command
    }

    /// Runs the program to its end.
    pub fn host<A: AsRef<OsStr>>(&self, arguments: &[A]) -> Outcome {
        finish(self.command(arguments))
    }

    /// Starts the program and leaves it running.
    pub fn start<A: AsRef<OsStr>>(&self, arguments: &[A]) -> Running {
        Running::start(self.command(arguments))
    }

    /// Runs a job of `project.toml` with output folder `out`: `job("train", &["-q"])`.
    pub fn job(&self, what: &str, more: &[&str]) -> Outcome {
        self.host(&[&[what, "project.toml", "-o", "out"], more].concat())
    }

    /// What a job on one thread tells for each of these settings (`--set`), which have to make it fail with one line: the
    /// setting, the exit code and the line. What parameters' own ranges refuse is told before there is a log.
    #[track_caller]
    pub fn refusals(&self, what: &str, settings: &[&str]) -> String {
        let mut told = String::new();
        for setting in settings {
            let outcome = self.job(what, &["--threads", "1", "--set", setting]);
            let code =
                outcome.code.filter(|code| (1..=4).contains(code)).unwrap_or_else(|| panic!("{setting}: {outcome}"));
            let lines =
                outcome.errors().into_iter().chain(outcome.stderr.lines().filter(|line| line.starts_with("error: ")));
            let lines: Vec<&str> = lines.collect();
            let [line] = lines[..] else { panic!("{setting}: {outcome}") };
            let _ = writeln!(told, "{setting} -> {code}\n{line}");
        }
        told
    }
}

/// Copies a folder with all that is in it.
pub fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy_folder(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}
