//! Reads the body of a response up to a size limit, and keeps the part that arrived if the connection closes.

use reqwest::header::HeaderMap;

use super::http_transport::{BodyProblem, ReceivedResponse};
use super::sender::OpenBody;

/// A body, as far as it arrived.
#[derive(Debug, Default)]
pub(crate) struct ResponseBody {
    pub(crate) bytes: Vec<u8>,
    pub(crate) problem: Option<BodyProblem>,
}

impl ResponseBody {
    /// The response that the body belongs to, not yet decoded.
    pub(crate) fn into_response(self, status: u16, headers: HeaderMap) -> ReceivedResponse {
        ReceivedResponse {
            status,
            headers,
            body: self.bytes,
            problem: self.problem,
            decoded: None,
        }
    }
}

/// How much is read of a body whose `Content-Length` exceeds the limit.
const BEGINNING: usize = 4 * 1024;

/// Reads at most `most` bytes.
pub(crate) async fn read(mut open: OpenBody, most: usize) -> ResponseBody {
    let announced = open.length();
    let mut body = ResponseBody::default();
    // If the body is known to be too long, its beginning shows whether the API sent it.
    let most = match announced {
        Some(length) if length > most as u64 => most.min(BEGINNING),
        _ => most,
    };
    loop {
        match open.chunk().await {
            Ok(Some(chunk)) => {
                let room = most - body.bytes.len();
                body.bytes.extend(chunk.iter().take(room));
                if chunk.len() > room {
                    body.problem = Some(BodyProblem::TooLarge);
                    return body;
                }
            }
            Ok(None) => return body,
            Err(error) => {
                body.problem = Some(BodyProblem::Broken(error));
                return body;
            }
        }
    }
}
