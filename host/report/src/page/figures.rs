//! The figures on top of the page: how many images there are, how well they part, and how the result came to be.

use maud::{Markup, html};

use crate::evaluation::{Counts, EvaluatedImage, Origin, labelled};
use crate::metrics::image_auroc;

/// The key figures, or in words why one is missing.
pub(super) fn key_figures(rows: &[EvaluatedImage], counts: Counts) -> Markup {
    let auroc = image_auroc(labelled(rows));
    let unlabelled = counts.images - counts.labelled();
    let scoreless = rows.iter().filter(|image| image.score.is_nan()).count();
    html! {
        section.figures aria-label="Key figures" {
            dl {
                div.wide {
                    dt { "Image AUROC" }
                    @match auroc {
                        Some(auroc) => dd { (format!("{auroc:.4}")) },
                        None => dd.missing { "not available" },
                    }
                }
                (figure("Images", counts.images))
                @if counts.labelled() > 0 {
                    (figure("Normal", counts.normal))
                    (figure("Defective", counts.defective))
                    @if unlabelled > 0 { (figure("Unlabelled", unlabelled)) }
                }
            }
            @match auroc {
                Some(_) => p.note {
                    "Share of pairs of a defective and a normal image in which the defective one has the higher score. "
                    "1 is perfect, 0.5 is chance."
                    @if unlabelled > 0 { " Unlabelled images do not count." }
                },
                None => p.note { (why_no_auroc(counts)) },
            }
            @if scoreless > 0 {
                p.note { "Images without a score (no number in the map), counted as the lowest: " (scoreless) }
            }
        }
    }
}

fn figure(name: &str, value: usize) -> Markup {
    html! { div { dt { (name) } dd { (value) } } }
}

fn why_no_auroc(counts: Counts) -> &'static str {
    match counts {
        Counts { images: 0, .. } => "The data set has no images.",
        Counts { normal: 0, defective: 0, .. } => {
            "The images have no labels. The AUROC needs a column y with 0 for normal images and another number for defective ones."
        }
        Counts { normal: 0, .. } => "All labelled images are defective. The AUROC needs normal images as well.",
        _ => "All labelled images are normal. The AUROC needs defective images as well.",
    }
}

/// How the result came to be.
pub(super) fn facts(origin: &Origin) -> Markup {
    html! {
        section.facts aria-label="Facts" {
            table {
                @for (name, value) in named(origin) {
                    tr { th scope="row" { (name) } td { (value) } }
                }
            }
        }
    }
}

/// The facts that are known, with their names.
fn named(origin: &Origin) -> Vec<(String, String)> {
    let mut facts = vec![("Plugin".to_owned(), format!("{} {}", origin.plugin_title, origin.plugin_version))];
    for (name, value) in &origin.parameters {
        facts.push((name.clone(), value.as_str().map_or_else(|| value.to_string(), str::to_owned)));
    }
    if let Some(training) = &origin.training {
        facts.push(("Trained on".to_owned(), format!("{} ({} images)", training.file, training.rows)));
    }
    let evaluated = &origin.evaluated;
    facts.push(("Evaluated on".to_owned(), format!("{} ({} images)", evaluated.file, evaluated.rows)));
    facts.push(("Device".to_owned(), origin.device.clone()));
    facts.push(("Made by".to_owned(), origin.host.clone()));
    facts.retain(|(_, value)| !value.trim().is_empty());
    facts
}
