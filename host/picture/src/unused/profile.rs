//! Names of colour profiles (ICC.1:2022: the header, the table of tags, and the description among them).

/// The most tags of a profile; real ones have about twenty.
const MAX_TAGS: usize = 200;
/// Characters of a name that are kept.
const MAX_NAME: usize = 60;
/// Descriptions of sRGB by other names: the small profile that social networks put in, and that of older scanners.
const SRGB: [&str; 3] = ["c2", "c2ci", "urgb"];

/// The name of a profile other than sRGB; that of its colours where it has none.
pub(super) fn other_than_srgb(icc: &[u8]) -> Option<String> {
    if icc.get(36..40) != Some(b"acsp") {
        return None;
    }
    let name = description(icc).filter(|name| !name.is_empty());
    let name = name.or_else(|| Some(String::from_utf8_lossy(icc.get(16..20)?).trim().to_owned()))?;
    let lower = name.to_lowercase();
    let is_srgb = lower.contains("srgb") || SRGB.contains(&lower.as_str());
    (!is_srgb).then(|| name.chars().take(MAX_NAME).collect())
}

/// What the tag `desc` says: ASCII in version 2, UTF-16 in several languages in version 4.
fn description(icc: &[u8]) -> Option<String> {
    let count = number(icc, 128)?.min(MAX_TAGS);
    let tag = (0..count).map(|tag| 132 + 12 * tag).find(|at| icc.get(*at..at + 4) == Some(b"desc"))?;
    let content = icc.get(number(icc, tag + 4)?..)?;
    match content.get(..4)? {
        b"desc" => {
            let text = content.get(12..)?.get(..number(content, 8)?)?;
            let end = text.iter().position(|byte| *byte == 0).unwrap_or(text.len());
            Some(String::from_utf8_lossy(&text[..end]).trim().to_owned())
        }
        b"mluc" => {
            // The first language will do.
            let text = content.get(number(content, 24)?..)?.get(..number(content, 20)?)?;
            let units = text.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]]));
            let text: String = char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect();
            Some(text.trim_matches('\0').trim().to_owned())
        }
        _ => None,
    }
}

fn number(bytes: &[u8], at: usize) -> Option<usize> {
    let bytes = bytes.get(at..)?.get(..4)?;
    Some(u32::from_be_bytes(bytes.try_into().ok()?) as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn profile(kind: &[u8; 4], content: &[u8]) -> Vec<u8> {
        let mut icc = vec![0; 128];
        icc[16..20].copy_from_slice(b"GRAY");
        icc[36..40].copy_from_slice(b"acsp");
        icc.extend([0, 0, 0, 1]);
        icc.extend(b"desc");
        icc.extend([0, 0, 0, 144, 0, 0, 0, 0]);
        icc.extend(kind);
        icc.extend([0; 4]);
        icc.extend(content);
        icc
    }

    fn named(text: &str) -> Vec<u8> {
        let mut content = (text.len() as u32 + 1).to_be_bytes().to_vec();
        content.extend(text.bytes().chain([0]));
        profile(b"desc", &content)
    }

    #[test]
    fn names_are_read_in_both_versions() {
        assert_eq!(other_than_srgb(&named("Adobe RGB (1998)")).as_deref(), Some("Adobe RGB (1998)"));
        assert_eq!(other_than_srgb(&named("sRGB IEC61966-2.1")), None);
        assert_eq!(other_than_srgb(&named("c2")), None);
        assert_eq!(other_than_srgb(&named("")).as_deref(), Some("GRAY"));
        assert_eq!(other_than_srgb(&named(&"x".repeat(500))).map(|name| name.len()), Some(MAX_NAME));
        let text: Vec<u8> = "表示 P3".encode_utf16().flat_map(u16::to_be_bytes).collect();
        let mut content = vec![0, 0, 0, 1, 0, 0, 0, 12, b'j', b'a', b'J', b'P', 0, 0, 0, text.len() as u8, 0, 0, 0, 28];
        content.extend(text);
        assert_eq!(other_than_srgb(&profile(b"mluc", &content)).as_deref(), Some("表示 P3"));
        // Lengths and places that lead out of the profile, and what is none.
        assert_eq!(other_than_srgb(&profile(b"desc", &[0xff; 8])).as_deref(), Some("GRAY"));
        assert_eq!(other_than_srgb(&profile(b"mluc", &[0xff; 40])).as_deref(), Some("GRAY"));
        assert_eq!(other_than_srgb(b"no profile"), None);
    }
}
