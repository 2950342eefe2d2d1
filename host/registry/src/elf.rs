//! What a shared library says about others that it needs, read from its file without opening it.

use object::elf::{DT_NEEDED, DT_NULL, DT_RPATH, DT_RUNPATH, DT_SONAME, DT_STRSZ, DT_STRTAB, DynamicTag, FileHeader64};
use object::read::elf::{Dyn, FileHeader, ProgramHeader};
use object::{Endianness, StringTable};

/// What the system's loader follows when it looks for other libraries.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Needs {
    /// Its own name, if it has one.
    pub(crate) soname: Option<String>,
    /// Names of the libraries it needs.
    pub(crate) libraries: Vec<String>,
    /// Folders that it wants searched, as it writes them.
    pub(crate) folders: Vec<String>,
}

/// What the library in `bytes` needs; `None` if this is no library that the system's loader could open.
pub(crate) fn needs(bytes: &[u8]) -> Option<Needs> {
    let header = FileHeader64::<Endianness>::parse(bytes).ok()?;
    let endian = header.endian().ok()?;
    let segments = header.program_headers(endian, bytes).ok()?;
    let mut needs = Needs::default();
    let Some(entries) = segments.iter().find_map(|segment| segment.dynamic(endian, bytes).ok().flatten()) else {
        return Some(needs);
    };
    let entries = || entries.iter().take_while(|entry| entry.tag(endian) != DT_NULL);
    let value = |tag: DynamicTag| entries().find(|entry| entry.tag(endian) == tag).map(|entry| entry.val(endian));
    let (Some(address), Some(size)) = (value(DT_STRTAB), value(DT_STRSZ)) else { return Some(needs) };
    let texts = segments.iter().find_map(|segment| segment.data_range(endian, bytes, address, size).ok().flatten())?;
    let texts = StringTable::new(texts, 0, texts.len() as u64);
    let (mut run_path, mut old_path) = (None, None);
    for entry in entries() {
        let text = || {
            let text = texts.get(u32::try_from(entry.val(endian)).ok()?).ok()?;
            String::from_utf8(text.to_vec()).ok()
        };
        match entry.tag(endian) {
            DT_NEEDED => needs.libraries.push(text()?),
            DT_SONAME => needs.soname = Some(text()?),
            DT_RUNPATH => run_path = Some(text()?),
            DT_RPATH => old_path = Some(text()?),
            _ => {}
        }
    }
    // The newer one makes the loader ignore the older one.
    let path = run_path.or(old_path).unwrap_or_default();
    needs.folders = if path.is_empty() { Vec::new() } else { path.split(':').map(str::to_owned).collect() };
    Some(needs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_needs_of_this_very_program_are_found_and_others_have_none() {
        let own = std::fs::read(std::env::current_exe().unwrap()).unwrap();
        let needs = needs(&own).unwrap();
        assert!(needs.libraries.iter().any(|name| name.starts_with("libc.so")), "{needs:?}");
        assert_eq!(super::needs(b"just text"), None);
        for length in [4, 64, 100, 1000, own.len() / 2] {
            let _ = super::needs(&own[..length]);
        }
    }
}
