//! Opening and closing the port of a running sandbox. While it is closed nothing listens, so that
//! the operating system itself refuses connections; the port stays reserved.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant;

/// Connections that may wait to be accepted.
const BACKLOG: u32 = 1_024;

/// How long to wait before a step that the operating system refused is tried again.
const PAUSE: Duration = Duration::from_millis(1);

/// What is asked of the doors.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Command {
    Open,
    Close,
    CloseFor(Duration),
}

#[derive(Debug)]
pub(crate) struct PendingCommand {
    pub(crate) command: Command,
    done: oneshot::Sender<()>,
}

impl PendingCommand {
    pub(crate) fn done(self) {
        // Whoever asked may have gone.
        let _ = self.done.send(());
    }
}

/// The place from which doors are ordered open or closed.
#[derive(Debug)]
pub(crate) struct ListenerHandle(mpsc::UnboundedSender<PendingCommand>);

impl ListenerHandle {
    pub(crate) fn new() -> (Self, mpsc::UnboundedReceiver<PendingCommand>) {
        let (sender, receiver) = mpsc::unbounded_channel();
        (Self(sender), receiver)
    }

    /// Returns once it is done, or the sandbox has stopped.
    pub(crate) async fn send(&self, command: Command) {
        let (done, heard) = oneshot::channel();
        if self.0.send(PendingCommand { command, done }).is_ok() {
            let _ = heard.await;
        }
    }
}

/// The port, open or closed.
#[derive(Debug)]
pub(crate) struct Listener {
    address: SocketAddr,
    state: ListenerState,
}

#[derive(Debug)]
enum ListenerState {
    Open(TcpListener),
    /// Bound and not listening; until when, if that was said.
    Closed(TcpSocket, Option<Instant>),
    /// Between the two.
    Moving,
}

impl Listener {
    pub(crate) fn new(listener: TcpListener) -> io::Result<Self> {
        Ok(Self {
            address: listener.local_addr()?,
            state: ListenerState::Open(listener),
        })
    }

    /// The next connection; none comes while the doors are closed. Opens them when it is time to.
    pub(crate) async fn next(&mut self) -> TcpStream {
        loop {
            match &self.state {
                ListenerState::Open(listener) => match listener.accept().await {
                    Ok((stream, _)) => return stream,
                    // It was gone before it was accepted, or there are too many files open.
                    Err(_) => tokio::time::sleep(PAUSE).await,
                },
                ListenerState::Closed(_, Some(until)) => {
                    tokio::time::sleep_until(*until).await;
                    self.open().await;
                }
                ListenerState::Closed(_, None) | ListenerState::Moving => {
                    std::future::pending().await
                }
            }
        }
    }

    pub(crate) async fn execute(&mut self, command: Command) {
        match command {
            Command::Open => self.open().await,
            Command::Close => self.close(None).await,
            Command::CloseFor(time) => self.close(Some(Instant::now() + time)).await,
        }
    }

    async fn open(&mut self) {
        if matches!(self.state, ListenerState::Open(_)) {
            return;
        }
        loop {
            if let ListenerState::Closed(socket, _) =
                std::mem::replace(&mut self.state, ListenerState::Moving)
                && let Ok(listener) = socket.listen(BACKLOG)
            {
                self.state = ListenerState::Open(listener);
                return;
            }
            tokio::time::sleep(PAUSE).await;
            self.reserve(None).await;
        }
    }

    /// Doors that are closed already stay so at least as long as they would have.
    async fn close(&mut self, until: Option<Instant>) {
        if let ListenerState::Closed(_, planned) = &mut self.state {
            *planned = planned.zip(until).map(|(one, other)| one.max(other));
            return;
        }
        // Ends listening, and with it everything that waited to be accepted.
        self.state = ListenerState::Moving;
        self.reserve(until).await;
    }

    async fn reserve(&mut self, until: Option<Instant>) {
        loop {
            if let Ok(socket) = self.bound() {
                self.state = ListenerState::Closed(socket, until);
                return;
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    fn bound(&self) -> io::Result<TcpSocket> {
        let socket = TcpSocket::new_v4()?;
        // Connections that were accepted here must not stand in the way.
        socket.set_reuseaddr(true)?;
        socket.bind(self.address)?;
        Ok(socket)
    }
}
