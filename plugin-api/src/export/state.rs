//! The states of an instance behind a handle of the C interface, which has one function for each step and no types that
//! would forbid a wrong order. Authors never see a wrong order: it is refused here, for all plugins in the same words.

use std::convert::Infallible;
use std::marker::PhantomData;
use std::path::Path;
use std::sync::Arc;

use crate::batch::{Batch, Output};
use crate::detector::{Detector, Training};
use crate::error::{Error, ErrorKind, Result};
use crate::host::Host;
use crate::interface::Interface;
use crate::parameters::Parameters;
use crate::source::BatchSource;

/// An instance with its interface, which is constant and asked for at every batch.
pub(super) struct Instance<T: Training> {
    state: State<T>,
    interface: Arc<Interface>,
}

enum State<T: Training> {
    /// Has seen no image yet.
    Started(T),
    /// Has a model, which has not been asked to score.
    Trained(T::Model),
    /// Scores.
    Scoring(T::Detector),
    /// A step failed and used up what it worked on.
    Failed,
}

impl<T: Training> Instance<T> {
    /// Starts a training, or opens `model`.
    pub(super) fn open(model: Option<&Path>, parameters: &Parameters, host: Host) -> Result<Self> {
        let (state, interface) = match model {
            Some(path) => {
                let detector = T::Detector::load(path, parameters, host)?;
                let interface = detector.interface();
                (State::Scoring(detector), interface)
            }
            None => {
                let training = T::start(parameters, host)?;
                let interface = training.interface();
                (State::Started(training), interface)
            }
        };
        interface.check().map_err(internal)?;
        Ok(Self { state, interface: Arc::new(interface) })
    }

    pub(super) fn interface(&self) -> &Interface {
        &self.interface
    }

    /// The interface, for callers that change the instance while they look at it.
    pub(super) fn shared_interface(&self) -> Arc<Interface> {
        Arc::clone(&self.interface)
    }

    /// Trains.
    pub(super) fn train(&mut self, source: impl FnOnce(&Interface) -> BatchSource<'_>) -> Result<()> {
        match std::mem::replace(&mut self.state, State::Failed) {
            State::Started(training) => {
                self.state = State::Trained(training.train(&mut source(&self.interface))?);
                Ok(())
            }
            State::Failed => Err(failed()),
            trained => {
                self.state = trained;
                Err(internal("the detector is trained already"))
            }
        }
    }

    /// Writes the model.
    pub(super) fn save(&self, path: &Path) -> Result<()> {
        match &self.state {
            State::Trained(model) => T::save(model, path),
            State::Started(_) => Err(internal("there is no trained model to save")),
            State::Scoring(_) => Err(internal("the model is scoring already; it is saved right after training")),
            State::Failed => Err(failed()),
        }
    }

    /// Scores.
    pub(super) fn score(&mut self, batch: &Batch<'_>, outputs: &mut [Output<'_>]) -> Result<()> {
        if let State::Trained(_) = self.state
            && let State::Trained(model) = std::mem::replace(&mut self.state, State::Failed)
        {
            let detector = T::into_detector(model)?;
            if detector.interface() != *self.interface {
                return Err(internal("the trained detector has another interface than its training"));
            }
            self.state = State::Scoring(detector);
        }
        match &mut self.state {
            State::Scoring(detector) => detector.score(batch, outputs),
            State::Started(_) => Err(internal("the detector is not trained")),
            State::Trained(_) | State::Failed => Err(failed()),
        }
    }
}

fn internal(what: impl Into<String>) -> Error {
    Error::new(ErrorKind::Internal, what)
}

fn failed() -> Error {
    internal("an earlier step has failed, so there is no detector any more")
}

/// The training of a detector that has none. No value of this type exists.
pub(super) struct NoTraining<D>(Infallible, PhantomData<D>);

impl<D: Detector> Training for NoTraining<D> {
    type Detector = D;
    type Model = Infallible;

    fn start(_: &Parameters, _: Host) -> Result<Self> {
        Err(Error::parameter(format!(
            "plugin {} cannot be trained; evaluate a model with `nnc-host evaluate --model`",
            D::manifest().id
        )))
    }

    fn interface(&self) -> Interface {
        match self.0 {}
    }

    fn train(self, _: &mut BatchSource<'_>) -> Result<Infallible> {
        match self.0 {}
    }

    fn save(model: &Infallible, _: &Path) -> Result<()> {
        match *model {}
    }

    fn into_detector(model: Infallible) -> Result<D> {
        match model {}
    }
}

#[cfg(all(test, feature = "testkit"))]
mod tests {
    use super::*;
    use crate::interface::{Input, OutputSpec};
    use crate::manifest::Manifest;
    use crate::model_file::ModelFile;
    use crate::testkit::{Kit, MemorySource, Samples, Scene, Trained};

    /// Scores everything 1.
    struct One;

    impl Detector for One {
        fn manifest() -> Manifest {
            Manifest::new("one", "One", "1.0.0")
        }

        fn load(_: &Path, _: &Parameters, _: Host) -> Result<Self> {
            Ok(Self)
        }

        fn interface(&self) -> Interface {
            Interface::new(Input::image("x", [1]), vec![OutputSpec::new("y", [])])
        }

        fn score(&mut self, _: &Batch<'_>, outputs: &mut [Output<'_>]) -> Result<()> {
            outputs[0].values.fill(1.0);
            Ok(())
        }
    }

    /// Fails without samples. `WIDTH` is what it says that its detector reads.
    struct OneTraining<const WIDTH: usize>;

    impl<const WIDTH: usize> Training for OneTraining<WIDTH> {
        type Detector = One;
        type Model = One;

        fn start(_: &Parameters, _: Host) -> Result<Self> {
            Ok(Self)
        }

        fn interface(&self) -> Interface {
            Interface::new(Input::image("x", [WIDTH]), vec![OutputSpec::new("y", [])])
        }

        fn train(self, source: &mut BatchSource<'_>) -> Result<One> {
            if source.is_empty() { Err(Error::data("no sample")) } else { Ok(One) }
        }

        fn save(_: &One, path: &Path) -> Result<()> {
            ModelFile::write(path, &[])
        }

        fn into_detector(model: One) -> Result<One> {
            Ok(model)
        }
    }

    fn refusals(kit: &Kit, detector: &mut Trained, samples: &Samples) -> [Option<String>; 3] {
        let message = |result: Result<()>| result.err().map(|error| error.message().to_owned());
        [
            message(detector.save(&kit.folder().join("model.zip"))),
            message(detector.scores(samples).map(drop)),
            message(detector.fit(&mut MemorySource::new(samples))),
        ]
    }

    #[test]
    fn steps_in_a_wrong_order_are_refused() {
        let kit = Kit::new::<OneTraining<1>>();
        assert!(kit.manifest().trains);
        let mut detector = kit.create().unwrap();
        let samples = kit.draw(&detector, Scene::Normal, 2);
        let [save, score, train] = refusals(&kit, &mut detector, &samples);
        assert_eq!(save.as_deref(), Some("there is no trained model to save"));
        assert_eq!(score.as_deref(), Some("the detector is not trained"));
        assert_eq!(train, None);
        let [save, score, train] = refusals(&kit, &mut detector, &samples);
        assert_eq!((save, score), (None, None));
        assert_eq!(train.as_deref(), Some("the detector is trained already"));
        let [save, score, _] = refusals(&kit, &mut detector, &samples);
        assert!(save.unwrap().contains("right after training"));
        assert_eq!(score, None);
    }

    #[test]
    fn a_failed_training_leaves_no_detector() {
        let kit = Kit::new::<OneTraining<1>>();
        let mut detector = kit.create().unwrap();
        let samples = kit.draw(&detector, Scene::Normal, 2);
        let none = kit.draw(&detector, Scene::Normal, 0);
        assert_eq!(detector.fit(&mut MemorySource::new(&none)).unwrap_err().message(), "no sample");
        for refusal in refusals(&kit, &mut detector, &samples) {
            assert!(refusal.unwrap().contains("an earlier step has failed"));
        }
    }

    #[test]
    fn an_interface_that_changes_is_refused() {
        let kit = Kit::new::<OneTraining<2>>();
        let mut detector = kit.train(1).unwrap();
        let samples = kit.draw(&detector, Scene::Normal, 1);
        assert!(detector.scores(&samples).unwrap_err().message().contains("another interface"));
    }

    #[test]
    fn a_detector_without_a_training_only_evaluates() {
        let kit = Kit::evaluating::<One>();
        assert!(!kit.manifest().trains);
        let refusal = kit.create().err().unwrap();
        assert!(refusal.message().starts_with("plugin one cannot be trained; evaluate a model"), "{refusal}");
        let model = kit.folder().join("model.zip");
        ModelFile::write(&model, &[]).unwrap();
        let mut detector = kit.load(&model).unwrap();
        let samples = kit.draw(&detector, Scene::Normal, 1);
        assert_eq!(detector.scores(&samples).unwrap().peaks(), [1.0]);
    }
}
