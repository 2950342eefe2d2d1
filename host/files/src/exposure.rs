//! Who else could change what a path leads to: whether every folder and link on the way, and the file itself, belong to
//! this user or the system's administrator, and nobody else may write there.

use crate::regular::read_text;
use std::collections::VecDeque;
use std::ffi::{OsStr, OsString};
use std::fs::{File, Metadata};
use std::io;
use std::os::fd::AsRawFd;
use std::os::unix::fs::MetadataExt;
use std::path::{Component, Path, PathBuf};

use rustix::process::{getegid, geteuid};

/// As many links as the system itself follows.
const MOST_LINKS: usize = 40;
const OTHERS_MAY_WRITE: u32 = 0o002;
const GROUP_MAY_WRITE: u32 = 0o020;
/// In a folder with this bit, only the owner of an entry may rename or remove it.
const STICKY: u32 = 0o1000;

/// Something on the way to a file that others could change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Exposure {
    /// It belongs to another user, who is not the administrator.
    Foreign {
        /// The file, folder or link.
        path: PathBuf,
        /// Number of its owner.
        owner: u32,
        /// Number of this user.
        user: u32,
    },
    /// Everybody may write there.
    OpenToAll {
        /// The file or folder.
        path: PathBuf,
    },
    /// A group that may have other members may write there.
    OpenToGroup {
        /// The file or folder.
        path: PathBuf,
    },
}

/// What others could change about the file or folder that `path` leads to; `None` if nothing.
///
/// A folder in which everybody may write, but only remove what is his own (as in `/tmp`), is no exposure of something
/// that exists. It is one of something that does not: anybody could put it there.
///
/// # Errors
/// Those of the system, except that something does not exist.
pub fn exposure(path: &Path) -> io::Result<Option<Exposure>> {
    let mut names: VecDeque<OsString> = names(&std::path::absolute(path)?);
    let mut reached = PathBuf::from("/");
    let mut links = 0;
    let mut folder = reached.symlink_metadata()?;
    if let Some(exposed) = of(&reached, &folder) {
        return Ok(Some(exposed));
    }
    while let Some(name) = names.pop_front() {
        if name == OsStr::new("..") {
            reached.pop();
            folder = reached.symlink_metadata()?;
            continue;
        }
        let next = reached.join(&name);
        let found = match next.symlink_metadata() {
            Ok(found) => found,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(writable(&reached, &folder)),
            Err(error) => return Err(error),
        };
        if let Some(exposed) = of(&next, &found) {
            return Ok(Some(exposed));
        }
        if found.is_symlink() {
            links += 1;
            if links > MOST_LINKS {
                return Err(rustix::io::Errno::LOOP.into());
            }
            let target = next.read_link()?;
            if target.is_absolute() {
                reached = PathBuf::from("/");
            }
            for name in self::names(&target).into_iter().rev() {
                names.push_front(name);
            }
            folder = reached.symlink_metadata()?;
        } else {
            reached = next;
            folder = found;
        }
    }
    Ok(None)
}

/// Whether an opened file belongs to this user, and nobody else may write into it.
pub fn is_only_own(file: &File) -> bool {
    // By way of this link the rights of further users are found, whatever has its name now.
    let itself = PathBuf::from(format!("/proc/self/fd/{}", file.as_raw_fd()));
    file.metadata().is_ok_and(|found| found.uid() == geteuid().as_raw() && writable(&itself, &found).is_none())
}

/// The parts of a path below its root.
fn names(path: &Path) -> VecDeque<OsString> {
    let part = |part: Component<'_>| match part {
        Component::Normal(name) => Some(name.to_owned()),
        Component::ParentDir => Some("..".into()),
        Component::RootDir | Component::CurDir | Component::Prefix(_) => None,
    };
    path.components().filter_map(part).collect()
}

/// What others could change about one thing on the way.
fn of(path: &Path, found: &Metadata) -> Option<Exposure> {
    let (owner, user) = (found.uid(), geteuid().as_raw());
    if owner != 0 && owner != user {
        return Some(Exposure::Foreign { path: path.to_owned(), owner, user });
    }
    // The rights of a link mean nothing.
    let sticky = found.is_dir() && found.mode() & STICKY != 0;
    if found.is_symlink() || sticky {
        return None;
    }
    writable(path, found)
}

/// Whether another user may write into a file, or add an entry to a folder.
fn writable(path: &Path, found: &Metadata) -> Option<Exposure> {
    let path = path.to_owned();
    if found.mode() & OTHERS_MAY_WRITE != 0 {
        return Some(Exposure::OpenToAll { path });
    }
    // With an access list the bits of the group are the most that anybody in that list may do.
    (found.mode() & GROUP_MAY_WRITE != 0 && (has_access_list(&path) || !is_private(found)))
        .then_some(Exposure::OpenToGroup { path })
}

/// Whether rights of further users or groups are listed (POSIX or NFS access control lists).
fn has_access_list(path: &Path) -> bool {
    ["system.posix_acl_access", "system.nfs4_acl", "system.richacl"]
        .iter()
        .any(|name| rustix::fs::getxattr(path, *name, &mut [0_u8; 0]).is_ok())
}

/// Whether the group of something of this user's is this user alone, as many systems make one for each user.
fn is_private(found: &Metadata) -> bool {
    let (user, group) = (geteuid().as_raw(), getegid().as_raw());
    let own = user != 0 && found.uid() == user && found.gid() == group;
    let lines = |file: &str| read_text(Path::new(file), 1 << 24).unwrap_or_default();
    own && is_alone(&lines("/etc/passwd"), &lines("/etc/group"), user, group)
}

/// Whether nobody but `user` is in `group`, as the system's two tables say.
fn is_alone(users: &str, groups: &str, user: u32, group: u32) -> bool {
    let field = |line: &str, at| line.split(':').nth(at).map(str::to_owned);
    let number = |line: &str, at| field(line, at).and_then(|text| text.parse::<u32>().ok());
    let Some(name) = users.lines().find(|line| number(line, 2) == Some(user)).and_then(|line| field(line, 0)) else {
        return false;
    };
    let Some(members) = groups.lines().find(|line| number(line, 2) == Some(group)).and_then(|line| field(line, 3))
    else {
        return false;
    };
    let others = users.lines().any(|line| number(line, 3) == Some(group) && number(line, 2) != Some(user));
    !others && members.split(',').all(|member| member.is_empty() || member == name)
}

#[cfg(test)]
mod tests {
    use std::fs::{self, Permissions};
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::*;

    fn mode(path: &Path, mode: u32) {
        fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
    }

    #[test]
    fn an_access_list_is_seen() {
        let folder = tempfile::tempdir().unwrap();
        assert!(!has_access_list(folder.path()));
        // Version 2; tag, rights and number of: owner, user 65534, group, mask, others.
        let entries =
            [(1_u16, 7_u16, u32::MAX), (2, 7, 65_534), (4, 5, u32::MAX), (16, 7, u32::MAX), (32, 5, u32::MAX)];
        let mut list = 2_u32.to_le_bytes().to_vec();
        for (tag, rights, number) in entries {
            list.extend(tag.to_le_bytes().into_iter().chain(rights.to_le_bytes()).chain(number.to_le_bytes()));
        }
        let flags = rustix::fs::XattrFlags::empty();
        match rustix::fs::setxattr(folder.path(), "system.posix_acl_access", &list, flags) {
            Ok(()) => assert!(has_access_list(folder.path())),
            // A file system without access lists.
            Err(error) => assert_eq!(error, rustix::io::Errno::OPNOTSUPP),
        }
    }

    #[test]
    fn what_others_may_write_is_exposed_wherever_it_is_on_the_way() {
        let folder = tempfile::tempdir().unwrap();
        let (inner, file) = (folder.path().join("a"), folder.path().join("a/lib.so"));
        fs::create_dir(&inner).unwrap();
        fs::write(&file, "").unwrap();
        mode(&inner, 0o755);
        mode(&file, 0o644);
        assert_eq!(exposure(&file).unwrap(), None);
        let exposed = |path: &Path| Some(Exposure::OpenToAll { path: path.to_owned() });
        mode(&file, 0o646);
        assert_eq!(exposure(&file).unwrap(), exposed(&file));
        mode(&file, 0o644);
        mode(&inner, 0o777);
        assert_eq!(exposure(&file).unwrap(), exposed(&inner));
        // Everybody may add, but nobody may replace what is there.
        mode(&inner, 0o1777);
        assert_eq!(exposure(&file).unwrap(), None);
        assert_eq!(exposure(&inner.join("missing/b.so")).unwrap(), exposed(&inner));
        mode(&inner, 0o755);
        assert_eq!(exposure(&inner.join("missing/b.so")).unwrap(), None);
        // By way of a link, the folder of the link counts as well as that of its target.
        let open = folder.path().join("open");
        fs::create_dir(&open).unwrap();
        symlink(&file, open.join("link.so")).unwrap();
        mode(&open, 0o777);
        assert_eq!(exposure(&open.join("link.so")).unwrap(), exposed(&open));
        mode(&open, 0o755);
        symlink("../a/./lib.so", open.join("relative.so")).unwrap();
        assert_eq!(exposure(&open.join("relative.so")).unwrap(), None);
        symlink("round", open.join("round")).unwrap();
        assert!(exposure(&open.join("round")).is_err());
    }

    #[test]
    fn a_file_is_only_ours_if_nobody_else_may_write_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("evaluation.json");
        fs::write(&path, "{}").unwrap();
        let is_only_own = || is_only_own(&crate::open_regular(&path).unwrap());
        for (rights, due) in [(0o644, true), (0o600, true), (0o646, false), (0o666, false)] {
            mode(&path, rights);
            assert_eq!(is_only_own(), due, "{rights:o}");
        }
        mode(&path, 0o644);
        // Only the administrator may give files away.
        if geteuid().is_root() {
            std::os::unix::fs::chown(&path, Some(65_534), None).unwrap();
            assert!(!is_only_own());
        }
    }

    #[test]
    fn a_group_is_private_if_nobody_else_is_in_it() {
        let users = "root:x:0:0::/root:/bin/sh\nann:x:1000:1000::/home/ann:/bin/sh\nbob:x:1001:1001::/:/bin/sh\n";
        let alone = |groups, user, group| is_alone(users, groups, user, group);
        assert!(alone("ann:x:1000:\nstaff:x:50:ann\n", 1000, 1000));
        assert!(alone("ann:x:1000:ann\n", 1000, 1000));
        assert!(!alone("ann:x:1000:ann,bob\n", 1000, 1000));
        assert!(!alone("bob:x:1001:\n", 1000, 1001), "the group of another user");
        assert!(!alone("", 1000, 1000) && !is_alone("", "ann:x:1000:\n", 1000, 1000));
    }
}
