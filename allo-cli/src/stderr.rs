//! Lines on stderr. What they say, and whether they are wanted, is decided by whoever writes them.

use std::io::Write;

/// Writes a line to stderr. A closed stderr is ignored: there is no other place to report it.
pub(crate) fn print_stderr(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}
