//! The process itself: confined first, then one question after the other until nobody asks any more.

use std::io::{self, BufRead, Read, Write};
use std::process::ExitCode;

use nnc_messages::{Language, Said, Say};
use nnc_sandbox::Outputs;

use crate::kept::Kept;
use crate::question::{Asked, Head, Question};
use crate::refusal::Refusal;
use crate::{evaluation, notes, picture, table};

/// Far more than any question has.
const LONGEST: u64 = 1 << 16;

/// Answers questions from standard input on standard output.
pub fn main() -> ExitCode {
    let confined = Outputs::default().confine();
    let mut out = Pipe;
    if let Err(error) = confined {
        let _ = tell(&mut out, &Head::Unreadable(error.said()), &[]);
        return ExitCode::FAILURE;
    }
    let served = serve(&mut io::stdin().lock(), &mut out);
    if served.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn serve(questions: &mut impl BufRead, out: &mut impl Write) -> io::Result<()> {
    let mut kept = Kept::default();
    let mut line = Vec::new();
    loop {
        line.clear();
        if questions.take(LONGEST).read_until(b'\n', &mut line)? == 0 {
            return Ok(());
        }
        let asked: Asked = serde_json::from_slice(&line)?;
        let language = asked.language.parse::<Language>().unwrap_or_default();
        match answer(&asked.question, &mut kept, language) {
            Ok(bytes) => tell(out, &Head::Bytes(bytes.len()), &bytes)?,
            Err(Refusal::Missing(what)) => tell(out, &Head::Missing(Said(&*what, language).to_string()), &[])?,
            Err(Refusal::Unreadable(what)) => tell(out, &Head::Unreadable(Said(&*what, language).to_string()), &[])?,
        }
    }
}

fn answer(question: &Question, kept: &mut Kept, language: Language) -> Result<Vec<u8>, Refusal> {
    match question {
        Question::Facts { table } => table::facts(kept.table(table)?),
        Question::Rows { table, offset, limit, label, beneath } => {
            let page = table::Page { offset: *offset, limit: *limit, label: label.as_deref(), beneath };
            table::rows(kept.table(table)?, &page, language)
        }
        Question::Outside { table } => table::outside(kept.table(table)?),
        Question::Creation { file, beneath } => notes::creation(file, beneath),
        Question::Problems { file, offset, limit, beneath } => notes::problems(file, *offset, *limit, beneath),
        Question::Thumbnail { table, row, column, size, beneath } => {
            picture::thumbnail(kept.table(table)?, *row, *column, *size, beneath)
        }
        Question::Scores { folder } => evaluation::scores(kept.evaluation(folder)?),
        Question::Images { folder, offset, limit, order, shown } => {
            evaluation::images(kept.evaluation(folder)?, *offset, *limit, *order, *shown)
        }
        Question::Picture { folder, row, which, size, beneath } => {
            picture::of_evaluation(kept.evaluation(folder)?, *row, *which, *size, beneath)
        }
    }
}

fn tell(out: &mut impl Write, head: &Head, bytes: &[u8]) -> io::Result<()> {
    let mut line = serde_json::to_vec(head)?;
    line.push(b'\n');
    out.write_all(&line)?;
    out.write_all(bytes)
}

/// Standard output without a buffer: it is a pipe that another program reads.
struct Pipe;

impl Write for Pipe {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        Ok(rustix::io::write(rustix::stdio::stdout(), bytes)?)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The answers to questions about a table of two rows.
    fn answers(questions: &[Question]) -> Vec<(Head, Vec<u8>)> {
        let asked = questions.iter().map(|question| {
            let asked = Asked { question: question.clone(), language: "en".to_owned() };
            serde_json::to_string(&asked).unwrap() + "\n"
        });
        let mut out = Vec::new();
        serve(&mut asked.collect::<String>().as_bytes(), &mut out).unwrap();
        let mut rest = out.as_slice();
        let mut answers = Vec::new();
        while !rest.is_empty() {
            let mut line = Vec::new();
            rest.read_until(b'\n', &mut line).unwrap();
            let head: Head = serde_json::from_slice(&line).unwrap();
            let length = if let Head::Bytes(length) = head { length } else { 0 };
            let (bytes, after) = rest.split_at(length);
            answers.push((head, bytes.to_vec()));
            rest = after;
        }
        answers
    }

    #[test]
    fn a_table_is_told_and_its_pictures_are_shown() {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("data");
        std::fs::create_dir(&place).unwrap();
        image::RgbImage::from_pixel(300, 100, image::Rgb([9, 8, 7])).save(place.join("a.png")).unwrap();
        image::RgbImage::new(4, 4).save(folder.path().join("secret.png")).unwrap();
        let table = place.join("t.csv");
        std::fs::write(&table, "x:image,y:label\n./a.png,0\n../secret.png,1\nnone.png,1\n").unwrap();
        let thumbnail =
            |row| Question::Thumbnail { table: table.clone(), row, column: None, size: 30, beneath: place.clone() };
        let beneath = place.clone();
        let rows = |offset| {
            let (table, label, beneath) = (table.clone(), Some("1".to_owned()), beneath.clone());
            Question::Rows { table, offset, limit: 1, label, beneath }
        };
        let asked = [
            Question::Facts { table: table.clone() },
            rows(1),
            Question::Outside { table: table.clone() },
            thumbnail(0),
            thumbnail(1),
            thumbnail(2),
            thumbnail(9),
            Question::Facts { table: place.join("none.csv") },
            rows(0),
        ];
        let answers = answers(&asked);
        let json = |place: usize| serde_json::from_slice::<serde_json::Value>(&answers[place].1).unwrap();
        assert_eq!(json(0)["rows"], 3);
        assert_eq!((json(1)["rows"].clone(), json(1)["page"][0]["row"].clone()), (2.into(), 2.into()));
        assert!(json(1)["page"][0]["cells"][0]["problem"].as_str().unwrap().contains("none.png"), "{}", json(1));
        assert_eq!(json(1)["labels"]["y:label"]["1"], 2);
        assert_eq!(json(2)["files"], 1);
        let shown = image::load_from_memory(&answers[3].1).unwrap();
        assert_eq!((shown.width(), shown.height()), (30, 10));
        assert!(matches!(&answers[4].0, Head::Missing(why) if why.contains("secret.png")), "{:?}", answers[4].0);
        assert!(matches!(&answers[5].0, Head::Unreadable(_) | Head::Missing(_)));
        assert!(matches!(&answers[6].0, Head::Missing(why) if why.contains("no row 9")), "{:?}", answers[6].0);
        assert!(matches!(&answers[7].0, Head::Unreadable(_)));
        let outside = &json(8)["page"][0]["cells"][0];
        assert!(outside["shape"].is_null() && outside["file"] == false, "{outside}");
    }
}
