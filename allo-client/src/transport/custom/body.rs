//! The body of a response of a transport: all of it, or piece by piece.

use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;

use bytes::Bytes;
use futures_core::Stream;

use super::failure::TransportFailure;
use crate::error::BoxError;
use crate::transport::http_transport::TransportError;
use crate::transport::route::Proxies;

/// The body of a response, as a [`Transport`](super::Transport) returns it.
///
/// Make one from bytes or a text if all of it is there, and by [`from_stream`](Self::from_stream) if it
/// arrives piece by piece. The default is an empty one.
#[derive(Default)]
pub struct TransportBody(BodyState);

enum BodyState {
    /// What is left of a body that is all there.
    Whole(Bytes),
    Stream(Pieces),
    /// The response of our own HTTP client, and what it goes through.
    Http(Box<reqwest::Response>, Arc<Proxies>),
}

type Pieces = Pin<Box<dyn Stream<Item = Result<Bytes, TransportFailure>> + Send>>;

impl Default for BodyState {
    fn default() -> Self {
        Self::Whole(Bytes::new())
    }
}

impl TransportBody {
    /// A body that arrives piece by piece. An error ends it: the response is then incomplete.
    pub fn from_stream<S, E>(pieces: S) -> Self
    where
        S: Stream<Item = Result<Bytes, E>> + Send + 'static,
        E: Into<BoxError> + 'static,
    {
        Self(BodyState::Stream(Box::pin(MapError(Box::pin(pieces)))))
    }

    pub(crate) fn of_http(response: reqwest::Response, proxies: Arc<Proxies>) -> Self {
        Self(BodyState::Http(Box::new(response), proxies))
    }

    /// The length of the body, if it is known before it is read.
    pub(crate) fn length(&self) -> Option<u64> {
        match &self.0 {
            BodyState::Whole(bytes) => Some(bytes.len() as u64),
            BodyState::Stream(_) => None,
            BodyState::Http(response, _) => response.content_length(),
        }
    }

    /// The next piece; none at the end.
    pub(crate) async fn chunk(&mut self) -> Result<Option<Bytes>, TransportError> {
        match &mut self.0 {
            BodyState::Whole(bytes) => {
                let all = std::mem::take(bytes);
                Ok(Some(all).filter(|all| !all.is_empty()))
            }
            BodyState::Stream(pieces) => {
                let piece = poll_fn(|context| pieces.as_mut().poll_next(context)).await;
                piece.transpose().map_err(TransportFailure::into_error)
            }
            BodyState::Http(response, proxies) => {
                let chunk = response.chunk().await;
                chunk.map_err(|error| TransportError::of(error, proxies))
            }
        }
    }
}

/// A stream of which any error breaks the response off.
struct MapError<S>(Pin<Box<S>>);

impl<S, E> Stream for MapError<S>
where
    S: Stream<Item = Result<Bytes, E>>,
    E: Into<BoxError> + 'static,
{
    type Item = Result<Bytes, TransportFailure>;

    fn poll_next(
        mut self: Pin<&mut Self>,
        context: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Self::Item>> {
        let piece = self.0.as_mut().poll_next(context);
        piece.map(|piece| piece.map(|piece| piece.map_err(TransportFailure::broken)))
    }
}

impl From<Bytes> for TransportBody {
    fn from(bytes: Bytes) -> Self {
        Self(BodyState::Whole(bytes))
    }
}

impl From<Vec<u8>> for TransportBody {
    fn from(bytes: Vec<u8>) -> Self {
        Bytes::from(bytes).into()
    }
}

impl From<String> for TransportBody {
    fn from(text: String) -> Self {
        Bytes::from(text).into()
    }
}

impl From<&'static str> for TransportBody {
    fn from(text: &'static str) -> Self {
        Bytes::from(text).into()
    }
}

impl fmt::Debug for TransportBody {
    /// Without the content, which may be personal.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TransportBody").finish_non_exhaustive()
    }
}
