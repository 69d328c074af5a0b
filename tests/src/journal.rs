//! Reads and rewrites journals of pushes by the description of the format alone, so that a test can make a journal
//! older, shorter or wrong, with valid checksums.

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
    /// If the file is not a journal.
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

    /// Writes the records as a journal.
    ///
    /// # Panics
    /// If writing fails.
    pub fn write(&self, path: &Path) {
        std::fs::write(path, self.sealed()).expect("room");
    }

    /// Moves all times this much into the past.
    ///
    /// # Panics
    /// If a time is invalid.
    #[must_use]
    pub fn older(self, by: Duration) -> Self {
        self.moved(|then| then - by)
    }

    /// Moves all times this much into the future.
    ///
    /// # Panics
    /// If a time is invalid.
    #[must_use]
    pub fn newer(self, by: Duration) -> Self {
        self.moved(|then| then + by)
    }

    fn moved(mut self, change: impl Fn(jiff::Timestamp) -> jiff::Timestamp) -> Self {
        for record in &mut self.0 {
            for name in ["at", "began", "doubt"] {
                if let Some(time) = record.get_mut(name) {
                    let text = time.as_str().expect("a time");
                    let then: jiff::Timestamp = text.parse().expect("a time");
                    *time = change(then).to_string().into();
                }
            }
        }
        self
    }

    /// The first `count` records.
    #[must_use]
    pub fn first(mut self, count: usize) -> Self {
        self.0.truncate(count);
        self
    }

    /// The index of the n-th record of this kind, counted from 0.
    ///
    /// # Panics
    /// If there are fewer.
    #[must_use]
    pub fn position(&self, kind: &str, n: usize) -> usize {
        let records = self.0.iter().enumerate();
        let mut found = records.filter(|(_, record)| record["record"] == kind);
        found.nth(n).expect("a record").0
    }
}
