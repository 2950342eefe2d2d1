//! The other libraries that a plugin needs. Each is found here, before any code runs, so the system's loader never
//! follows a plugin's own search path:
//!
//! * a library that came with the plugin, found where the plugin says: sealed, hashed and covered by trust as it is;
//! * libtorch, in a folder that nobody else can change ([`crate::torch`]);
//! * a library of the system, by name alone.

use std::collections::HashSet;
use std::ffi::OsStr;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::{fs, io};

use nnc_files::exposure;
use nnc_plugin_api::loader::LoadError;
use tempfile::TempDir;

use crate::elf::{self, Needs};
use crate::error::{NotAllowed, OpenError};
use crate::image::Image;
use crate::torch;

/// A plugin that needs more is refused.
const MOST: usize = 64;

/// One library that has to be loaded before the plugin.
pub(crate) enum Library {
    /// It came with the plugin.
    Beside { name: String, image: Image },
    /// A part of libtorch.
    Torch(PathBuf),
    /// The system's.
    System(String),
}

/// The libraries that a plugin needs, in the order in which they can be loaded.
pub(crate) struct Libraries(Vec<Library>);

/// How a library's bytes are taken.
pub(crate) type Read = fn(&Path) -> io::Result<Image>;

impl Libraries {
    /// Finds what `plugin` needs.
    ///
    /// # Errors
    /// A library that others could change, or that is looked for where anybody could put it.
    pub(crate) fn of(plugin: &Image, read: Read) -> Result<Self, NotAllowed> {
        let mut search = Search { plugin: &plugin.path, read, seen: HashSet::new(), found: Vec::new() };
        search.needs_of(plugin)?;
        Ok(Self(search.found))
    }

    /// Those that came with the plugin, by the names under which it needs them.
    pub(crate) fn beside(&self) -> impl Iterator<Item = (&str, &Image)> {
        self.0.iter().filter_map(|library| match library {
            Library::Beside { name, image } => Some((name.as_str(), image)),
            Library::Torch(_) | Library::System(_) => None,
        })
    }

    /// Loads them, which runs their code, and hands the address of `plugin` to `open`, which runs that of the plugin.
    ///
    /// # Errors
    /// The first that cannot be loaded.
    pub(crate) fn load<T>(self, plugin: Image, open: impl FnOnce(&Path) -> T) -> Result<T, OpenError> {
        let of = plugin.path.clone();
        let copied = |path: &Path, error| NotAllowed::NotCopied { path: path.to_owned(), error };
        let addresses = Addresses::new(&of, self.beside()).map_err(|error| copied(&of, error))?;
        for library in self.0 {
            let (name, address) = match library {
                Library::Beside { name, image } => {
                    let path = image.path.clone();
                    let address = addresses.give(image).map_err(|error| copied(&path, error))?;
                    (name, address.into_os_string())
                }
                Library::Torch(path) => (path.display().to_string(), path.into_os_string()),
                Library::System(name) => (name.clone(), name.into()),
            };
            keep(&address).map_err(|reason| explain(&of, name, &address, &reason))?;
        }
        let address = addresses.give(plugin).map_err(|error| copied(&of, error))?;
        Ok(open(&address))
    }
}

/// Where the system's loader finds the sealed copies.
///
/// It knows a library that is loaded already by the name that is written into it (its SONAME). One that has none is
/// found through a folder of links, in which everything lies as it does beside the plugin.
enum Addresses {
    Copies,
    Links { links: TempDir, origin: PathBuf },
}

impl Addresses {
    fn new<'a>(plugin: &Path, beside: impl Iterator<Item = (&'a str, &'a Image)>) -> io::Result<Self> {
        let named = |(name, image): (&str, &Image)| {
            elf::needs(&image.bytes).and_then(|needs| needs.soname).as_deref() == Some(name)
        };
        let mut beside = beside;
        if beside.all(named) {
            return Ok(Self::Copies);
        }
        let origin = plugin.parent().unwrap_or(Path::new("/")).to_owned();
        Ok(Self::Links { links: tempfile::Builder::new().prefix("nnc-plugin-").tempdir()?, origin })
    }

    fn give(&self, image: Image) -> io::Result<PathBuf> {
        let Self::Links { links, origin } = self else { return image.address() };
        let path = image.path.clone();
        // One that lies elsewhere needs its name.
        let Ok(place) = path.strip_prefix(origin) else { return image.address() };
        let link = links.path().join(place);
        if let Some(folder) = link.parent() {
            fs::create_dir_all(folder)?;
        }
        symlink(image.address()?, &link)?;
        Ok(link)
    }
}

/// Loads a library for the life of the process.
fn keep(address: &OsStr) -> Result<(), String> {
    // SAFETY: this runs the library's code, as opening the plugin that needs it would; whoever calls this has checked
    // that it is allowed, in a process that may die.
    let library = unsafe { libloading::Library::new(address) };
    library.map(std::mem::forget).map_err(|error| {
        let source = std::error::Error::source(&error);
        source.map_or_else(|| error.to_string(), ToString::to_string)
    })
}

fn explain(plugin: &Path, name: String, address: &OsStr, reason: &str) -> LoadError {
    let path = plugin.to_owned();
    // In the words of glibc: `libx.so.1: cannot open shared object file: No such file or directory`.
    match reason.split_once(": cannot open shared object file: No such file") {
        Some((missing, _)) if OsStr::new(missing) == address => LoadError::MissingLibrary { path, library: name },
        Some((missing, _)) => LoadError::MissingLibrary { path, library: missing.to_owned() },
        None => LoadError::Open { path, reason: reason.replace(&*address.to_string_lossy(), &name) },
    }
}

struct Search<'a> {
    plugin: &'a Path,
    read: Read,
    /// Names that need not be looked for again.
    seen: HashSet<String>,
    found: Vec<Library>,
}

impl Search<'_> {
    /// Finds what `library` needs, and what that needs, and so on; the deepest first.
    fn needs_of(&mut self, library: &Image) -> Result<(), NotAllowed> {
        // Whatever is no library, the system's loader has words for.
        let Some(needs) = elf::needs(&library.bytes) else { return Ok(()) };
        let folders = self.folders(&needs, &library.path)?;
        for name in needs.libraries {
            if self.seen.contains(&name) {
                continue;
            }
            if self.seen.len() >= MOST || name.contains('/') {
                return Err(self.unusable(&library.path, &name));
            }
            self.seen.insert(name.clone());
            let place = folders.iter().map(|folder| folder.join(&name)).find(|path| path.exists());
            if torch::is_part(&name)
                && let Some(path) = torch::find(&name, self.plugin, place.as_deref())
            {
                NotAllowed::if_exposed(&path)?;
                self.found.push(Library::Torch(path));
            } else if let Some(path) = place {
                NotAllowed::if_exposed(&path)?;
                let image = (self.read)(&path);
                let image = image.map_err(|error| NotAllowed::Unreadable { path: path.clone(), error })?;
                self.needs_of(&image)?;
                self.found.push(Library::Beside { name, image });
            } else {
                self.found.push(Library::System(name));
            }
        }
        Ok(())
    }

    /// The folders that a library wants searched.
    fn folders(&self, needs: &Needs, library: &Path) -> Result<Vec<PathBuf>, NotAllowed> {
        let origin = library.parent().unwrap_or(Path::new("/")).to_string_lossy();
        let mut folders = Vec::new();
        for written in &needs.folders {
            let folder = written.replace("${ORIGIN}", &origin).replace("$ORIGIN", &origin);
            // Anything else depends on where the program was started, or on the machine.
            if !folder.starts_with('/') || folder.contains('$') {
                return Err(self.unusable(library, written));
            }
            let folder = PathBuf::from(folder);
            if let Some(exposure) = exposure(&folder).unwrap_or(None) {
                return Err(NotAllowed::Exposed { path: self.plugin.to_owned(), exposure });
            }
            folders.push(folder);
        }
        Ok(folders)
    }

    fn unusable(&self, library: &Path, what: &str) -> NotAllowed {
        NotAllowed::SearchPath { path: library.to_owned(), what: what.to_owned() }
    }
}
