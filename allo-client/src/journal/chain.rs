//! The lines of a journal: JSON objects, each ending with its line number and a checksum over itself and the previous
//! line. A `Format` defines the content of the objects.
//!
//! ```text
//! {…,"n":3,"sum":"c0ffee00-…"}
//! ```
//!
//! The checksum is the version 5 UUID (SHA-1) of all bytes of the line before `,"sum":`, in the namespace of the
//! checksum of the previous line; the namespace of the first line is that for OIDs. So a line that was changed,
//! dropped, duplicated or moved does not verify, and neither does any line after it.

use serde::Serialize;
use uuid::Uuid;

/// The bytes between the content of a line and its checksum, and after the checksum.
const BEFORE_SUM: &[u8] = br#","sum":""#;
const AFTER_SUM: &[u8] = b"\"}\n";

/// The state of the checksum chain, from which the next line is sealed or verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Chain {
    /// The number of lines so far.
    lines: usize,
    /// The checksum of the last line.
    sum: Uuid,
}

impl Chain {
    /// The chain of an empty journal.
    pub(crate) const fn new() -> Self {
        Self {
            lines: 0,
            sum: Uuid::NAMESPACE_OID,
        }
    }

    /// The number of lines so far.
    pub(crate) const fn lines(&self) -> usize {
        self.lines
    }

    /// Encodes a value as the next line.
    pub(crate) fn seal(&mut self, value: &impl Serialize) -> serde_json::Result<Vec<u8>> {
        let mut line = serde_json::to_vec(value)?;
        // Remove the brace that ends the object.
        line.pop();
        line.extend_from_slice(self.number().as_bytes());
        let sum = Uuid::new_v5(&self.sum, &line);
        line.extend_from_slice(BEFORE_SUM);
        line.extend_from_slice(sum.to_string().as_bytes());
        line.extend_from_slice(AFTER_SUM);
        self.advance(sum);
        Ok(line)
    }

    /// Whether `line`, including its line feed, is the next line, unchanged.
    pub(crate) fn verify(&mut self, line: &[u8]) -> bool {
        let Some(sealed) = line.strip_suffix(AFTER_SUM) else {
            return false;
        };
        let sum_at = sealed.len().saturating_sub(uuid::fmt::Hyphenated::LENGTH);
        let (rest, sum) = sealed.split_at(sum_at);
        let Some(content) = rest.strip_suffix(BEFORE_SUM) else {
            return false;
        };
        let expected = Uuid::new_v5(&self.sum, content);
        if expected.to_string().as_bytes() != sum || !content.ends_with(self.number().as_bytes()) {
            return false;
        }
        self.advance(expected);
        true
    }

    fn number(&self) -> String {
        format!(",\"n\":{}", self.lines)
    }

    const fn advance(&mut self, sum: Uuid) {
        self.lines += 1;
        self.sum = sum;
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn lines(count: usize) -> Vec<Vec<u8>> {
        let mut chain = Chain::new();
        let line = |index| chain.seal(&json!({ "record": index })).expect("JSON");
        (0..count).map(line).collect()
    }

    fn verified(lines: &[&[u8]]) -> usize {
        let mut chain = Chain::new();
        lines.iter().take_while(|line| chain.verify(line)).count()
    }

    #[test]
    fn lines_verify_in_their_order_only() {
        let lines = lines(3);
        let [a, b, c] = [&lines[0][..], &lines[1][..], &lines[2][..]];
        assert!(a.starts_with(br#"{"record":0,"n":0,"sum":""#), "{a:?}");
        assert_eq!(verified(&[a, b, c]), 3);
        assert_eq!(verified(&[a, c]), 1, "one is missing");
        assert_eq!(verified(&[a, a, b]), 1, "one is duplicated");
        assert_eq!(verified(&[b, a, c]), 0, "two are swapped");
    }

    #[test]
    fn no_byte_of_a_line_can_be_changed_dropped_or_added() {
        let lines = lines(2);
        let line = &lines[1];
        let is_whole = |line: &[u8]| verified(&[&lines[0], line]) == 2;
        for index in 0..line.len() {
            for bit in 0..8 {
                let mut changed = line.clone();
                changed[index] ^= 1 << bit;
                assert!(!is_whole(&changed), "bit {bit} of byte {index}");
            }
            let mut shorter = line.clone();
            shorter.remove(index);
            let mut longer = line.clone();
            longer.insert(index, b' ');
            assert!(!is_whole(&shorter) && !is_whole(&longer), "byte {index}");
        }
        assert!(is_whole(line));
    }
}
