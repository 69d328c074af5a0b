//! Serves HTTP over one connection, until a connection script takes it over.

use axum::Router;
use hyper::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use tokio::sync::{mpsc, watch};

use super::byte_stream::ByteStream;
use super::connection_script::ConnectionScript;

/// A request extension that hands the connection of the request over to a script.
#[derive(Debug, Clone)]
pub(crate) struct ConnectionHandle(mpsc::Sender<ConnectionScript>);

impl ConnectionHandle {
    /// Hands the connection over. This never returns: the caller is dropped while it waits.
    pub(crate) async fn take_over<T>(&self, script: ConnectionScript) -> T {
        // Sending fails only if the connection is gone, and the caller with it.
        let _ = self.0.send(script).await;
        std::future::pending().await
    }
}

/// Serves a connection until it ends. A message in `hang_up` closes it when idle; the end of that
/// channel also aborts a running script.
pub(crate) async fn serve(
    stream: impl ByteStream,
    router: Router,
    mut hang_up: watch::Receiver<()>,
) {
    let (handle, mut scripts) = mpsc::channel(1);
    let handle = ConnectionHandle(handle);
    let app = TowerToHyperService::new(router);
    let service = service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(handle.clone());
        app.call(request)
    });
    let mut http = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
    let mut stopping = false;
    let script = loop {
        tokio::select! {
            biased;
            Some(script) = scripts.recv() => break script,
            // An error means that the client broke the connection or the protocol.
            _ = &mut http => return,
            message = hang_up.changed(), if !stopping => {
                stopping = message.is_err();
                std::pin::Pin::new(&mut http).graceful_shutdown();
            }
        }
    };
    let stream = http.into_parts().io.into_inner();
    tokio::select! {
        // The client may disconnect at any time.
        _ = script.run(stream) => {}
        () = end_of(hang_up) => {}
    }
}

async fn end_of(mut hang_up: watch::Receiver<()>) {
    while hang_up.changed().await.is_ok() {}
}
