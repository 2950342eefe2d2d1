//! All datasets, and those that are being created.

use maud::{Markup, html};

use crate::icon::Icon;
use crate::parts::{Voice, heading, main_link};
use crate::text;

pub(super) fn markup(voice: Voice) -> Markup {
    html! {
        (heading(
            voice,
            text::DATASETS,
            Some(text::DATASETS_ABOUT),
            main_link(voice, "/new-dataset", Icon::Add, text::CREATE_DATASET),
        ))
        div #creating {}
        div #list {}
    }
}
