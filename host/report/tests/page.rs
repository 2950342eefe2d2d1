//! The page as a reader of the file sees it.
#![allow(clippy::unwrap_used)]

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use nnc_report::{ColourScale, EvaluatedImage, Evaluation, Origin, ReportError, overlay, read_map, write_html};

fn testdata(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata").join(name)
}

/// A drawn gear and the score map that nnabla computed for it.
fn gear(row: usize, name: &str, label: Option<f64>, score: f32) -> EvaluatedImage {
    EvaluatedImage {
        row,
        name: format!("test/{name}.png"),
        image: Some(testdata(&format!("{name}.png"))),
        label,
        map: Some(testdata(&format!("{name}.csv"))),
        score,
        ..EvaluatedImage::default()
    }
}

fn gears() -> Evaluation {
    let rows = vec![gear(0, "normal", Some(0.0), 1.532_023_1), gear(1, "scratch", Some(1.0), 8.565_889)];
    let parameters = [("model".to_owned(), "tiny".into())].into_iter().collect();
    Evaluation {
        title: "gears".to_owned(),
        origin: Origin { plugin_title: "PaDiM".to_owned(), parameters, ..Origin::default() },
        scale: ColourScale::of(&rows),
        rows,
        ..Evaluation::default()
    }
}

fn page(evaluation: &Evaluation) -> String {
    let mut page = Vec::new();
    write_html(evaluation, &mut page).unwrap();
    let page = String::from_utf8(page).unwrap();
    check_tags(&page);
    page
}

/// Every tag is closed in the order it was opened in.
fn check_tags(page: &str) {
    let mut open = Vec::new();
    let mut rest = page;
    while let Some(start) = rest.find('<') {
        let end = start + rest[start..].find('>').expect("a tag that never ends");
        let tag = &rest[start + 1..end];
        rest = &rest[end + 1..];
        let name = tag.split_whitespace().next().expect("a < that is no tag");
        if let Some(name) = name.strip_prefix('/') {
            assert_eq!(open.pop(), Some(name), "before {}", rest.chars().take(60).collect::<String>());
        } else if matches!(name, "script" | "style") {
            rest = &rest[rest.find(&format!("</{name}>")).unwrap() + name.len() + 3..];
        } else if !matches!(name, "!DOCTYPE" | "meta" | "img" | "input") {
            open.push(name);
        }
    }
    assert!(open.is_empty(), "still open: {open:?}");
}

#[test]
fn it_tells_all_and_needs_nothing_else() {
    let page = page(&gears());
    for text in [
        "<title>gears – evaluation report</title>",
        "<th scope=\"row\">model</th><td>tiny</td>",
        "<dt>Image AUROC</dt><dd>1.0000</dd>",
        "<dt>Images</dt><dd>2</dd>",
        "ROC curve",
        "Histogram of the image scores by label",
        "<span class=\"score\">8.566</span><span class=\"label defective\">defective</span>",
        "<span class=\"folder\">test/</span><span class=\"file\">scratch.png</span>",
        "y = 1 · row 1",
    ] {
        assert!(page.contains(text), "{text}");
    }
    assert_eq!(page.matches("src=\"data:image/jpeg;base64,/9j/").count(), 4);
    assert!(page.find("scratch.png") < page.find("normal.png"), "the highest score comes first");
    for foreign in ["http", "url(", "@import", "//cdn", "<link"] {
        assert!(!page.contains(foreign), "{foreign}");
    }
}

#[test]
fn hostile_text_stays_text() {
    let hostile = "</title></style><script>alert('x')</script>\" onload=\"alert(1)&amp;";
    let mut evaluation = gears();
    evaluation.title = hostile.to_owned();
    evaluation.origin.parameters.insert(hostile.to_owned(), hostile.into());
    evaluation.rows[0].name = hostile.to_owned();
    evaluation.rows[1].name = format!("{hostile}\\{hostile}");
    evaluation.rows[0].image = Some(PathBuf::from(format!("nowhere/{hostile}")));
    evaluation.rows[1].map = Some(PathBuf::from(format!("nowhere/{hostile}")));
    let page = page(&evaluation);
    assert_eq!(page.matches("<script>").count(), 1, "our own");
    assert_eq!(page.matches("</style>").count(), 1);
    assert!(!page.contains("\" onload"));
    assert!(page.contains("&lt;script&gt;alert('x')&lt;/script&gt;&quot; onload=&quot;alert(1)&amp;amp;"));
}

#[test]
fn what_is_missing_is_said_and_the_rest_shown() {
    let mut evaluation = gears();
    evaluation.rows[0].image = None;
    evaluation.rows.push(EvaluatedImage { image: Some("nowhere.png".into()), ..gear(2, "scratch", None, f32::NAN) });
    evaluation.rows.push(EvaluatedImage { map: Some("nowhere.csv".into()), ..gear(3, "normal", Some(0.0), 1.0) });
    let page = page(&evaluation);
    for text in [
        "No input image",
        "Input not shown: ",
        "Map not shown: cannot read the score map nowhere.csv: ",
        "<dt>Unlabelled</dt><dd>1</dd>",
        "<span class=\"score\">no score</span>",
        "Images without a score (no number in the map), counted as the lowest: 1",
        "Images without a finite score, not drawn: 1",
    ] {
        assert!(page.contains(text), "{text}");
    }
    // One whole pair, two heat maps alone, one input alone.
    assert_eq!(page.matches("data:image/jpeg").count(), 5);
}

#[test]
fn without_an_auroc_it_says_why() {
    for (labels, reason) in [
        ([None, None], "The images have no labels."),
        ([Some(0.0), Some(0.0)], "All labelled images are normal."),
        ([Some(1.0), Some(2.0)], "All labelled images are defective."),
        ([None, Some(1.0)], "All labelled images are defective."),
    ] {
        let mut evaluation = gears();
        for (image, label) in evaluation.rows.iter_mut().zip(labels) {
            image.label = label;
        }
        let page = page(&evaluation);
        assert!(page.contains(reason), "{reason}");
        assert!(!page.contains("ROC curve"));
        assert_eq!(page.contains("value=\"defective\""), labels != [None, None], "a filter needs labels");
    }
    assert!(page(&Evaluation::default()).contains("The data set has no images."));
}

/// A writer that keeps the size of its largest piece only.
#[derive(Default)]
struct Largest(usize);

impl Write for Largest {
    fn write(&mut self, piece: &[u8]) -> io::Result<usize> {
        self.0 = self.0.max(piece.len());
        Ok(piece.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn it_is_written_image_by_image() {
    let mut evaluation = gears();
    evaluation.rows = (0..100).map(|row| gear(row, "scratch", Some((row % 2) as f64), row as f32)).collect();
    let mut largest = Largest::default();
    write_html(&evaluation, &mut largest).unwrap();
    assert!(largest.0 < 100_000, "{} bytes at once", largest.0);
}

#[test]
fn of_many_images_the_worst_are_pictured() {
    let image = |row: usize| EvaluatedImage {
        image: None,
        map: Some("nowhere.csv".into()),
        ..gear(row, "normal", Some(0.0), row as f32)
    };
    let mut evaluation = gears();
    evaluation.rows = (0..2345).map(image).collect();
    let page = page(&evaluation);
    assert!(page.contains("Only the 2000 highest scores of 2345 images are pictured."));
    assert_eq!(page.matches("class=\"tile\"").count(), 2000);
    assert!(page.contains("row 345<") && !page.contains("row 344<"));
    assert!(page.contains("<dt>Images</dt><dd>2345</dd>"));
}

#[test]
fn a_full_disk_is_an_error() {
    struct Full;
    impl Write for Full {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::ErrorKind::StorageFull.into())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let error = write_html(&gears(), &mut Full).unwrap_err();
    assert!(matches!(error, ReportError::Write { .. }), "{error}");
}

#[test]
fn heat_maps_of_the_gears_show_the_scratch_and_nothing_else() {
    let evaluation = gears();
    let scale = ColourScale::of(&evaluation.rows);
    let changed = |name: &str| {
        let image = image::open(testdata(&format!("{name}.png"))).unwrap().into_rgb8();
        let blended = overlay(&image, &read_map(&testdata(&format!("{name}.csv"))).unwrap(), scale);
        let far = |(a, b): (&image::Rgb<u8>, &image::Rgb<u8>)| a.0.iter().zip(b.0).any(|(a, b)| a.abs_diff(b) > 24);
        image.pixels().zip(blended.pixels()).filter(|&pair| far(pair)).count()
    };
    assert_eq!(changed("normal"), 0);
    let scratch = changed("scratch");
    assert!((200..4000).contains(&scratch), "{scratch} pixels of 50176");
}
