//! Which files of a source become which rows: classes, labels and names of the images (NNC contract 3.2).

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::Path;

use nnc_dataset::split_extension;

use crate::error::{CreateError, NoImage};
use crate::left_out::{LeftOut, Reason};
use crate::source::{Entry, Listing};
use crate::summary::Class;

/// Files that operating systems leave in archives.
const CLUTTER: &[&str] = &["__MACOSX", ".DS_Store", "Thumbs.db", "desktop.ini"];
/// What an extension has to contain for NNC to take a file for an image.
const EXTENSIONS: &[&str] = &[".bmp", ".jpg", ".jpeg", ".png", ".gif", ".tif", ".tiff"];

/// What is to be made, in the order of the rows.
#[derive(Debug, Default)]
pub(crate) struct Layout {
    /// The folders that all class folders lie in, instead of in the root.
    pub(crate) wrapping: Vec<String>,
    /// Classes in order of their labels.
    pub(crate) classes: Vec<Class>,
    /// Images, class by class.
    pub(crate) items: Vec<Item>,
    /// The files of `items`, in the same order.
    pub(crate) wanted: Vec<Entry>,
    /// What is no image of a class.
    pub(crate) left_out: Vec<LeftOut>,
}

/// One image to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Item {
    /// Its path in the source.
    pub(crate) source: String,
    /// Its extension in lower case, with the dot.
    pub(crate) extension: String,
    /// Its folder in the dataset.
    pub(crate) folder: String,
    /// The folders of the source between its class folder and it, with `/`; empty where there are none.
    pub(crate) below: String,
    /// Its name in that folder, without `.png`.
    pub(crate) stem: String,
    /// Its label.
    pub(crate) label: usize,
    /// Whether another image had the name that it would have got.
    pub(crate) renamed: bool,
}

impl Item {
    /// Its path in the dataset, with `/` and without `./`.
    pub(crate) fn path(&self) -> String {
        format!("{}/{}.png", self.folder, self.stem)
    }
}

/// Finds the classes and their images, `deep` in folders below the class folders too. `root` is for messages.
pub(crate) fn layout(root: &Path, listing: &Listing, deep: bool) -> Result<Layout, CreateError> {
    let wrapping = wrapping(&listing.entries, deep);
    let depth = wrapping.len();
    let mut classes: BTreeMap<&str, Vec<&Entry>> = BTreeMap::new();
    let mut layout = Layout { wrapping, ..Layout::default() };
    for entry in &listing.entries {
        let inside = entry.path.strip_prefix(layout.wrapping.as_slice());
        let reason = match (inside, is_image(entry)) {
            (_, false) => Reason::NoImage,
            (Some([class, below @ .., _]), true) if deep || below.is_empty() => {
                classes.entry(class).or_default().push(entry);
                continue;
            }
            (Some([_]), true) => Reason::NoClass,
            (Some(_), true) => Reason::TooDeep,
            (None, true) => Reason::Elsewhere,
        };
        layout.left_out.push(LeftOut::new(entry.path.join("/"), reason));
    }
    if classes.is_empty() {
        return Err(nothing_found(root, listing, depth));
    }
    let mut folders = Names::new(classes.keys().copied());
    for (label, (class, mut entries)) in classes.into_iter().enumerate() {
        // By code point, as Python sorts; so upper case comes before lower case and "10" before "2".
        entries.sort_by(|a, b| a.path.cmp(&b.path));
        let (folder, _) = folders.give(class);
        let of_entry = |entry: &Entry| entry.path.get(depth + 1..entry.path.len() - 1).unwrap_or_default().join("/");
        let mut stems_below: BTreeMap<String, Vec<&str>> = BTreeMap::new();
        for entry in &entries {
            stems_below.entry(of_entry(entry)).or_default().push(split_extension(name_of(entry)).0);
        }
        let mut folder_names = Names::new(stems_below.keys().map(String::as_str));
        let mut own_folders: HashMap<&str, (String, Names)> = HashMap::new();
        for (below, stems) in &stems_below {
            let (name, _) = folder_names.give(below);
            own_folders.insert(below, (name, Names::new(stems.iter().copied())));
        }
        for entry in &entries {
            let (stem, extension) = split_extension(name_of(entry));
            let below = of_entry(entry);
            let Some((own, names)) = own_folders.get_mut(below.as_str()) else { continue };
            let (stem, renamed) = names.give(stem);
            layout.items.push(Item {
                source: entry.path.join("/"),
                extension: extension.to_lowercase(),
                folder: if own.is_empty() { folder.clone() } else { format!("{folder}/{own}") },
                renamed: renamed || *own != below,
                below,
                stem,
                label,
            });
            layout.wanted.push((*entry).clone());
        }
        layout.classes.push(Class { label, name: class.to_owned(), folder, found: entries.len(), converted: 0 });
    }
    Ok(layout)
}

fn name_of(entry: &Entry) -> &str {
    entry.path.last().map_or("", String::as_str)
}

/// Whether NNC takes a file for an image: its extension contains one of the known ones, so `.jpgx` does too.
fn is_image(entry: &Entry) -> bool {
    let extension = split_extension(name_of(entry)).1.to_lowercase();
    EXTENSIONS.iter().any(|known| extension.contains(known))
}

/// The folders around the class folders: as long as everything lies in one folder that has no image itself, but
/// folders with images, that one is taken for a wrapping. `deep` leaves one more level of folders for groups.
fn wrapping(entries: &[Entry], deep: bool) -> Vec<String> {
    let mut wrapping: Vec<String> = Vec::new();
    let images: Vec<&Entry> = entries
        .iter()
        .filter(|entry| is_image(entry) && !entry.path.iter().any(|part| CLUTTER.contains(&part.as_str())))
        .collect();
    loop {
        let depth = wrapping.len();
        let Some(folder) = images.first().and_then(|entry| entry.path.get(depth)) else {
            return wrapping;
        };
        let wrapped =
            |entry: &&Entry| entry.path.get(depth) == Some(folder) && entry.path.len() > depth + 2 + usize::from(deep);
        if !images.iter().all(wrapped) {
            return wrapping;
        }
        wrapping.push(folder.clone());
    }
}

/// Why there is no class with an image.
fn nothing_found(root: &Path, listing: &Listing, depth: usize) -> CreateError {
    let path = root.to_owned();
    if !listing.has_folder && !listing.left_out.iter().any(|one| one.path.contains('/')) {
        return CreateError::NoClassFolder { path };
    }
    let deep = listing.entries.iter().find(|entry| is_image(entry) && entry.path.len() > depth + 2);
    let found = match (deep, listing.left_out.first()) {
        (Some(entry), _) => NoImage::Deeper { example: entry.path.join("/") },
        (None, Some(first)) => NoImage::NoneReadable { files: listing.left_out.len(), first: Box::new(first.clone()) },
        (None, None) => NoImage::NoneAnImage { files: listing.entries.len() },
    };
    CreateError::NoImage { path, found }
}

/// Gives out names that differ in more than upper and lower case, since not every file system tells those apart.
struct Names {
    /// Lower-case names that files of the source have.
    natural: HashSet<String>,
    /// Lower-case names that were given, and the number with which to go on where the same one is wanted again.
    given: HashMap<String, u32>,
}

impl Names {
    fn new<'a>(natural: impl Iterator<Item = &'a str>) -> Self {
        Self { natural: natural.map(str::to_lowercase).collect(), given: HashMap::new() }
    }

    /// `wanted` for the first request, else `wanted_2` and so on; and whether it differs from `wanted`.
    fn give(&mut self, wanted: &str) -> (String, bool) {
        let own = wanted.to_lowercase();
        let Some(&first) = self.given.get(&own) else {
            self.given.insert(own, 2);
            return (wanted.to_owned(), false);
        };
        let mut number = first;
        loop {
            let name = format!("{wanted}_{number}");
            let key = name.to_lowercase();
            number += 1;
            if !self.natural.contains(&key) && !self.given.contains_key(&key) {
                self.given.insert(key, 2);
                self.given.insert(own, number);
                return (name, true);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(paths: &[&str]) -> Result<Layout, CreateError> {
        found_in(paths, false)
    }

    fn found_in(paths: &[&str], deep: bool) -> Result<Layout, CreateError> {
        let entries: Vec<Entry> = paths
            .iter()
            .enumerate()
            .map(|(place, path)| Entry { path: path.split('/').map(str::to_owned).collect(), place })
            .collect();
        let has_folder = entries.iter().any(|entry| entry.path.len() > 1);
        layout(Path::new("a.zip"), &Listing { entries, has_folder, ..Listing::default() }, deep)
    }

    fn rows(paths: &[&str]) -> Vec<(String, usize)> {
        found(paths).unwrap().items.iter().map(|item| (item.path(), item.label)).collect()
    }

    fn expect(paths: &[&str], rows_expected: &[(&str, usize)]) {
        let expected: Vec<_> = rows_expected.iter().map(|(path, label)| (path.to_string(), *label)).collect();
        assert_eq!(rows(paths), expected, "{paths:?}");
    }

    #[test]
    fn folders_below_class_folders_are_looked_into_where_that_is_asked_for() {
        let places = |layout: &Layout| -> Vec<(String, String, usize)> {
            layout.items.iter().map(|item| (item.path(), item.below.clone(), item.label)).collect()
        };
        let place = |path: &str, below: &str, label| (path.to_owned(), below.to_owned(), label);
        let paths = ["ok/2.png", "ok/P1/1.png", "ok/p1/1.png", "ok/p1/1.jpg", "ok/p1/x/1.png", "ng/p1/1.png"];
        let expected = [
            place("ng/p1/1.png", "p1", 0),
            place("ok/2.png", "", 1),
            place("ok/P1/1.png", "P1", 1),
            place("ok/p1_2/1.png", "p1", 1),
            place("ok/p1_2/1_2.png", "p1", 1),
            place("ok/p1/x/1.png", "p1/x", 1),
        ];
        assert_eq!(places(&found_in(&paths, true).unwrap()), expected);
        assert_eq!(found(&paths).unwrap().left_out.len(), 5);
        // The folders of one class are not taken for classes, and folders around it are still skipped.
        for (paths, wrapping) in [(["ok/p1/1.png", "ok/p2/1.png"], 0), (["a/ok/p1/1.png", "a/ok/p2/1.png"], 1)] {
            let layout = found_in(&paths, true).unwrap();
            assert_eq!((layout.wrapping.len(), layout.classes.len()), (wrapping, 1), "{paths:?}");
        }
    }

    #[test]
    fn labels_count_folders_with_images_in_order_of_code_points() {
        expect(
            &["2/b.png", "10/z.png", "10/A.png", "10/a.jpg", "1/notes.txt", "2/a.bmp"],
            &[("10/A.png", 0), ("10/a_2.png", 0), ("10/z.png", 0), ("2/a.png", 1), ("2/b.png", 1)],
        );
        expect(&["5/x.JPEG", "5/y.jpgx", "stray.png", "5/deep/z.png"], &[("5/x.png", 0), ("5/y.png", 0)]);
    }

    #[test]
    fn equal_names_become_distinct_without_taking_those_of_others() {
        expect(
            &["0/a.bmp", "0/a.jpg", "0/a.png", "0/a_2.png", "0/a_3.gif"],
            &[("0/a.png", 0), ("0/a_4.png", 0), ("0/a_5.png", 0), ("0/a_2.png", 0), ("0/a_3.png", 0)],
        );
        expect(&["OK/a.png", "ok/a.png"], &[("OK/a.png", 0), ("ok_2/a.png", 1)]);
        expect(&["0/.a.png", "0/..png.png"], &[("0/..png.png", 0), ("0/.a.png", 0)]);
    }

    #[test]
    fn a_wrapping_is_seen_through() {
        for prefix in ["", "train/", "a/b/"] {
            let paths: Vec<String> = ["0/a.png", "1/b.png"].iter().map(|path| format!("{prefix}{path}")).collect();
            let mut paths: Vec<&str> = paths.iter().map(String::as_str).collect();
            paths.extend(["__MACOSX/train/0/._a.png", ".DS_Store"]);
            let layout = found(&paths).unwrap();
            assert_eq!(layout.wrapping.join("/"), prefix.trim_end_matches('/'));
            assert_eq!(layout.items.len(), 2);
        }
        // A class folder with a folder in it is no wrapping, and neither are two folders.
        assert!(found(&["0/a.png", "0/more/b.png"]).unwrap().wrapping.is_empty());
        assert!(found(&["train/a.png"]).unwrap().wrapping.is_empty());
    }

    #[test]
    fn nothing_to_make_is_explained() {
        assert!(matches!(found(&["a.png"]), Err(CreateError::NoClassFolder { .. })));
        assert!(matches!(found(&[]), Err(CreateError::NoClassFolder { .. })));
        let none = |paths: &[&str]| match found(paths) {
            Err(CreateError::NoImage { found, .. }) => found,
            other => panic!("{other:?}"),
        };
        let example = "train/0/a.png".to_owned();
        assert_eq!(none(&["train/0/a.png", "test/0/b.png"]), NoImage::Deeper { example });
        assert_eq!(none(&["0/a.txt"]), NoImage::NoneAnImage { files: 1 });
    }
}
