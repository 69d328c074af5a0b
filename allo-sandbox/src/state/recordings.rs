//! The files of recordings. Calls refer to them by URL.

use std::fmt;

use axum::body::Bytes;

/// The path template. The live service serves some recordings at such a path, with authentication.
pub(crate) const PATH: &str = "/v1/assets/recordings/{name}";

/// All files, numbered from 1.
#[derive(Default)]
pub(crate) struct Recordings(Vec<Bytes>);

impl Recordings {
    /// Adds a file and returns its path.
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
