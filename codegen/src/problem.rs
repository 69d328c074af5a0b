//! What is wrong with an input, said so that a maintainer can go to the line and mend it.
//! Finding problems is the business of the stages; this file only carries and prints them.

use std::fmt;

/// A place in one of the input texts.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Location {
    /// Name of the text as the caller gave it, usually a path.
    pub file: String,
    /// Line, counted from 1.
    pub line: u64,
    /// Column, counted from 1.
    pub column: u64,
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.file, self.line, self.column)
    }
}

/// One thing that keeps the client from being generated.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// Where it stands in the text.
    pub location: Location,
    /// RFC 6901 pointer of the node; empty for the whole document.
    pub pointer: String,
    /// One sentence: what is wrong and what to do.
    pub message: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: #{}: {}", self.location, self.pointer, self.message)
    }
}

impl std::error::Error for Problem {}
