//! `net.nntxt`: what NNC hands to training plugins (NNC contract 4.2).

use nnp::TextError;
use nnp::text::{Fields, Message};

use super::{Entry, Imported, Refusal};
use crate::error::ProjectProblem;
use crate::own_network::OwnNetwork;

/// Reads the text of a `net.nntxt`.
pub(super) fn read(text: &str) -> Result<Imported, Refusal> {
    let refused = |error: TextError| {
        let line = usize::try_from(error.line).ok().filter(|line| *line > 0);
        (line, ProjectProblem::Nntxt { error: error.into() })
    };
    let model = nnp::nntxt::read(text).map_err(refused)?;
    let mut fields = Fields::new(&model.other, "the project");
    let datasets = fields.messages("dataset").map_err(refused)?;
    let datasets = datasets.into_iter().map(dataset).collect::<Result<Vec<_>, _>>().map_err(refused)?;
    let max_epoch = match fields.message("training_config").map_err(refused)? {
        Some(config) => Fields::new(config, "training_config").int("max_epoch").map_err(refused)?,
        None => 0,
    };
    // Plugins take the first dataset's.
    let batch_size = datasets.first().map_or(0, |(_, batch_size)| *batch_size);
    let entries: Vec<Entry> = datasets.into_iter().map(|(entry, _)| entry).collect();
    let own = |network: nnp::Network| OwnNetwork { name: network.name, functions: network.functions.len() };
    let networks = model.networks.into_iter().map(own).collect();
    let or = |value: i64, default: i64| if value == 0 { default } else { value };
    Ok(Imported::new(&entries, or(batch_size, 64), or(max_epoch, 100), networks))
}

/// A dataset with its batch size.
fn dataset(message: &Message) -> Result<(Entry, i64), TextError> {
    let mut fields = Fields::new(message, "dataset");
    let entry = Entry {
        name: fields.text("name")?,
        uri: fields.text("uri")?,
        shuffle: fields.flag("shuffle")?,
        normalize: !fields.flag("no_image_normalization")?,
    };
    let batch_size = fields.int("batch_size")?;
    let cache = fields.text("cache_dir")?;
    fields.keep(&["type", "overwrite_cache", "create_cache_explicitly", "variable"]);
    fields.finish()?;
    // A project whose CSV was thrown away after its cache was made.
    let uri = if entry.uri.is_empty() { cache } else { entry.uri };
    Ok((Entry { uri, ..entry }, batch_size))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::note::ProjectNote;

    #[test]
    fn the_text_for_plugins_is_read() {
        let project = read(
            "global_config { default_context { array_class: 'CpuCachedArray' backends: 'cpu:float' } }\n\
             training_config { max_epoch: 7 iter_per_epoch: 1 save_best: true monitor_interval: 10 }\n\
             dataset { name: \"Training\" uri: \"C:\\\\d\\\\train.csv\" cache_dir: \"C:\\\\d\\\\train.cache\"\n\
             create_cache_explicitly: true shuffle: true batch_size: 16 }\n\
             dataset { name: \"Validation\" cache_dir: \"v.cache\" no_image_normalization: True batch_size: 16 }\n",
        )
        .unwrap();
        assert_eq!(
            project.table.to_string(),
            "[config]\nbatch_size = 16\nmax_epoch = 7\n\n[dataset.training]\nshuffle = true\n\
             uri = 'C:\\d\\train.csv'\n\n[dataset.validation]\nshuffle = false\nuri = \"v.cache\"\n"
        );
        assert_eq!(project.notes, [ProjectNote::NormalizationIgnored { dataset: "Validation".to_owned() }]);
        let network =
            "network { name: 'Main' batch_size: 1 function { name: 'f' type: 'ReLU' input: 'x' output: 'y' } }";
        assert_eq!(read(network).unwrap().networks, [OwnNetwork { name: "Main".to_owned(), functions: 1 }]);
    }

    #[test]
    fn mistakes_have_their_line() {
        for (text, line, column) in
            [("dataset {\n uro: 'a' }", 2, 2), ("dataset {\n shuffle: yes }", 2, 2), ("datasets {}", 1, 1)]
        {
            let (found, problem) = read(text).unwrap_err();
            assert_eq!(found, Some(line));
            assert!(matches!(&problem, ProjectProblem::Nntxt { error } if error.column == column), "{problem:?}");
        }
    }
}
