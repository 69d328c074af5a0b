//! Decodes the body of a 2xx response before it is classified: a body that was decoded needs no separate check of its
//! shape. The decoding functions are in `call::decoders`.

use tokio::runtime::Handle;
use tokio::task::JoinError;

use super::decoded::{DecodeBody, Decoded};
use super::http_transport::{Attempt, ReceivedResponse};

/// A longer body is decoded on a blocking thread.
const LONG_BODY: usize = 256 * 1024;

/// Decodes the body of an attempt that may have succeeded.
pub(crate) async fn decode(attempt: Attempt, decode: DecodeBody) -> Attempt {
    match attempt {
        Attempt::Answered(response)
            if response.is_whole_success() && response.decoded.is_none() =>
        {
            Attempt::Answered(decode_body(response, decode).await)
        }
        other => other,
    }
}

async fn decode_body(mut response: ReceivedResponse, decode: DecodeBody) -> ReceivedResponse {
    let decoded = match Handle::try_current() {
        Ok(runtime) if response.body.len() > LONG_BODY => {
            let body = std::mem::take(&mut response.body);
            let task = runtime.spawn_blocking(move || (decode(&body), body));
            match task.await.map_err(JoinError::try_into_panic) {
                Ok((decoded, body)) => {
                    response.body = body;
                    decoded
                }
                Err(Ok(panic)) => std::panic::resume_unwind(panic),
                Err(Err(_)) => Decoded::failed("the runtime is shutting down"),
            }
        }
        _ => decode(&response.body),
    };
    response.decoded = Some(decoded);
    response
}

#[cfg(test)]
mod tests {
    use std::thread::{self, ThreadId};

    use reqwest::header::HeaderMap;

    use super::*;

    fn answered(length: usize) -> Attempt {
        Attempt::Answered(ReceivedResponse {
            status: 200,
            headers: HeaderMap::new(),
            body: vec![b' '; length],
            problem: None,
            decoded: None,
        })
    }

    /// The thread that decodes a body of this length.
    async fn decoding_thread(length: usize) -> ThreadId {
        let this_thread = |_: &[u8]| Decoded {
            value: Ok(Box::new(thread::current().id())),
            is_certain: true,
        };
        let Attempt::Answered(response) = decode(answered(length), this_thread).await else {
            panic!("it was answered");
        };
        assert_eq!(response.body.len(), length);
        let value = response.decoded.unwrap().value.unwrap();
        *value.downcast().unwrap()
    }

    #[tokio::test]
    async fn a_long_body_is_decoded_on_a_blocking_thread() {
        let here = thread::current().id();
        assert_eq!(decoding_thread(LONG_BODY).await, here);
        assert_ne!(decoding_thread(LONG_BODY + 1).await, here);
    }

    #[tokio::test]
    async fn a_panic_goes_where_it_belongs() {
        let panics = |_: &[u8]| -> Decoded { panic!("as planned") };
        let joined = tokio::spawn(decode(answered(LONG_BODY + 1), panics)).await;
        assert!(joined.unwrap_err().is_panic());
    }
}
