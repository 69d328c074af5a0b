//! Checks the quotes of a CSV file while it is read, and tracks the line of each record. The
//! csv crate accepts misplaced quotes and then returns fewer, longer rows, and it does not
//! count blank lines.

use std::collections::VecDeque;
use std::fmt;
use std::io::{self, Read};

/// Passes bytes through, and fails at the first misplaced quote.
pub(super) struct QuoteCheck<R> {
    inner: R,
    delimiter: u8,
    state: QuoteState,
    /// The line of the next byte, from 1.
    line: u64,
    /// The line in which the quoted field begins.
    opened: u64,
    /// Whether the previous byte was a carriage return.
    after_return: bool,
    /// Whether the next byte is inside a record.
    in_record: bool,
    /// The first lines of records that were not asked for yet: those in one buffer.
    begun: VecDeque<u64>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum QuoteState {
    FieldStart,
    Unquoted,
    Quoted,
    /// After a quote in a quoted field: the end of the field, or half of a doubled quote.
    QuoteInQuoted,
}

/// The problem and its line.
#[derive(Debug)]
pub(super) struct BadQuotes {
    pub(super) line: u64,
    pub(super) what: &'static str,
}

impl fmt::Display for BadQuotes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.what)
    }
}

impl std::error::Error for BadQuotes {}

impl<R> QuoteCheck<R> {
    pub(super) const fn new(inner: R, delimiter: u8) -> Self {
        Self {
            inner,
            delimiter,
            state: QuoteState::FieldStart,
            line: 1,
            opened: 1,
            after_return: false,
            in_record: false,
            begun: VecDeque::new(),
        }
    }

    /// The first line of the next record; the last line if there is none.
    pub(super) fn next_record(&mut self) -> u64 {
        self.begun.pop_front().unwrap_or(self.line)
    }

    fn see(&mut self, byte: u8) -> Result<(), BadQuotes> {
        let ends_line = byte == b'\n' || byte == b'\r';
        let ends_field = byte == self.delimiter || ends_line;
        if !ends_line && !self.in_record {
            self.begun.push_back(self.line);
            self.in_record = true;
        }
        self.state = match (self.state, byte) {
            (QuoteState::FieldStart, b'"') => {
                self.opened = self.line;
                QuoteState::Quoted
            }
            (QuoteState::Quoted, b'"') => QuoteState::QuoteInQuoted,
            (QuoteState::Quoted, _) | (QuoteState::QuoteInQuoted, b'"') => QuoteState::Quoted,
            (QuoteState::Unquoted, b'"') => {
                return Err(self.bad(self.line, "quote inside an unquoted field"));
            }
            _ if ends_field => QuoteState::FieldStart,
            (QuoteState::QuoteInQuoted, _) => {
                return Err(self.bad(self.opened, "text after a closing quote"));
            }
            _ => QuoteState::Unquoted,
        };
        if ends_line && self.state != QuoteState::Quoted {
            self.in_record = false;
        }
        let second_half = self.after_return && byte == b'\n';
        self.line += u64::from(ends_line && !second_half);
        self.after_return = byte == b'\r';
        Ok(())
    }

    fn end(&self) -> Result<(), BadQuotes> {
        match self.state {
            QuoteState::Quoted => Err(self.bad(self.opened, "unclosed quote")),
            _ => Ok(()),
        }
    }

    const fn bad(&self, line: u64, what: &'static str) -> BadQuotes {
        BadQuotes { line, what }
    }
}

impl<R: Read> Read for QuoteCheck<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        let seen = match buffer.get(..count) {
            Some([]) if !buffer.is_empty() => self.end(),
            bytes => bytes
                .into_iter()
                .flatten()
                .try_for_each(|byte| self.see(*byte)),
        };
        seen.map_err(|bad| io::Error::new(io::ErrorKind::InvalidData, bad))?;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(text: &str) -> Option<(u64, &'static str)> {
        let mut check = QuoteCheck::new(text.as_bytes(), b';');
        let error = check.read_to_end(&mut Vec::new()).err()?;
        let bad = error.get_ref()?.downcast_ref::<BadQuotes>()?;
        Some((bad.line, bad.what))
    }

    #[test]
    fn quotes_in_their_place_pass() {
        for text in [
            "",
            "a;b\n",
            "\"a;\"\"b\"\"\";c\r\n\"d\ne\"\n",
            "\"\";\"\"\n",
            "\"a\"",
        ] {
            assert_eq!(problem(text), None, "{text}");
        }
    }

    #[test]
    fn quotes_out_of_place_are_named_by_the_line_they_belong_to() {
        let table = [
            ("a\n5\" pipe;b\n", (2, "quote inside an unquoted field")),
            ("a\n\"b\nc\"d;e\n", (2, "text after a closing quote")),
            ("a\n\"b;c\nd\n", (2, "unclosed quote")),
        ];
        for (text, expected) in table {
            assert_eq!(problem(text), Some(expected), "{text}");
        }
    }
}
