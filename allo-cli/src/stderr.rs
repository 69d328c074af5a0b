//! Writes lines to stderr.

use std::io::Write;

/// Writes a line to stderr. A closed stderr is ignored: there is no other place to report it.
pub(crate) fn print_stderr(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}
