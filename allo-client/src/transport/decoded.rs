//! What reading a body comes to, and the type of the functions that read. The functions are in `call::answer`, when they
//! are called is in `reading`.

use std::any::Any;

/// Reads a body.
pub(crate) type ReadBody = fn(&[u8]) -> Decoded;

/// What reading a body came to.
#[derive(Debug)]
pub(crate) struct Decoded {
    /// What was read, or why nothing was, without any data.
    pub(crate) value: Result<Box<dyn Any + Send>, String>,
    /// Whether it certainly is an answer of the API: it has all that its operation answers with, and no member says that
    /// it failed. If not, its shape tells.
    pub(crate) is_certain: bool,
}

impl Decoded {
    /// What cannot be read.
    pub(crate) fn failed(problem: impl Into<String>) -> Self {
        Self {
            value: Err(problem.into()),
            is_certain: false,
        }
    }

    /// For operations whose body does not matter.
    pub(crate) fn unit(_: &[u8]) -> Self {
        Self {
            value: Ok(Box::new(())),
            is_certain: false,
        }
    }
}
