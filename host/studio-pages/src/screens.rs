//! What stands in the frame: a module for each screen.

mod compare;
mod dataset;
mod datasets;
mod home;
mod job;
mod jobs;
mod new_dataset;
mod not_found;
mod project;
mod projects;
mod report;
mod result;
mod results;
mod sign_in;

use maud::Markup;

use crate::parts::Voice;
use crate::screen::Screen;
use crate::text::{self, Text};

/// What is in the frame.
pub(crate) struct Content {
    /// The title of the document.
    pub(crate) title: Text,
    /// The module of the script that fills the screen: its name in `assets/script/screens`.
    pub(crate) script: &'static str,
    pub(crate) markup: Markup,
}

/// The content of a screen.
pub(crate) fn content(screen: &Screen, voice: Voice) -> Content {
    let (title, script, markup): (_, _, fn(Voice) -> Markup) = match screen {
        Screen::Home => (text::DASHBOARD, "home", home::markup),
        Screen::Datasets => (text::DATASETS, "datasets", datasets::markup),
        Screen::NewDataset => (text::CREATE_DATASET, "new-dataset", new_dataset::markup),
        Screen::Dataset(_) => (text::DATASET, "dataset", dataset::markup),
        Screen::Projects => (text::PROJECTS, "projects", projects::markup),
        Screen::Project(_) => (text::PROJECT, "project", project::markup),
        Screen::Jobs => (text::JOBS, "jobs", jobs::markup),
        Screen::Job(_) => (text::JOB, "job", job::markup),
        Screen::Results => (text::RESULTS, "results", results::markup),
        Screen::Result(_) => (text::RESULT, "result", result::markup),
        Screen::Report(_) => (text::REPORT, "report", report::markup),
        Screen::Compare => (text::COMPARISON, "compare", compare::markup),
        Screen::SignIn => (text::SIGN_IN, "sign-in", sign_in::markup),
        Screen::NotFound => (text::NOTHING_HERE, "not-found", not_found::markup),
    };
    Content { title, script, markup: markup(voice) }
}
