//! Images that are scored as they come: the worker that has loaded its model once and answers one image after another. Decoded
//! pixels come in; it opens no picture file.

use std::sync::atomic::Ordering;
use std::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use nnc_dataset::sample_of_pixels;
use nnc_messages::{Exit, Failure, Result, Say, messages};
use nnc_plugin_api::ErrorKind;
use nnc_plugin_api::loader::{OutputBuffers, RawBatch};
use nnc_sandbox::Requests;
use serde_json::Value;

use crate::evaluate::check::trained_parameters;
use crate::evaluate::model::Model;
use crate::event::Task;
use crate::spec::{JobSpec, Live};
use crate::told::{Ready, Told, asked};
use crate::worker::samples::format;
use crate::worker::services::Services;
use crate::worker::{Worker, plugin};

/// The most bytes of a question: an image of 64 million pixels in colour.
const LONGEST: usize = 256 << 20;
/// How often a worker without work says that it lives.
const SIGN_OF_LIFE: Duration = Duration::from_secs(2);

messages! {
    enum LiveMessage {
        OtherInputs { inputs: Vec<String> } => "the model reads {inputs} of each sample, and images that come one by one have nothing but their pixels",
            "このモデルはサンプルごとに {inputs} を読みますが、1 枚ずつ届く画像には画素しかありません";
        NoImages { shape: String } => "the model reads samples of the shape {shape}, which are no images", "このモデルが読むサンプルの形状は {shape} で、画像ではありません";
        CutImages => "the model was trained on tiles or on a region of the images, which `inspect` does not cut out; use `nnc-host evaluate`, or a model of whole images",
            "このモデルは画像のタイルまたは一部の領域で学習されていますが、`inspect` は画像を切り出しません。`nnc-host evaluate` を使うか、画像全体で学習したモデルを指定してください";
    }
}

/// Loads the model and scores images until nobody asks any more.
pub(crate) fn run(job: &JobSpec, work: &Live, worker: &Worker, requests: &mut Requests) -> Result<Value> {
    let parent = &*worker.parent;
    let model = Model::open(&work.model)?;
    if model.provenance().is_some_and(|made| made.tile.is_some() || made.region_sha256.is_some()) {
        return Err(Failure::new(Exit::Usage, LiveMessage::CutImages));
    }
    let plugin = plugin::load(&job.plugin, job.verbosity, parent)?;
    let manifest = plugin.manifest();
    let parameters = trained_parameters(manifest, &model, &job.parameters, parent)?;
    let services = Services::new(job, String::new(), worker.parent.clone(), worker.cancelled.clone());
    let created = plugin.create(&parameters, Some(model.path()), services.clone());
    let mut detector = created.map_err(|error| plugin::failure(manifest, &error))?;
    let interface = detector.interface().clone();
    services.begin(Task::Scoring);

    let others: Vec<String> = interface.more_inputs.iter().map(|input| input.variable.clone()).collect();
    if !others.is_empty() {
        let inputs = interface.inputs().map(|input| input.variable.clone()).collect();
        return Err(Failure::new(Exit::Usage, LiveMessage::OtherInputs { inputs }));
    }
    let [channels, height, width] = interface.input.shape[..] else {
        let shape = format!("{:?}", interface.input.shape);
        return Err(Failure::new(Exit::Usage, LiveMessage::NoImages { shape }));
    };
    let first = interface.outputs.first().map(|output| output.shape.clone()).unwrap_or_default();
    let map = match first[..] {
        [rows, columns] => Some([rows, columns]),
        _ => None,
    };
    parent.live(Told::Ready(Ready { image: [channels, height, width], map }));

    let format = format(&interface.input);
    let mut sample = Vec::new();
    let mut buffers = OutputBuffers::new(&detector);
    while let Some(question) = requests.next(LONGEST, SIGN_OF_LIFE, &mut || parent.live(Told::Waiting))? {
        if worker.cancelled.load(Ordering::Relaxed) {
            break;
        }
        // The parent's own words, so nothing else comes.
        let Some((image, wants_map)) = asked(question) else { break };
        if let Err(misfit) = sample_of_pixels(&image, &format, &mut sample) {
            parent.live(Told::Refused { why: misfit.said() });
            continue;
        }
        match buffers.score(&mut detector, RawBatch { first: 0, count: 1, bytes: &sample }) {
            Ok(()) => {
                let values = buffers.sample(0, 0);
                let map = (wants_map && map.is_some()).then(|| {
                    let bytes: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
                    BASE64_STANDARD.encode(bytes)
                });
                parent.live(Told::Scored { score: work.rule.score(values, &first).to_bits(), map });
            }
            // About this image alone.
            Err(error) if error.kind() == ErrorKind::Data => {
                parent.live(Told::Refused { why: error.message().to_owned() });
            }
            Err(error) => return Err(plugin::failure(manifest, &error)),
        }
    }
    Ok(Value::Null)
}
