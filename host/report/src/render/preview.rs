//! A dataset to look at: one page with thumbnails that needs nothing else, or pictures drawn with characters.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use image::RgbImage;
use maud::{DOCTYPE, PreEscaped, html};
use nnc_language::Language;

use crate::error::ReportError;
use crate::render::thumbnail::{data_uri, load};

/// What the page may bring in: its own style and pictures, so that text of the dataset is only ever text.
const POLICY: &str = "default-src 'none';img-src data:;style-src 'unsafe-inline'";
/// The longer side of a thumbnail in the page.
const SIDE: u32 = 96;
/// Bytes of thumbnails in one page, about five thousand; the rows behind them go without.
const MAX_BYTES: usize = 24 << 20;

/// What a page shows.
#[derive(Debug, Clone, Default)]
pub struct Preview {
    /// Language of the page.
    pub language: Language,
    /// Name of the dataset.
    pub title: String,
    /// What is said of all of it: name and value.
    pub facts: Vec<(String, String)>,
    /// Header cells.
    pub columns: Vec<String>,
    /// Index and cells of every row.
    pub rows: Vec<(usize, Vec<PreviewCell>)>,
}

/// One cell.
#[derive(Debug, Clone, Default)]
pub struct PreviewCell {
    /// As it is written.
    pub text: String,
    /// The shape, or what is wrong.
    pub note: String,
    /// Whether the note tells of something wrong.
    pub is_problem: bool,
    /// The image to draw, if it is one.
    pub image: Option<PathBuf>,
}

/// A finished page.
#[derive(Debug, Clone)]
pub struct PreviewPage {
    /// The whole file.
    pub html: String,
    /// Images in it.
    pub thumbnails: usize,
}

const STYLE: &str = "
:root { color-scheme: light dark; --page: #fbfbfa; --line: #e2e2de; --text: #1c1e20; --soft: #5d6166; --bad: #b3261e; }
@media (prefers-color-scheme: dark) {
  :root { --page: #131517; --line: #2e3236; --text: #e6e7e8; --soft: #9ba1a7; --bad: #f2938b; }
}
body { margin: 0 auto; max-width: 1100px; padding: 24px 16px; background: var(--page); color: var(--text);
  font: 15px/1.5 system-ui, sans-serif; font-variant-numeric: tabular-nums; }
dl { display: flex; flex-wrap: wrap; gap: 8px 32px; margin: 0 0 24px; }
dt { color: var(--soft); font-size: 13px; }
dd { margin: 0; }
table { border-collapse: collapse; width: 100%; }
thead th { position: sticky; top: 0; background: var(--page); text-align: left; }
th, td { padding: 6px 12px 6px 0; border-bottom: 1px solid var(--line); vertical-align: middle; }
td { overflow-wrap: anywhere; }
img { display: block; max-width: 96px; height: auto; }
small { display: block; color: var(--soft); }
small.bad { color: var(--bad); }
";

/// The page. Images that cannot be decoded go without a thumbnail.
pub fn preview_html(preview: &Preview) -> PreviewPage {
    let (mut bytes, mut thumbnails, mut without) = (0, 0, 0);
    let mut picture = |cell: &PreviewCell| {
        let uri = cell.image.as_deref().filter(|_| bytes < MAX_BYTES).and_then(small);
        bytes += uri.as_ref().map_or(0, String::len);
        thumbnails += usize::from(uri.is_some());
        without += usize::from(cell.image.is_some() && uri.is_none());
        uri
    };
    let body = html! {
        tbody {
            @for (index, cells) in &preview.rows {
                tr {
                    td { (index) }
                    @for cell in cells {
                        td {
                            @if let Some(uri) = picture(cell) {
                                img src=(uri) alt=(cell.text) loading="lazy" decoding="async";
                            }
                            (cell.text)
                            @if !cell.note.is_empty() {
                                small .bad[cell.is_problem] { (cell.note) }
                            }
                        }
                    }
                }
            }
        }
    };
    let page = html! {
        (DOCTYPE)
        html lang=(preview.language.tag()) {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(POLICY);
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (preview.title) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                h1 { (preview.title) }
                dl {
                    @for (name, value) in &preview.facts {
                        div { dt { (name) } dd { (value) } }
                    }
                }
                @if without > 0 {
                    p { (without_thumbnail(without, preview.language)) }
                }
                table {
                    thead { tr { th { (index(preview.language)) } @for column in &preview.columns { th { (column) } } } }
                    (body)
                }
            }
        }
    };
    PreviewPage { html: page.into_string(), thumbnails }
}

fn index(language: Language) -> &'static str {
    match language {
        Language::English => "index",
        Language::Japanese => "番号",
    }
}

fn without_thumbnail(images: usize, language: Language) -> String {
    match language {
        Language::English => {
            format!("Images without a thumbnail: {images}. They cannot be read, or the page would become too large.")
        }
        Language::Japanese => {
            format!("サムネイルのない画像: {images} 枚。読み取れないか、ページが大きくなりすぎるためです。")
        }
    }
}

fn small(path: &Path) -> Option<String> {
    data_uri(&load(path, SIDE).ok()?).ok()
}

/// An image for a terminal with 24-bit colour: lines of half blocks, two pixels above each other in each character;
/// the longer side has at most `side` pixels.
///
/// # Errors
/// A picture that cannot be shown.
pub fn terminal_picture(path: &Path, side: u32) -> Result<String, ReportError> {
    Ok(half_blocks(&load(path, side)?.into_rgb8()))
}

fn half_blocks(image: &RgbImage) -> String {
    let mut text = String::new();
    for y in (0..image.height()).step_by(2) {
        for x in 0..image.width() {
            let [r, g, b] = image.get_pixel(x, y).0;
            // Writing to a string cannot fail.
            let _ = write!(text, "\x1b[38;2;{r};{g};{b}m");
            if let Some(below) = image.get_pixel_checked(x, y + 1) {
                let [r, g, b] = below.0;
                let _ = write!(text, "\x1b[48;2;{r};{g};{b}m");
            }
            text.push('\u{2580}');
        }
        text.push_str("\x1b[0m\n");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::Rgb;

    #[test]
    fn half_blocks_hold_two_rows_each() {
        let image = RgbImage::from_fn(1, 3, |_, y| Rgb([y as u8, 9, 9]));
        let expected = "\x1b[38;2;0;9;9m\x1b[48;2;1;9;9m\u{2580}\x1b[0m\n\x1b[38;2;2;9;9m\u{2580}\x1b[0m\n";
        assert_eq!(half_blocks(&image), expected);
    }

    #[test]
    fn a_page_is_whole_and_quotes_what_it_shows() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.png");
        RgbImage::new(300, 100).save(&path).unwrap();
        let cell =
            |image| PreviewCell { text: "<b>".to_owned(), note: "3,100,300".to_owned(), image, is_problem: false };
        let preview = Preview {
            title: "a & b".to_owned(),
            columns: vec!["x:image".to_owned()],
            rows: vec![(1, vec![cell(Some(path))]), (2, vec![cell(Some("none.png".into()))]), (3, vec![cell(None)])],
            ..Preview::default()
        };
        let page = preview_html(&preview);
        assert_eq!((page.thumbnails, page.html.matches("<img src=\"data:image/jpeg;base64,").count()), (1, 1));
        assert!(
            page.html.contains("&lt;b&gt;")
                && page.html.contains("a &amp; b")
                && page.html.contains("Images without a thumbnail: 1.")
        );
        assert!(page.html.contains("content=\"default-src 'none';") && !page.html.contains("://"));
        let japanese = preview_html(&Preview { language: Language::Japanese, ..preview }).html;
        assert!(japanese.contains("<html lang=\"ja\">") && japanese.contains("サムネイルのない画像: 1 枚"));
    }
}
