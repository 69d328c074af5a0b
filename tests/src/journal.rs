//! Journals of pushes from outside: read, changed and sealed again by the description of the format alone, so that a
//! test can make one older, shorter or wrong as nobody but a forger could.

use std::path::Path;
use std::time::Duration;

use serde_json::Value;
use uuid::Uuid;

/// The records of a journal, the head and the plan first.
#[derive(Clone, Debug)]
pub struct Records(pub Vec<Value>);

impl Records {
    /// Reads a journal.
    ///
    /// # Panics
    /// When it is none.
    #[must_use]
    pub fn read(path: &Path) -> Self {
        let text = std::fs::read_to_string(path).expect("a journal");
        let record = |line| serde_json::from_str(line).expect("a record");
        Self(text.lines().map(record).collect())
    }

    /// The bytes of a journal with these records.
    #[must_use]
    pub fn sealed(&self) -> Vec<u8> {
        let mut sum = Uuid::NAMESPACE_OID;
        let mut bytes = Vec::new();
        for (number, record) in self.0.iter().enumerate() {
            let mut record = record.clone();
            let object = record.as_object_mut().expect("an object");
            object.shift_remove("n");
            object.shift_remove("sum");
            let text = record.to_string();
            let open = text.strip_suffix('}').expect("an object");
            let line = format!("{open},\"n\":{number}");
            sum = Uuid::new_v5(&sum, line.as_bytes());
            bytes.extend(format!("{line},\"sum\":\"{sum}\"}}\n").into_bytes());
        }
        bytes
    }

    /// Writes them as a journal.
    ///
    /// # Panics
    /// When the disk is full.
    pub fn write(&self, path: &Path) {
        std::fs::write(path, self.sealed()).expect("room");
    }

    /// Says that all happened so much earlier.
    ///
    /// # Panics
    /// When a time is none.
    #[must_use]
    pub fn older(mut self, by: Duration) -> Self {
        for record in &mut self.0 {
            for name in ["at", "began", "doubt"] {
                if let Some(time) = record.get_mut(name) {
                    let text = time.as_str().expect("a time");
                    let then: jiff::Timestamp = text.parse().expect("a time");
                    *time = (then - by).to_string().into();
                }
            }
        }
        self
    }

    /// The first so many.
    #[must_use]
    pub fn first(mut self, count: usize) -> Self {
        self.0.truncate(count);
        self
    }

    /// Where the n-th record of this kind is, counted from 0.
    ///
    /// # Panics
    /// When there are fewer.
    #[must_use]
    pub fn position(&self, kind: &str, n: usize) -> usize {
        let records = self.0.iter().enumerate();
        let mut found = records.filter(|(_, record)| record["record"] == kind);
        found.nth(n).expect("a record").0
    }
}
