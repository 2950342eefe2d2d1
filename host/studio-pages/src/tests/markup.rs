//! The markup of every page.

use std::collections::HashSet;

use super::{found, pages};
use crate::asset;

#[test]
fn whatever_a_page_refers_to_exists() {
    for (page, html) in pages() {
        let addresses = found(r#"(?:src|href)="/assets/([^"]*)""#, &html);
        assert!(addresses.len() > 4, "{page}");
        for address in addresses {
            assert!(asset(&address).is_some(), "{page}: /assets/{address}");
        }
    }
}

#[test]
fn links_lead_to_screens() {
    for (page, html) in pages() {
        for address in found(r#" href="(/[^"]*)""#, &html) {
            let leads = address.starts_with("/assets/") || crate::route(&address).is_some();
            assert!(leads, "{page}: {address}");
        }
    }
}

#[test]
fn nothing_stands_inline() {
    for (page, html) in pages() {
        let handlers = found(r"<[^>]*\s(on[a-z]+)=", &html);
        assert!(handlers.is_empty(), "{page}: {handlers:?}");
        let styles = found(r"<[^>]*\s(style)[= >]", &html);
        assert!(styles.is_empty() && !html.contains("<style"), "{page}");
        // What is no program is data, which the browser does not run.
        for script in found(r"(<script[^>]*>)", &html) {
            assert!(script.contains(" src=") || script.contains("application/json"), "{page}: {script}");
        }
        assert!(!html.contains("javascript:") && !html.contains("://"), "{page} fetches from elsewhere");
    }
}

#[test]
fn ids_are_used_once_and_every_reference_has_its_id() {
    for (page, html) in pages() {
        let ids = found(r#" id="([^"]*)""#, &html);
        let unique: HashSet<&String> = ids.iter().collect();
        assert_eq!(unique.len(), ids.len(), "{page}: an id stands twice");
        for attribute in ["for", "aria-describedby", "aria-labelledby", "aria-controls"] {
            for names in found(&format!(r#" {attribute}="([^"]*)""#), &html) {
                for name in names.split(' ') {
                    assert!(unique.contains(&name.to_owned()), "{page}: {attribute}={name}");
                }
            }
        }
    }
}

#[test]
fn every_control_has_a_name() {
    let controls = regex::Regex::new("<(?:input|select|textarea|iframe)[^>]*>").unwrap();
    let tags = regex::Regex::new("(?s)<[^>]*>|^[^>]*>").unwrap();
    for (page, html) in pages() {
        let labelled: HashSet<String> = found(r#"<label[^>]* for="([^"]*)""#, &html).into_iter().collect();
        for control in controls.find_iter(&html) {
            let tag = control.as_str();
            let id = found(r#" id="([^"]*)""#, tag);
            let has_label = id.first().is_some_and(|id| labelled.contains(id));
            let has_own = tag.contains("aria-label") || tag.contains(" title=");
            // Inside of its label: the last label before it is still open.
            let before = &html[..control.start()];
            let is_inside = before.rfind("<label") > before.rfind("</label");
            assert!(has_label || has_own || is_inside, "{page}: {tag}");
        }
        for button in found("(?s)<button([^>]*>.*?)</button>", &html) {
            let text = tags.replace_all(&button, "");
            assert!(
                !text.trim().is_empty() || button.contains("aria-label"),
                "{page}: a button without a name: {button}"
            );
        }
    }
}

#[test]
fn every_page_has_one_heading_and_its_language() {
    for (page, html) in pages() {
        assert_eq!(html.matches("<h1").count(), 1, "{page}");
        let tag = page.rsplit(' ').next().unwrap();
        assert!(html.starts_with(&format!("<!DOCTYPE html><html lang=\"{tag}\">")), "{page}");
        assert_eq!(html.matches("<main").count(), 1, "{page}");
    }
}

#[test]
fn names_of_others_are_escaped() {
    for (page, html) in pages() {
        assert!(!html.contains("<name>"), "{page}");
    }
}
