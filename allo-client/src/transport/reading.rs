//! Decodes the body of a 2xx response before it is classified: a body that was decoded needs no separate check of its
//! shape. The decoding functions are in `call::answer`.

use tokio::runtime::Handle;
use tokio::task::JoinError;

use super::decoded::{DecodeBody, Decoded};
use super::http_transport::{Answer, Attempt};

/// A longer body is decoded on a blocking thread.
const LONG_BODY: usize = 256 * 1024;

/// Decodes the body of an attempt that may have succeeded.
pub(crate) async fn read(attempt: Attempt, read: DecodeBody) -> Attempt {
    match attempt {
        Attempt::Answered(answer) if answer.is_whole_success() && answer.decoded.is_none() => {
            Attempt::Answered(read_body(answer, read).await)
        }
        other => other,
    }
}

async fn read_body(mut answer: Answer, read: DecodeBody) -> Answer {
    let decoded = match Handle::try_current() {
        Ok(runtime) if answer.body.len() > LONG_BODY => {
            let body = std::mem::take(&mut answer.body);
            let reading = runtime.spawn_blocking(move || (read(&body), body));
            match reading.await.map_err(JoinError::try_into_panic) {
                Ok((decoded, body)) => {
                    answer.body = body;
                    decoded
                }
                Err(Ok(panic)) => std::panic::resume_unwind(panic),
                Err(Err(_)) => Decoded::failed("the runtime is shutting down"),
            }
        }
        _ => read(&answer.body),
    };
    answer.decoded = Some(decoded);
    answer
}

#[cfg(test)]
mod tests {
    use std::thread::{self, ThreadId};

    use reqwest::header::HeaderMap;

    use super::*;

    fn answered(length: usize) -> Attempt {
        Attempt::Answered(Answer {
            status: 200,
            headers: HeaderMap::new(),
            body: vec![b' '; length],
            problem: None,
            decoded: None,
        })
    }

    /// The thread that decodes a body of this length.
    async fn reader(length: usize) -> ThreadId {
        let this_thread = |_: &[u8]| Decoded {
            value: Ok(Box::new(thread::current().id())),
            is_certain: true,
        };
        let Attempt::Answered(answer) = read(answered(length), this_thread).await else {
            panic!("it was answered");
        };
        assert_eq!(answer.body.len(), length);
        let value = answer.decoded.unwrap().value.unwrap();
        *value.downcast().unwrap()
    }

    #[tokio::test]
    async fn a_long_body_is_read_where_it_holds_up_nobody() {
        let here = thread::current().id();
        assert_eq!(reader(LONG_BODY).await, here);
        assert_ne!(reader(LONG_BODY + 1).await, here);
    }

    #[tokio::test]
    async fn a_panic_goes_where_it_belongs() {
        let panics = |_: &[u8]| -> Decoded { panic!("as planned") };
        let joined = tokio::spawn(read(answered(LONG_BODY + 1), panics)).await;
        assert!(joined.unwrap_err().is_panic());
    }
}
