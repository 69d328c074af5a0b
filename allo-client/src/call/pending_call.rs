//! The future of a call. All calls share one implementation and differ only in the type of their response, so that they
//! compile fast.

use std::fmt;
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use crate::error::ErrorKind;
use crate::error::{Error, Outcome};
use crate::support::box_future::BoxFuture;
use crate::transport::CallResult;
use crate::transport::response::Response;

/// A call that resolves to a response with a `T`. Nothing is sent until it is awaited.
#[must_use = "nothing is sent until it is awaited"]
pub struct PendingCall<T> {
    work: BoxFuture<CallResult>,
    response: PhantomData<fn() -> T>,
}

impl<T: 'static> PendingCall<T> {
    /// A call that fails before anything is sent.
    pub(crate) fn failed(error: Error) -> Self {
        Self::new(std::future::ready(Err(error)))
    }

    /// `work` decodes the response as a `T`.
    pub(super) fn new(work: impl Future<Output = CallResult> + Send + 'static) -> Self {
        Self {
            work: Box::pin(work),
            response: PhantomData,
        }
    }
}

impl<T: 'static> Future for PendingCall<T> {
    type Output = Result<Response<T>, Error>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let (meta, value) = ready!(self.work.as_mut().poll(context))?;
        Poll::Ready(match value.downcast::<T>() {
            Ok(value) => Ok(Response::new(*value, meta)),
            Err(_) => Err(Error::new(
                ErrorKind::Decode,
                "the response was decoded as another type",
            )
            .with_outcome(Outcome::Executed)),
        })
    }
}

impl<T> fmt::Debug for PendingCall<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PendingCall").finish_non_exhaustive()
    }
}
