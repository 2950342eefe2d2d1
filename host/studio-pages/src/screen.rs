//! Which screens there are, and their addresses.

/// A screen of the studio. Names and ids are as they are, without the escapes of an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Screen {
    /// What there is and what to do next: NNC's dashboard.
    Home,
    /// All datasets.
    Datasets,
    /// NNC's dialog "Create Dataset".
    NewDataset,
    /// The rows of a dataset with thumbnails, and its problems.
    Dataset(String),
    /// All projects, and how to begin one.
    Projects,
    /// Datasets, settings and parameters of a project; where it is run.
    Project(String),
    /// What runs, what waits, and what was run.
    Jobs,
    /// Progress and log of a job.
    Job(String),
    /// NNC's history with its figures.
    Results,
    /// Figures, threshold, report and files of a result.
    Result(String),
    /// The report of a result, in a frame of its own.
    Report(String),
    /// Two or more results beside each other; the address names them as `?ids=ID,ID`.
    Compare,
    /// Asks for the token.
    SignIn,
    /// An address that leads nowhere.
    NotFound,
}

/// The screen at a path, from which the escapes of an address were removed: `/datasets/tiles`.
pub fn route(path: &str) -> Option<Screen> {
    Screen::at(path)
}

impl Screen {
    fn at(path: &str) -> Option<Self> {
        let path = path.strip_prefix('/')?;
        let (place, name) = path.split_once('/').map_or((path, None), |(place, name)| (place, Some(name)));
        match (place, name) {
            ("", None) => Some(Self::Home),
            ("datasets", None) => Some(Self::Datasets),
            ("new-dataset", None) => Some(Self::NewDataset),
            ("projects", None) => Some(Self::Projects),
            ("jobs", None) => Some(Self::Jobs),
            ("results", None) => Some(Self::Results),
            ("compare", None) => Some(Self::Compare),
            ("sign-in", None) => Some(Self::SignIn),
            (_, Some(name)) if name.is_empty() || name.contains('/') => None,
            ("datasets", Some(name)) => Some(Self::Dataset(name.to_owned())),
            ("projects", Some(name)) => Some(Self::Project(name.to_owned())),
            ("jobs", Some(id)) => Some(Self::Job(id.to_owned())),
            ("results", Some(id)) => Some(Self::Result(id.to_owned())),
            ("reports", Some(id)) => Some(Self::Report(id.to_owned())),
            _ => None,
        }
    }

    /// The address of the screen, with the escapes that it needs.
    pub fn address(&self) -> String {
        match self {
            Self::Home | Self::NotFound => "/".to_owned(),
            Self::Datasets => "/datasets".to_owned(),
            Self::NewDataset => "/new-dataset".to_owned(),
            Self::Dataset(name) => format!("/datasets/{}", escaped(name)),
            Self::Projects => "/projects".to_owned(),
            Self::Project(name) => format!("/projects/{}", escaped(name)),
            Self::Jobs => "/jobs".to_owned(),
            Self::Job(id) => format!("/jobs/{}", escaped(id)),
            Self::Results => "/results".to_owned(),
            Self::Result(id) => format!("/results/{}", escaped(id)),
            Self::Report(id) => format!("/reports/{}", escaped(id)),
            Self::Compare => "/compare".to_owned(),
            Self::SignIn => "/sign-in".to_owned(),
        }
    }

    /// Whether only somebody who has signed in sees the screen.
    pub(crate) fn is_inside(&self) -> bool {
        *self != Self::SignIn
    }
}

/// A name as a part of an address: everything but letters, digits and `-._~` is escaped.
fn escaped(name: &str) -> String {
    let mut text = String::with_capacity(name.len());
    for byte in name.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => text.push(char::from(byte)),
            _ => text.push_str(&format!("%{byte:02X}")),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_lead_to_their_screens() {
        let name = || "tiles".to_owned();
        for screen in [
            Screen::Home,
            Screen::Datasets,
            Screen::NewDataset,
            Screen::Dataset(name()),
            Screen::Projects,
            Screen::Project(name()),
            Screen::Jobs,
            Screen::Job(name()),
            Screen::Results,
            Screen::Result(name()),
            Screen::Report(name()),
            Screen::Compare,
            Screen::SignIn,
        ] {
            assert_eq!(route(&screen.address()), Some(screen));
        }
    }

    #[test]
    fn other_paths_lead_nowhere() {
        for path in
            ["", "datasets", "/nothing", "/datasets/", "/datasets/a/b", "//", "/jobs/x/", "/compare/x", "/sign-in/x"]
        {
            assert_eq!(route(path), None, "{path}");
        }
    }

    #[test]
    fn names_are_escaped() {
        assert_eq!(Screen::Dataset("a b/ü?.csv".to_owned()).address(), "/datasets/a%20b%2F%C3%BC%3F.csv");
    }
}
