//! Icons, drawn into the page: lines of one width in the colour of the text beside them. They say nothing that a word beside
//! them does not say, so screen readers pass over them.

use maud::{Markup, PreEscaped, html};

/// A picture of 20 by 20.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Icon {
    Home,
    Dataset,
    Project,
    Job,
    Result,
    Upload,
    Add,
    Flange,
}

impl Icon {
    fn lines(self) -> &'static str {
        match self {
            Self::Home => "M3 9.2 10 3.5l7 5.7M5 8v8.5h10V8M8.5 16.5v-5h3v5",
            Self::Dataset => "M3.5 4.5h13v11h-13zM3.5 13l3.7-4 3 3.2 2.3-2 4 3.8M13 7.6h.01",
            Self::Project => "M4 5.5h12M4 10h12M4 14.5h12M7 4v3M13 8.5v3M9 13v3",
            Self::Job => "M6 4.2v11.6L15.5 10z",
            Self::Result => "M3.5 3.5v13h13M6.5 13.5v-3M10 13.5v-7M13.5 13.5v-5",
            Self::Upload => "M10 13V3.8M6.3 7.3 10 3.6l3.7 3.7M3.5 12.5v4h13v-4",
            Self::Add => "M10 4v12M4 10h12",
            Self::Flange => {
                "M10 2.5a7.5 7.5 0 1 0 .01 0M10 7a3 3 0 1 0 .01 0M10 4.4v.01M10 15.6v.01M4.4 10h.01M15.6 10h.01"
            }
        }
    }

    /// The markup.
    pub(crate) fn draw(self) -> Markup {
        let paths = format!("<path d=\"{}\"/>", self.lines());
        html! {
            svg.icon viewBox="0 0 20 20" width="20" height="20" aria-hidden="true" focusable="false" { (PreEscaped(paths)) }
        }
    }
}
