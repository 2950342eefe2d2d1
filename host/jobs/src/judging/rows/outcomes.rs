//! Judging what is no anomaly detection: the outputs of every row beside its label.

use nnc_dataset::Variable;
use nnc_messages::Result;
use nnc_plugin_api::OutputSpec;
use nnc_report::{
    AnomalyMap, Areas, Classifier, Estimate, Judged, Likeness, Likenesses, Outcome, Pairing, Regression, Segmentation,
    Task, read_map,
};

use super::Judging;
use crate::judging::task::{Label, Target};
use crate::results::{Extra, Results, read_output};

impl Judging<'_> {
    /// The figures, and what is said of each row; no figures where nothing can be judged.
    pub(super) fn outcomes(&self) -> Result<(Option<Judged>, Vec<Outcome>)> {
        match self.decided.task {
            Task::Classification => self.classes(),
            Task::Regression => self.numbers(),
            Task::Segmentation => self.areas(),
            _ => Ok((None, self.shown()?)),
        }
    }

    fn pairing(&self) -> Pairing {
        Pairing {
            output: self.output().map(|output| output.name.clone()).unwrap_or_default(),
            variable: self.decided.variable.as_ref().map(|variable| variable.name.clone()).unwrap_or_default(),
        }
    }

    fn output(&self) -> Option<&OutputSpec> {
        self.interface.outputs.get(self.decided.output)
    }

    fn label(&self, row: usize) -> Option<Label> {
        Label::of(self.dataset, self.decided.variable.as_ref()?, row)
    }

    fn read(&self, each: &mut dyn FnMut(usize, &[f32])) -> Result<()> {
        read_output(self.staging, self.dataset, &self.interface.outputs, self.decided.output, each)
    }

    fn classes(&self) -> Result<(Option<Judged>, Vec<Outcome>)> {
        let names = self.class_names(self.decided.classes(&self.interface.outputs));
        let classes = names.len();
        let mut classifier = Classifier::new(names);
        self.read(&mut |row, values| {
            let class = self.label(row).and_then(|label| label.class()).filter(|&class| class < classes);
            classifier.add(class, values);
        })?;
        let (metrics, rows) = classifier.finish(self.pairing());
        Ok((Some(Judged::Classification(metrics)), rows.into_iter().map(Outcome::Class).collect()))
    }

    /// What the classes are called: as the columns of categories say, else by their numbers.
    fn class_names(&self, classes: usize) -> Vec<String> {
        let named = |variable: &Variable, class: usize| {
            let column = variable.columns.get(class).filter(|_| variable.columns.len() > 1)?;
            let (_, label) = self.dataset.header().get(*column)?.split_once(':')?;
            (!label.is_empty()).then(|| label.to_owned())
        };
        let name = |class: usize| {
            let named = self.decided.variable.as_ref().and_then(|variable| named(variable, class));
            named.unwrap_or_else(|| class.to_string())
        };
        (0..classes).map(name).collect()
    }

    fn numbers(&self) -> Result<(Option<Judged>, Vec<Outcome>)> {
        if let Some(target) = &self.decided.target {
            return Ok(self.likenesses(target));
        }
        let Some(variable) = &self.decided.variable else { return Ok((None, self.shown()?)) };
        let name = |column: &usize| self.dataset.header().get(*column).cloned().unwrap_or_default();
        let mut regression = Regression::new(variable.columns.iter().map(name).collect());
        self.read(&mut |row, values| {
            let target = match self.label(row) {
                Some(Label::Numbers(numbers)) => Some(numbers),
                _ => None,
            };
            regression.add(target.as_deref(), values);
        })?;
        let (metrics, rows) = regression.finish(self.pairing());
        Ok((Some(Judged::Regression(metrics)), rows.into_iter().map(Outcome::Numbers).collect()))
    }

    /// What was made beside the files that it should be; the differences of every row were kept.
    fn likenesses(&self, target: &Target) -> (Option<Judged>, Vec<Outcome>) {
        let is_picture = matches!(self.output().map(|output| output.shape.as_slice()), Some([1 | 3, _, _]));
        let column = self.decided.variable.as_ref().and_then(|variable| variable.columns.first().copied());
        let mut all = Likenesses::new(target.peak);
        let mut outcomes = Vec::with_capacity(self.dataset.len());
        for row in 0..self.dataset.len() {
            let found = is_picture.then(|| self.staging.file(Results::picture_path(self.decided.output, row)));
            let mut likeness = Likeness { found, ..Likeness::default() };
            if target.is_named(self.dataset, row) {
                let file = Extra::Errors { rows: 0, columns: 0 }.file(row).unwrap_or_default();
                // One with a value that is no number cannot be read, and is left out.
                let differences = read_map(&self.staging.file(file));
                let distance = all.add(differences.as_ref().map(AnomalyMap::values).unwrap_or_default());
                [likeness.mae, likeness.rmse, likeness.psnr] =
                    [distance.mae, distance.rmse, distance.psnr].map(|value| value.map(|value| value as f32));
                let shown = column.filter(|_| target.peak.is_some());
                likeness.target = shown.and_then(|column| self.dataset.file(row, column));
            } else {
                all.add_unlabelled();
            }
            outcomes.push(Outcome::Likeness(likeness));
        }
        (Some(Judged::Likeness(all.finish(self.pairing()))), outcomes)
    }

    fn areas(&self) -> Result<(Option<Judged>, Vec<Outcome>)> {
        let (Some(map), Some(variable)) = (&self.decided.label_map, &self.decided.variable) else {
            return Ok((None, self.shown()?));
        };
        let [rows, columns] = map.size;
        let extra = Extra::Classes { rows, columns };
        let mut segmentation = Segmentation::new(map.classes, map.white_is_one);
        let mut outcomes = Vec::with_capacity(self.dataset.len());
        for row in 0..self.dataset.len() {
            let file = extra.file(row).unwrap_or_default();
            let mut areas = Areas { found: Some(self.staging.file(file)), ..Areas::default() };
            match map.read(self.dataset, variable, row)? {
                Some(labels) => {
                    let found = extra.read_classes(self.staging, row)?;
                    let agreement = segmentation.add(&labels, &found);
                    (areas.accuracy, areas.mean_iou) = (agreement.accuracy, agreement.mean_iou);
                    areas.label = variable.columns.first().and_then(|&column| self.dataset.file(row, column));
                }
                None => segmentation.add_unlabelled(),
            }
            outcomes.push(Outcome::Pixels(areas));
        }
        Ok((Some(Judged::Segmentation(segmentation.finish(self.pairing()))), outcomes))
    }

    /// The outputs as they are.
    fn shown(&self) -> Result<Vec<Outcome>> {
        let Some(output) = self.output() else { return Ok(Vec::new()) };
        if let [1 | 3, _, _] = output.shape.as_slice() {
            let file = |row| self.staging.file(Results::picture_path(self.decided.output, row));
            return Ok((0..self.dataset.len()).map(|row| Outcome::Picture { file: Some(file(row)) }).collect());
        }
        let mut rows = Vec::with_capacity(self.dataset.len());
        self.read(&mut |_, values| {
            let found = values.iter().take(Estimate::SHOWN).copied().collect();
            rows.push(Outcome::Numbers(Estimate { found, ..Estimate::default() }));
        })?;
        Ok(rows)
    }
}
