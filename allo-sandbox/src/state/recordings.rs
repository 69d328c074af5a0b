//! The files of recordings. Which call has which is in `calls`, by address.

use std::fmt;

use axum::body::Bytes;

/// Where they are served. The live service is known to keep some at such a path, behind the key.
pub(crate) const PATH: &str = "/v1/assets/recordings/{name}";

/// Every file, numbered from 1.
#[derive(Default)]
pub(crate) struct Recordings(Vec<Bytes>);

impl Recordings {
    /// Keeps a file and returns its path.
    pub(crate) fn add(&mut self, bytes: Bytes) -> String {
        self.0.push(bytes);
        PATH.replace("{name}", &name(self.0.len()))
    }

    pub(crate) fn file(&self, wanted: &str) -> Option<Bytes> {
        let mut files = self.0.iter().enumerate();
        let found = files.find(|(index, _)| name(index + 1) == wanted);
        found.map(|(_, bytes)| bytes.clone())
    }
}

fn name(number: usize) -> String {
    format!("rec-{number:04}.mp3")
}

impl fmt::Debug for Recordings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Recordings({})", self.0.len())
    }
}
