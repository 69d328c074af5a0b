//! The accept loop, and graceful shutdown.

use axum::Router;
use tokio::net::TcpStream;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

use super::connection;
use super::listener::{Command, Listener, PendingCommand};

/// The parts of the accept loop.
pub(crate) struct Server {
    pub(crate) listener: Listener,
    pub(crate) commands: mpsc::UnboundedReceiver<PendingCommand>,
    pub(crate) tls: Option<TlsAcceptor>,
    pub(crate) router: Router,
}

impl Server {
    /// Runs until `stop` is sent or dropped, then waits for requests in progress.
    pub(crate) async fn run(mut self, mut stop: oneshot::Receiver<()>) {
        // A message asks connections to close when idle; the end of the channel means shutdown.
        let (hang_up, _) = watch::channel(());
        let mut connections = JoinSet::new();
        loop {
            tokio::select! {
                biased;
                _ = &mut stop => break,
                Some(pending) = self.commands.recv() => {
                    self.listener.execute(pending.command).await;
                    if !matches!(pending.command, Command::Open) {
                        hang_up.send_replace(());
                    }
                    pending.done();
                }
                stream = self.listener.next() => {
                    connections.spawn(self.connection(stream, hang_up.subscribe()));
                }
                Some(_) = connections.join_next() => {}
            }
        }
        drop((self, hang_up));
        while connections.join_next().await.is_some() {}
    }

    fn connection(
        &self,
        stream: TcpStream,
        mut hang_up: watch::Receiver<()>,
    ) -> impl Future<Output = ()> + Send + 'static {
        let (tls, router) = (self.tls.clone(), self.router.clone());
        async move {
            // Parts of a response that are written separately must be sent separately. If setting the option
            // fails, the connection is gone.
            let _ = stream.set_nodelay(true);
            let Some(tls) = tls else {
                return connection::serve(stream, router, hang_up).await;
            };
            tokio::select! {
                Ok(stream) = tls.accept(stream) => connection::serve(stream, router, hang_up.clone()).await,
                _ = hang_up.changed() => {}
                else => {}
            }
        }
    }
}
