//! Addresses as people and files may see them.

/// What stands for a name and a password.
const HIDDEN: &str = "***";

/// The address without the name and the password in it, which a mirror of a company's own may ask for. What is shown ends up
/// in logs and bug reports.
pub(crate) fn without_secrets(address: &str) -> String {
    let start = address.find("://").map_or(0, |colon| colon + 3);
    let (scheme, rest) = address.split_at(start);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    // A password with a slash in it makes no valid address, and is one all the same.
    let has_port = |host: &str| host.rsplit_once(':').is_none_or(|(_, port)| port.bytes().all(|b| b.is_ascii_digit()));
    let end = match authority.rfind('@') {
        Some(at) => Some(at),
        None if has_port(authority) || authority.starts_with('[') => None,
        None => rest.rfind('@'),
    };
    match end {
        Some(at) => format!("{scheme}{HIDDEN}{}", rest.get(at..).unwrap_or_default()),
        None => address.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_passwords_are_hidden_and_nothing_else() {
        for (address, shown) in [
            ("https://me:secret@host:8080/a/b.nnp?x=1", "https://***@host:8080/a/b.nnp?x=1"),
            ("https://token@host/a", "https://***@host/a"),
            ("https://me:se@cret@host", "https://***@host"),
            ("https://me:sec/ret@host/a", "https://***@host/a"),
            ("me:secret@host/a", "***@host/a"),
            ("https://host:443/a@b.nnp", "https://host:443/a@b.nnp"),
            ("https://[::1]/a@b", "https://[::1]/a@b"),
            ("https://host/?of=a@b", "https://host/?of=a@b"),
            ("", ""),
        ] {
            assert_eq!(without_secrets(address), shown);
        }
    }
}
