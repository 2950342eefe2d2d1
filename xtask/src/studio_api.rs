//! `cargo xtask studio-api`: lets schemathesis ask a real studio for everything that its description allows, and for what it does not,
//! and fails where an answer is not as described. Opt-in, since it fetches schemathesis and takes minutes.

use std::fs;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result};

use crate::setup;
use nnc_tools_support::Layout;
use nnc_tools_support::command::{self, cargo};

const REQUIREMENTS: &str = include_str!("studio_api/requirements.txt");
const TOKEN: &str = "schemathesis-token-0123456789";
/// Requests for each operation.
const EXAMPLES: &str = "60";
/// Streams of events do not end, so nobody waits for their end.
const ENDLESS: [&str; 2] = ["getEvents", "getJobEvents"];
/// Downloads from the internet, which this is not about.
const ONLINE: [&str; 1] = ["fetchBackbone"];

/// Ends the studio with the check.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Installs schemathesis, starts a studio on a folder with a sample, and compares.
pub(crate) fn run(layout: &Layout) -> Result<()> {
    let _lock = nnc_tools_support::lock(layout)?;
    let work = layout.deps.join("studio-api");
    let (packages, folder) = (work.join("packages"), work.join("folder"));
    fs::create_dir_all(&work).with_context(|| format!("{} could not be created", work.display()))?;
    if fs::read_to_string(packages.join(setup::STAMP)).is_ok_and(|made_of| made_of == REQUIREMENTS) {
        println!("studio-api: schemathesis is in {}", layout.show(&packages));
    } else {
        setup::install_wheels(layout, "schemathesis", REQUIREMENTS, &packages)?;
    }
    let mut build = cargo(layout);
    build.args(["build", "--release", "--package", "nnc-host", "--package", "nnc-plugin-texture"]);
    command::run(layout, "the build", &mut build)?;
    if folder.exists() {
        fs::remove_dir_all(&folder).with_context(|| format!("{} could not be removed", folder.display()))?;
    }

    let mut host = Command::new(layout.host());
    host.arg("studio").arg(&folder).args(["--no-open", "--port", "0", "--max-upload", "10M", "--plugin-dir"]);
    host.arg(&layout.release).env("NNC_HOST_STUDIO_TOKEN", TOKEN).stdout(Stdio::piped());
    let mut studio = Running(host.spawn().context("the studio could not be started")?);
    let said = studio.0.stdout.take().context("the studio says nothing")?;
    let mut line = String::new();
    BufReader::new(said).read_line(&mut line)?;
    let address = line.split_whitespace().find(|word| word.starts_with("http://")).context("no address")?;
    let address = address.split_once("/?").map_or(address, |(address, _)| address);

    let mut check = Command::new("python3");
    check.env("PYTHONPATH", &packages).args(["-m", "schemathesis.cli", "run"]);
    check.arg(format!("{address}/api/v1/openapi.json")).args(["--header", &format!("Authorization: Bearer {TOKEN}")]);
    check.args(["--checks", "all", "--max-examples", EXAMPLES, "--generation-database", "none", "--no-color"]);
    // A name that nobody has given is a positive example for a schema, and 404 for a server.
    check.args(["--exclude-checks", "positive_data_acceptance"]);
    for operation in ENDLESS.iter().chain(&ONLINE) {
        check.args(["--exclude-operation-id", operation]);
    }
    command::run(layout, "schemathesis", check.current_dir(&work))
}
