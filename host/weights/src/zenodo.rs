//! What Zenodo says about a record: its licence, and size and MD5 of each file. The hashes this program goes by are
//! SHA-256, which Zenodo does not have; its MD5 still tells a damaged first download.

use serde::Deserialize;

use crate::client::Client;
use crate::error::FetchProblem;

/// Largest answer that is read; a record with two files has a few kilobytes.
const LIMIT: u64 = 1 << 20;

/// A record.
#[derive(Debug, Deserialize, PartialEq)]
pub(crate) struct Record {
    metadata: Metadata,
    #[serde(default)]
    files: Vec<File>,
}

#[derive(Debug, Deserialize, PartialEq)]
struct Metadata {
    license: Option<Licence>,
}

#[derive(Debug, Deserialize, PartialEq)]
struct Licence {
    id: String,
}

/// A file of a record.
#[derive(Debug, Deserialize, PartialEq)]
pub(crate) struct File {
    key: String,
    /// Bytes.
    pub(crate) size: u64,
    checksum: String,
}

impl Record {
    /// Reads the record at `address`.
    ///
    /// # Errors
    /// No answer, or one that is no record.
    pub(crate) fn fetch(client: &Client, address: &str) -> Result<Self, FetchProblem> {
        let text = client.text(address, LIMIT)?;
        serde_json::from_str(&text).map_err(|error| FetchProblem::NotARecord(error.to_string()))
    }

    /// The licence, as an identifier such as `cc-by-4.0`.
    pub(crate) fn licence(&self) -> Option<&str> {
        self.metadata.license.as_ref().map(|licence| licence.id.as_str())
    }

    /// The file of that name.
    pub(crate) fn file(&self, name: &str) -> Option<&File> {
        self.files.iter().find(|file| file.key == name)
    }
}

impl File {
    /// The MD5 in lower-case hex.
    pub(crate) fn md5(&self) -> Option<&str> {
        self.checksum.strip_prefix("md5:")
    }
}

/// Where a program reads the record of that number.
pub(crate) fn record_address(record: u32) -> String {
    format!("https://zenodo.org/api/records/{record}")
}

/// Where a file of the record lies (NNC contract 5.5).
pub(crate) fn file_address(record: u32, file: &str) -> String {
    format!("https://zenodo.org/records/{record}/files/{file}?download=1")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_tells_licence_size_and_md5() {
        let record: Record = serde_json::from_str(
            r#"{"id": 1, "metadata": {"title": "t", "license": {"id": "cc-by-4.0"}}, "files": [
                {"key": "a.nnp", "size": 12, "checksum": "md5:00ff", "links": {"self": "https://x"}}]}"#,
        )
        .unwrap();
        assert_eq!(record.licence(), Some("cc-by-4.0"));
        let file = record.file("a.nnp").unwrap();
        assert_eq!((file.size, file.md5()), (12, Some("00ff")));
        assert_eq!(record.file("b.nnp"), None);
        let bare: Record = serde_json::from_str(r#"{"metadata": {}}"#).unwrap();
        assert_eq!(bare.licence(), None);
    }

    #[test]
    fn a_record_is_asked_for_over_http() {
        use std::io::{Read, Write};
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}/", listener.local_addr().unwrap());
        let server = std::thread::spawn(move || {
            for (status, body) in [("200 OK", r#"{"metadata": {"license": {"id": "mit"}}}"#), ("404 Not Found", "{}")] {
                let (mut stream, _) = listener.accept().unwrap();
                let _ = stream.read(&mut [0; 1024]).unwrap();
                let length = body.len();
                write!(stream, "HTTP/1.1 {status}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}")
                    .unwrap();
            }
        });
        let client = Client::new(std::time::Duration::from_secs(10), "test").unwrap();
        assert_eq!(Record::fetch(&client, &address).unwrap().licence(), Some("mit"));
        let missing = Record::fetch(&client, &address).unwrap_err();
        assert!(matches!(&missing, FetchProblem::Status(status) if status == "404 Not Found"), "{missing:?}");
        server.join().unwrap();
    }

    #[test]
    fn addresses_are_those_of_nncs_own_plugin() {
        assert_eq!(
            file_address(16_961_278, "resnet50_c1.nnp"),
            "https://zenodo.org/records/16961278/files/resnet50_c1.nnp?download=1"
        );
    }
}
