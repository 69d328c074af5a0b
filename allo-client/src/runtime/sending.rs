//! The future of a call. All calls share one piece of code that works and differ
//! only in how the answer is read, so that each compiles fast.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio::runtime::Handle;
use tokio::task::JoinError;

use super::BoxFuture;
use super::codec::decode::{self, Data, DataIfAny};
use super::response::Response;
use crate::error::Kind;
use crate::transport::{self, Prepared, Success};
use crate::{Error, Outcome};

/// A longer body is read on a thread where it holds up no other task.
const LONG_BODY: usize = 256 * 1024;

/// A call on its way to an answer with a `T`. Nothing is sent until it is awaited.
#[must_use = "nothing is sent until it is awaited"]
pub struct Sending<T> {
    /// What the call comes to before the answer is read.
    work: BoxFuture<Result<(Prepared, Success), Error>>,
    read: Read<T>,
    /// Reads it on another thread.
    spawn: fn(&Handle, Read<T>, Prepared, Success) -> Reading<T>,
    /// The answer that is read there.
    reading: Option<Reading<T>>,
}

type Read<T> = fn(Prepared, Success) -> Result<Response<T>, Error>;
type Reading<T> = BoxFuture<Result<Response<T>, Error>>;

impl<T: Send + 'static> Sending<T> {
    pub(super) fn new(
        work: impl Future<Output = Result<(Prepared, Success), Error>> + Send + 'static,
        read: Read<T>,
    ) -> Self {
        let work = Box::pin(work);
        Self {
            work,
            read,
            spawn,
            reading: None,
        }
    }
}

impl<T> Future for Sending<T> {
    type Output = Result<Response<T>, Error>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        if self.reading.is_none() {
            let (prepared, success) = ready!(self.work.as_mut().poll(context))?;
            let read = self.read;
            match Handle::try_current() {
                Ok(runtime) if success.body.len() > LONG_BODY => {
                    self.reading = Some((self.spawn)(&runtime, read, prepared, success));
                }
                _ => return Poll::Ready(read(prepared, success)),
            }
        }
        match &mut self.reading {
            Some(reading) => reading.as_mut().poll(context),
            None => Poll::Pending,
        }
    }
}

fn spawn<T: Send + 'static>(
    runtime: &Handle,
    read: Read<T>,
    prepared: Prepared,
    success: Success,
) -> Reading<T> {
    let operation = prepared.operation;
    let reading = runtime.spawn_blocking(move || read(prepared, success));
    Box::pin(async move {
        match reading.await.map_err(JoinError::try_into_panic) {
            Ok(answer) => answer,
            Err(Ok(panic)) => std::panic::resume_unwind(panic),
            Err(Err(_)) => {
                let message = "the answer was not read, as the runtime is shutting down";
                let error = Error::new(Kind::Decode, message).with_operation(operation);
                Err(error.with_outcome(Outcome::Executed))
            }
        }
    })
}

impl<T> fmt::Debug for Sending<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sending").finish_non_exhaustive()
    }
}

/// The whole body of the answer is a `T`.
pub(super) fn whole<T: DeserializeOwned>(
    prepared: Prepared,
    success: Success,
) -> Result<Response<T>, Error> {
    match decode::from_bytes(&success.body) {
        Ok(body) => Ok(Response::new(body, success.meta)),
        Err(problem) => Err(undecodable(&prepared, success, problem)),
    }
}

/// The body of the answer is `{"data": T}`.
pub(super) fn data<T: DeserializeOwned>(
    prepared: Prepared,
    success: Success,
) -> Result<Response<T>, Error> {
    whole(prepared, success).map(|answer| answer.map(|Data(data)| data))
}

/// The same, of which the data may be missing.
pub(super) fn data_if_any<T: DeserializeOwned + Default>(
    prepared: Prepared,
    success: Success,
) -> Result<Response<T>, Error> {
    whole(prepared, success).map(|answer| answer.map(|DataIfAny(data)| data))
}

/// Whatever the body of the answer is; null if it has none.
pub(super) fn value(prepared: Prepared, success: Success) -> Result<Response<Value>, Error> {
    if success.body.trim_ascii().is_empty() {
        return Ok(Response::new(Value::Null, success.meta));
    }
    whole(prepared, success)
}

/// The body of the answer does not matter.
pub(super) fn unit(_: Prepared, success: Success) -> Result<Response<()>, Error> {
    Ok(Response::new((), success.meta))
}

fn undecodable(prepared: &Prepared, success: Success, mut problem: String) -> Error {
    if success.body.trim_ascii().is_empty() {
        problem = "it has no body".to_owned();
    }
    transport::undecodable(prepared, success, &problem)
}

#[cfg(test)]
mod tests {
    use std::thread::{self, ThreadId};

    use super::*;
    use crate::CallOptions;
    use crate::runtime::Meta;

    fn answered(length: usize) -> (Prepared, Success) {
        let meta = Meta::for_tests();
        let prepared = Prepared {
            operation: &crate::operations::GET_ME,
            path: String::new(),
            query: String::new(),
            body: None,
            key: None,
            options: CallOptions::default(),
        };
        let body = vec![b' '; length];
        (prepared, Success { meta, body })
    }

    /// Which thread reads a body of this length.
    async fn reader(length: usize) -> ThreadId {
        let work = async move { Ok(answered(length)) };
        let read = |_, success: Success| Ok(Response::new(thread::current().id(), success.meta));
        Sending::new(work, read).await.unwrap().into_inner()
    }

    #[tokio::test]
    async fn a_long_body_is_read_where_it_holds_up_nobody() {
        let here = thread::current().id();
        assert_eq!(reader(LONG_BODY).await, here);
        assert_ne!(reader(LONG_BODY + 1).await, here);
    }

    #[tokio::test]
    async fn a_panic_goes_where_it_belongs() {
        let read = |_, _| -> Result<Response<()>, Error> { panic!("as planned") };
        let work = async { Ok(answered(LONG_BODY + 1)) };
        let joined = tokio::spawn(Sending::new(work, read)).await;
        assert!(joined.unwrap_err().is_panic());
    }
}
