//! The page as a reader of the file sees it.
#![allow(clippy::unwrap_used)]
#![allow(clippy::disallowed_methods, reason = "opens files of its own")]

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use nnc_language::Language;
use nnc_report::{
    ColourScale, EvaluatedImage, Evaluation, Maps, Metrics, Origin, PageOptions, ReportError, Threshold,
    ThresholdOrigin, overlay, read_map, write_html,
};

fn testdata(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata").join(name)
}

/// A drawn gear and the anomaly map that nnabla computed for it.
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
        scale: ColourScale::of(&rows, &Maps::default()),
        metrics: Metrics::of(&rows),
        rows,
        ..Evaluation::default()
    }
}

fn at(value: f32) -> Option<Threshold> {
    Some(Threshold { value, origin: ThresholdOrigin::Fixed, false_alarms: None })
}

fn page(evaluation: &Evaluation) -> String {
    page_in(Language::English, evaluation)
}

fn page_in(language: Language, evaluation: &Evaluation) -> String {
    let mut page = Vec::new();
    write_html(
        evaluation,
        &Maps::default(),
        &PageOptions { language, threads: 2, ..PageOptions::default() },
        &mut page,
    )
    .unwrap();
    let page = String::from_utf8(page).unwrap();
    check_tags(&page);
    page
}

/// The page's words: its text without tags, script and style.
fn words(page: &str) -> String {
    let mut words = String::new();
    let mut rest = page;
    while let Some((text, tag)) = rest.split_once('<') {
        words.push_str(text);
        rest = match ["script", "style"].iter().find(|name| tag.starts_with(*name)) {
            Some(name) => tag.split_once(&format!("</{name}>")).unwrap().1,
            None => tag.split_once('>').unwrap().1,
        };
    }
    words
}

/// The page's words as they are drawn: a line for each piece of text between two tags.
fn lines(page: &str) -> String {
    let pieces = page.split_inclusive('>').map(|piece| format!("{piece}\n"));
    let words = words(&pieces.collect::<String>());
    words.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
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
    let page = page(&Evaluation { threshold: at(2.0), ..gears() });
    insta::assert_snapshot!("two_images", lines(&page));
    assert_eq!(page.matches("src=\"data:image/jpeg;base64,/9j/").count(), 2);
    assert_eq!(page.matches("src=\"data:image/png;base64,iVBOR").count(), 2);
    assert!(page.find("scratch.png") < page.find("normal.png"), "the highest score comes first");
    // The name of a syntax is no address.
    let page = page.replace("http-equiv", "").replace("http://www.w3.org/2000/svg", "").replace("url(#ember)", "");
    for foreign in ["http", "url(", "@import", "//cdn", "<link"] {
        assert!(!page.contains(foreign), "{foreign}");
    }
}

#[test]
fn verdicts_are_counted_by_label() {
    let mut evaluation = Evaluation { threshold: at(5.0), ..gears() };
    evaluation.rows.push(gear(2, "scratch", Some(1.0), 5.0));
    evaluation.rows.push(gear(3, "scratch", Some(1.0), 4.0));
    evaluation.rows.push(gear(4, "normal", Some(0.0), 7.0));
    evaluation.rows.push(gear(5, "normal", None, f32::NAN));
    insta::assert_snapshot!("verdicts", lines(&page(&evaluation)));
}

#[test]
fn japanese_is_one_of_its_languages() {
    let english = page(&gears());
    let japanese = page_in(Language::Japanese, &gears());
    assert!(japanese.contains("<html lang=\"ja\">") && english.contains("<html lang=\"en\">"));
    assert!(words(&japanese).contains("判定結果") && !words(&english).contains("判定結果"));
    // Either can become the other.
    assert!(english.contains("判定結果") && japanese.contains("Evaluation report"));
}

#[test]
fn equal_evaluations_give_equal_pages() {
    assert!(page(&gears()) == page(&gears()));
}

#[test]
fn hostile_text_stays_text() {
    let hostile = "</title></style></script></noscript><script>alert('x')</script><img onerror=alert(1)>\" onload=\"alert(1)&amp;";
    let mut evaluation = gears();
    evaluation.title = hostile.to_owned();
    evaluation.origin.parameters.insert(hostile.to_owned(), hostile.into());
    evaluation.rows[0].name = hostile.to_owned();
    evaluation.rows[0].defect = Some(hostile.to_owned());
    evaluation.rows[1].name = format!("{hostile}\\{hostile}");
    evaluation.rows[0].image = Some(PathBuf::from(format!("nowhere/{hostile}")));
    evaluation.rows[1].map = Some(PathBuf::from(format!("nowhere/{hostile}")));
    evaluation.rows[1].mask = Some(PathBuf::from(format!("nowhere/{hostile}")));
    let page = page(&evaluation);
    assert_eq!(page.matches("<script").count(), 3, "our own and the data");
    assert_eq!(page.matches("</script>").count(), 3);
    assert_eq!(page.matches("</style>").count(), 1);
    assert!(!page.contains("\" onload") && !page.contains("<img onerror"));
    assert!(page.contains("&lt;script&gt;alert('x')&lt;/script&gt;"));
}

#[test]
fn names_show_what_they_hide() {
    let mut evaluation = gears();
    evaluation.rows[0].name = "test/a\u{202e}gnp.exe\r\n".to_owned();
    evaluation.rows[1].name = "=HYPERLINK(\"x\")".to_owned();
    let page = page(&evaluation);
    assert!(page.contains("a\\u{202e}gnp.exe\\r\\n") && !page.contains('\u{202e}'));
    assert!(page.contains(
        "<bdi class=\"name\"><span class=\"folder\"></span><span class=\"file\">=HYPERLINK(&quot;x&quot;)</span>"
    ));
}

#[test]
fn what_is_missing_is_said_and_the_rest_shown() {
    let mut evaluation = gears();
    evaluation.rows[0].image = None;
    evaluation.rows.push(EvaluatedImage { image: Some("nowhere.png".into()), ..gear(2, "scratch", None, f32::NAN) });
    evaluation.rows.push(EvaluatedImage { map: Some("nowhere.csv".into()), ..gear(3, "normal", Some(0.0), 1.0) });
    evaluation.rows.push(EvaluatedImage {
        map: None,
        mask: Some("nowhere.png".into()),
        ..gear(4, "normal", None, 1.0)
    });
    let page = page(&evaluation);
    insta::assert_snapshot!("missing", lines(&page));
    assert_eq!(page.matches("data:image/jpeg").count(), 3);
    assert_eq!(page.matches("data:image/png").count(), 3);
}

#[test]
fn without_metrics_it_says_why() {
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
        evaluation.metrics = Metrics::of(&evaluation.rows);
        let page = page(&evaluation);
        assert!(words(&page).contains(reason), "{reason}");
        assert!(!page.contains("id=\"roc\""));
        assert_eq!(page.contains("id=\"kind\""), labels != [None, None], "a filter needs labels");
    }
    assert!(words(&page(&Evaluation::default())).contains("The dataset has no images."));
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
    write_html(&evaluation, &Maps::default(), &PageOptions::default(), &mut largest).unwrap();
    assert!(largest.0 < 200_000, "{} bytes at once", largest.0);
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
    let words = words(&page);
    assert!(words.contains("2000 of 2345 images are shown here"));
    assert_eq!(page.matches("class=\"tile\"").count(), 2000);
    assert!(words.contains("row 345test") && !words.contains("row 344test"));
    assert!(words.contains("Images2345"));
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
    let error = write_html(&gears(), &Maps::default(), &PageOptions::default(), &mut Full).unwrap_err();
    assert!(matches!(error, ReportError::Write { .. }), "{error}");
}

#[test]
fn heat_maps_of_the_gears_show_the_scratch_and_nothing_else() {
    let evaluation = gears();
    let scale = ColourScale::of(&evaluation.rows, &Maps::default());
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
