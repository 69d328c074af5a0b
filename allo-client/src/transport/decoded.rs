//! The result of decoding a body, and the type of decoding functions. The functions are in `call::decoders`; `decoding`
//! calls them.

use std::any::Any;

/// Decodes a body.
pub(crate) type DecodeBody = fn(&[u8]) -> Decoded;

/// The result of decoding a body.
#[derive(Debug)]
pub(crate) struct Decoded {
    /// The value, or why the body could not be decoded. The text contains no data of the body.
    pub(crate) value: Result<Box<dyn Any + Send>, String>,
    /// Whether the body certainly is a successful response of the API: it has every required member, and no member says
    /// that the request failed. If false, the shape of the body decides.
    pub(crate) is_certain: bool,
}

impl Decoded {
    /// A body that could not be decoded.
    pub(crate) fn failed(problem: impl Into<String>) -> Self {
        Self {
            value: Err(problem.into()),
            is_certain: false,
        }
    }

    /// For operations whose response body is ignored.
    pub(crate) fn unit(_: &[u8]) -> Self {
        Self {
            value: Ok(Box::new(())),
            is_certain: false,
        }
    }
}
