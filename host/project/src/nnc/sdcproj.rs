//! `.sdcproj`: sections of `Key=Value` lines (NNC contract 4.1).

use std::collections::HashMap;

use super::{Entry, Imported, Refusal};
use crate::error::{ProjectProblem, SdcprojProblem};
use crate::own_network::OwnNetwork;

/// More datasets, networks and the like than any project has; a larger count is damage.
const MAX_COUNT: i64 = 1000;

/// Reads the text of a `.sdcproj`.
pub(super) fn read(text: &str) -> Result<Imported, Refusal> {
    let file = Sections::parse(text)?;
    let count = file.count("Dataset", "Num")?;
    let entries = (0..count).map(|index| {
        let section = format!("Dataset_{index}");
        Ok(Entry {
            name: file.text(&section, "Name").to_owned(),
            uri: file.text(&section, "URI").to_owned(),
            shuffle: file.flag(&section, "Shuffle", false)?,
            normalize: file.flag(&section, "ImageNormalization", true)?,
        })
    });
    let mut entries: Vec<Entry> = entries.collect::<Result<_, Refusal>>()?;
    // Where the names do not tell, the main dataset is the one that NNC trains on.
    let main = usize::try_from(file.number("Dataset", "MainIndex", 0)?).unwrap_or_default();
    if main < entries.len() {
        entries.swap(0, main);
    }
    let batch_size = file.number("Config", "BatchSize", 64)?;
    let max_epoch = file.number("Config", "MaxEpoch", 100)?.max(1);
    Ok(Imported::new(&entries, batch_size, max_epoch, networks(&file)?))
}

/// The networks; a file without a list of networks has one whose sections have no prefix.
fn networks(file: &Sections<'_>) -> Result<Vec<OwnNetwork>, Refusal> {
    let count = file.count("Global", "NumNetwork")?;
    let named = (0..count).map(|index| file.text("Global", &format!("Network_{index}")));
    let named = named.map(|name| (name.to_owned(), format!("{name}_")));
    let sections: Vec<_> = if count == 0 { vec![(String::new(), String::new())] } else { named.collect() };
    let network = |(name, prefix): (String, String)| {
        let layers = file.number(&format!("{prefix}Network_Global"), "NumLayer", 0)?;
        Ok(OwnNetwork { name, functions: usize::try_from(layers).unwrap_or_default() })
    };
    sections.into_iter().map(network).collect()
}

fn refused(line: Option<usize>, problem: SdcprojProblem) -> Refusal {
    (line, ProjectProblem::Sdcproj(problem))
}

/// The file by section and key; of keys that occur twice the later counts, as in NNC.
struct Sections<'a>(HashMap<(&'a str, &'a str), (usize, &'a str)>);

impl<'a> Sections<'a> {
    fn parse(text: &'a str) -> Result<Self, Refusal> {
        let mut values = HashMap::new();
        let mut section = None;
        for (index, line) in text.lines().enumerate() {
            let line = line.trim_end_matches('\r');
            if line.trim().is_empty() {
                continue;
            }
            if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.trim_end().strip_suffix(']')) {
                section = Some(name);
                continue;
            }
            match (section, line.split_once('=')) {
                (Some(section), Some((key, value))) => drop(values.insert((section, key), (index + 1, value))),
                (None, _) => {
                    return Err(refused(Some(index + 1), SdcprojProblem::NoSectionBefore));
                }
                (_, None) => {
                    let found: String = line.chars().take(40).collect();
                    return Err(refused(Some(index + 1), SdcprojProblem::NoKeyValue { found }));
                }
            }
        }
        if values.is_empty() {
            return Err(refused(None, SdcprojProblem::Empty));
        }
        Ok(Self(values))
    }

    /// A value, empty when it is not there.
    fn text(&self, section: &str, key: &str) -> &'a str {
        self.0.get(&(section, key)).map_or("", |(_, value)| value)
    }

    fn number(&self, section: &str, key: &str, default: i64) -> Result<i64, Refusal> {
        let Some((line, value)) = self.0.get(&(section, key)) else { return Ok(default) };
        value.trim().parse().map_err(|_| {
            let (section, key, found) = (section.to_owned(), key.to_owned(), (*value).to_owned());
            refused(Some(*line), SdcprojProblem::NotANumber { section, key, found })
        })
    }

    /// How many numbered sections or keys follow.
    fn count(&self, section: &str, key: &str) -> Result<i64, Refusal> {
        let count = self.number(section, key, 0)?;
        if (0..=MAX_COUNT).contains(&count) {
            return Ok(count);
        }
        let line = self.0.get(&(section, key)).map(|(line, _)| *line);
        let (section, key) = (section.to_owned(), key.to_owned());
        Err(refused(line, SdcprojProblem::TooMany { section, key, found: count, max: MAX_COUNT }))
    }

    fn flag(&self, section: &str, key: &str, default: bool) -> Result<bool, Refusal> {
        let Some((line, value)) = self.0.get(&(section, key)) else { return Ok(default) };
        match value.trim() {
            "1" | "True" | "true" => Ok(true),
            "0" | "False" | "false" => Ok(false),
            _ => {
                let (section, key, found) = (section.to_owned(), key.to_owned(), (*value).to_owned());
                Err(refused(Some(*line), SdcprojProblem::NoFlag { section, key, found }))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::note::ProjectNote;

    const GUI: &str = "[Engine]\r\nSDeepEngineType=NNabla\r\n[Global]\r\nNumNetwork=1\r\nNetwork_0=Main\r\n\
        [Main_Network_Global]\r\nNumLayer=0\r\nNumLink=0\r\n[Dataset]\r\nNum=2\r\nMainIndex=0\r\n[Dataset_0]\r\n\
        Name=Training\r\nURI=C:\\data\\train.csv\r\nShuffle=1\r\nEnableCache=1\r\nImageNormalization=0\r\n[Dataset_1]\r\n\
        Name=Validation\r\nURI=7/test\r\nShuffle=0\r\nImageNormalization=1\r\n[Description]\r\nText=a\\nb=c\r\n[Config]\r\n\
        MaxEpoch=100\r\nBatchSize=64\r\nBatchSize=8\r\n";

    #[test]
    fn a_project_of_the_gui_is_read() {
        let project = read(GUI).unwrap();
        assert_eq!(
            project.table.to_string(),
            "[config]\nbatch_size = 8\nmax_epoch = 100\n\n[dataset.training]\nshuffle = true\n\
             uri = 'C:\\data\\train.csv'\n\n[dataset.validation]\nshuffle = false\nuri = \"7/test\"\n"
        );
        assert_eq!(project.networks, []);
        assert_eq!(project.notes, [ProjectNote::NormalizationIgnored { dataset: "Training".to_owned() }]);
    }

    #[test]
    fn every_network_is_listed_that_has_layers() {
        let own = |name: &str, functions| OwnNetwork { name: name.to_owned(), functions };
        let old = "[Network_Global]\nNumLayer=5\n[Dataset]\nNum=0\n";
        assert_eq!(read(old).unwrap().networks, [own("", 5)]);
        let new = "[Global]\nNumNetwork=3\nNetwork_0=A\nNetwork_1=B\nNetwork_2=C\n[A_Network_Global]\nNumLayer=2\n\
                   [B_Network_Global]\nNumLayer=3\n";
        assert_eq!(read(new).unwrap().networks, [own("A", 2), own("B", 3)]);
        let huge = new.replace("=2\n", &format!("={}\n", i64::MAX));
        assert_eq!(read(&huge).unwrap().networks[0], own("A", usize::try_from(i64::MAX).unwrap()));
    }

    #[test]
    fn datasets_go_by_name_and_those_without_uri_are_left_out() {
        let of =
            |datasets: &str| read(&format!("[Dataset]\nNum=2\nMainIndex=1\n{datasets}")).unwrap().table.to_string();
        let swapped = of("[Dataset_0]\nName=Validation\nURI=v.csv\n[Dataset_1]\nName=Training\nURI=t.csv\n");
        assert!(swapped.contains("[dataset.training]\nshuffle = false\nuri = \"t.csv\""), "{swapped}");
        // The trap of NNC: dataset 0 would be the Validation set.
        let trap = of("[Dataset_0]\nName=Training\nURI=\n[Dataset_1]\nName=Validation\nURI=v.csv\n");
        assert!(!trap.contains("dataset.training") && trap.contains("v.csv"), "{trap}");
        let own_names = of("[Dataset_0]\nName=A\nURI=a.csv\n[Dataset_1]\nName=B\nURI=b.csv\n");
        assert!(own_names.contains("[dataset.training]\nshuffle = false\nuri = \"b.csv\""), "{own_names}");
    }

    #[test]
    fn mistakes_have_their_line() {
        let text = str::to_owned;
        let of = |section: &str, key: &str| (text(section), text(key));
        let (config, batch_size) = of("Config", "BatchSize");
        let (datasets, num) = of("Dataset", "Num");
        let (dataset, shuffle) = of("Dataset_0", "Shuffle");
        for (text, line, expected) in [
            ("", None, SdcprojProblem::Empty),
            ("A=1\n", Some(1), SdcprojProblem::NoSectionBefore),
            ("[A]\nB=1\nnonsense\n", Some(3), SdcprojProblem::NoKeyValue { found: text("nonsense") }),
            (
                "[Config]\nBatchSize=many\n",
                Some(2),
                SdcprojProblem::NotANumber { section: config, key: batch_size, found: text("many") },
            ),
            (
                "[Dataset]\nNum=9999999\n",
                Some(2),
                SdcprojProblem::TooMany { section: datasets, key: num, found: 9_999_999, max: MAX_COUNT },
            ),
            (
                "[Dataset]\nNum=1\n[Dataset_0]\nShuffle=2\n",
                Some(4),
                SdcprojProblem::NoFlag { section: dataset, key: shuffle, found: text("2") },
            ),
        ] {
            let (found, problem) = read(text).unwrap_err();
            assert_eq!(found, line, "{text:?}");
            assert!(matches!(&problem, ProjectProblem::Sdcproj(problem) if *problem == expected), "{problem:?}");
        }
    }
}
