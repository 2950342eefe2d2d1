//! Kinds of defects, as far as folders and labels tell them.

use std::collections::BTreeSet;

use crate::model::{Class, EvaluatedImage};

/// Names the kind of every defective image: by the folder it lies in if defective images lie in several folders, else
/// by its label if there are several of those. One kind alone gets no name.
pub fn name_defects(rows: &mut [EvaluatedImage]) {
    let by_label = |image: &EvaluatedImage| image.label.map(|label| label.to_string()).unwrap_or_default();
    let names: [&dyn Fn(&EvaluatedImage) -> String; 2] = [&folder, &by_label];
    for name in names {
        let defective = |image: &&EvaluatedImage| image.class() == Class::Defective;
        let kinds: BTreeSet<String> = rows.iter().filter(defective).map(name).collect();
        if kinds.len() > 1 {
            for image in rows.iter_mut().filter(|image| image.class() == Class::Defective) {
                image.defect = Some(name(image));
            }
            return;
        }
    }
}

/// Name of the folder that an image lies in.
fn folder(image: &EvaluatedImage) -> String {
    image.name.rsplit(['/', '\\']).nth(1).unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(images: &[(&str, f64)]) -> Vec<Option<String>> {
        let image = |&(name, label): &(&str, f64)| EvaluatedImage {
            name: name.to_owned(),
            label: Some(label),
            ..EvaluatedImage::default()
        };
        let mut rows: Vec<EvaluatedImage> = images.iter().map(image).collect();
        name_defects(&mut rows);
        rows.into_iter().map(|image| image.defect).collect()
    }

    #[test]
    fn folders_go_before_labels() {
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(
            kinds(&[("good/0.png", 0.0), ("crack/0.png", 1.0), (".\\hole\\0.png", 1.0)]),
            [None, some("crack"), some("hole")]
        );
        assert_eq!(kinds(&[("a/0.png", 0.0), ("a/1.png", 1.0), ("a/2.png", 2.0)]), [None, some("1"), some("2")]);
        assert_eq!(kinds(&[("0/0.png", 0.0), ("1/1.png", 1.0), ("1/2.png", 1.0)]), [None, None, None]);
        assert_eq!(kinds(&[]), [None; 0]);
    }
}
