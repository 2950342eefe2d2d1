//! The files of the folder `assets`, as they are, and the style sheet, which is put together of its parts.

/// A file for the browser.
#[derive(Debug, Clone, Copy)]
pub struct Asset {
    /// What is in it.
    pub bytes: &'static [u8],
    /// Its kind, for the header `Content-Type`.
    pub content_type: &'static str,
}

/// The dark colours serve two rules: the system's setting, and the reader's choice.
const STYLE: &str = concat!(
    include_str!("../assets/style/base.css"),
    "@media (prefers-color-scheme: dark) { :root:not([data-theme=light]) {\n",
    include_str!("../assets/style/dark.css"),
    "} }\n:root[data-theme=dark] {\n",
    include_str!("../assets/style/dark.css"),
    "}\n",
    include_str!("../assets/style/shell.css"),
    include_str!("../assets/style/forms.css"),
    include_str!("../assets/style/tables.css"),
    include_str!("../assets/style/screens.css"),
    include_str!("../assets/style/phone.css"),
);

const JAVASCRIPT: &str = "text/javascript; charset=utf-8";

/// Modules by their paths below `/assets/`.
macro_rules! scripts {
    ($list:ident: $($path:literal),* $(,)?) => {
        const $list: &[(&str, &str)] = &[$(($path, include_str!(concat!("../assets/", $path)))),*];
    };
}

scripts! { SHARED:
    "script/api.js",
    "script/dom.js",
    "script/events.js",
    "script/format.js",
    "script/frame.js",
    "script/session.js",
    "script/stream.js",
    "script/texts.js",
    "script/toast.js",
}

scripts! { SCRIPTS:
    "script/changes.js",
    "script/dialog.js",
    "script/downloads.js",
    "script/drop-zone.js",
    "script/fields.js",
    "script/files.js",
    "script/gallery.js",
    "script/head.js",
    "script/histogram.js",
    "script/job-lines.js",
    "script/log-view.js",
    "script/pager.js",
    "script/parameters.js",
    "script/picture.js",
    "script/pictures.js",
    "script/problems.js",
    "script/project-fields.js",
    "script/removal.js",
    "script/report.js",
    "script/result-figures.js",
    "script/rows.js",
    "script/table.js",
    "script/tabs.js",
    "script/threshold.js",
    "script/upload.js",
    "script/screens/compare.js",
    "script/screens/dataset.js",
    "script/screens/datasets.js",
    "script/screens/home.js",
    "script/screens/job.js",
    "script/screens/jobs.js",
    "script/screens/new-dataset.js",
    "script/screens/not-found.js",
    "script/screens/project.js",
    "script/screens/projects.js",
    "script/screens/report.js",
    "script/screens/result.js",
    "script/screens/results.js",
    "script/screens/sign-in.js",
}

const ICON: &str = include_str!("../assets/icon.svg");

/// The file at a path below `/assets/`, such as `studio.css`.
pub fn asset(path: &str) -> Option<Asset> {
    let (text, content_type) = match path {
        "studio.css" => (STYLE, "text/css; charset=utf-8"),
        "icon.svg" => (ICON, "image/svg+xml"),
        _ => (scripts().find(|(name, _)| *name == path)?.1, JAVASCRIPT),
    };
    Some(Asset { bytes: text.as_bytes(), content_type })
}

/// Every module with its text.
pub(crate) fn scripts() -> impl Iterator<Item = (&'static str, &'static str)> {
    SHARED.iter().chain(SCRIPTS).copied()
}

/// The addresses of the modules that every screen needs, which the browser may fetch before it has read what needs them.
pub(crate) fn shared_modules() -> impl Iterator<Item = String> {
    SHARED.iter().map(|(path, _)| format!("/assets/{path}"))
}
