//! Opens and closes the port of a running sandbox. While it is closed, the operating system refuses
//! connections; the port stays reserved.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant;

/// The maximum number of connections waiting to be accepted.
const BACKLOG: u32 = 1_024;

/// The delay before a failed system call is retried.
const PAUSE: Duration = Duration::from_millis(1);

/// A command for the listener.
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
        // The sender may be gone.
        let _ = self.done.send(());
    }
}

/// A handle for sending commands to the listener.
#[derive(Debug)]
pub(crate) struct ListenerHandle(mpsc::UnboundedSender<PendingCommand>);

impl ListenerHandle {
    pub(crate) fn new() -> (Self, mpsc::UnboundedReceiver<PendingCommand>) {
        let (sender, receiver) = mpsc::unbounded_channel();
        (Self(sender), receiver)
    }

    /// Sends a command. Returns when it was executed, or the sandbox has stopped.
    pub(crate) async fn send(&self, command: Command) {
        let (done, heard) = oneshot::channel();
        if self.0.send(PendingCommand { command, done }).is_ok() {
            let _ = heard.await;
        }
    }
}

/// The listening socket, open or closed.
#[derive(Debug)]
pub(crate) struct Listener {
    address: SocketAddr,
    state: ListenerState,
}

#[derive(Debug)]
enum ListenerState {
    Open(TcpListener),
    /// Bound but not listening; until this time, if given.
    Closed(TcpSocket, Option<Instant>),
    /// In transition.
    Moving,
}

impl Listener {
    pub(crate) fn new(listener: TcpListener) -> io::Result<Self> {
        Ok(Self {
            address: listener.local_addr()?,
            state: ListenerState::Open(listener),
        })
    }

    /// Accepts the next connection, if the port is open. Opens it when the time of a command has passed.
    pub(crate) async fn next(&mut self) -> TcpStream {
        loop {
            match &self.state {
                ListenerState::Open(listener) => match listener.accept().await {
                    Ok((stream, _)) => return stream,
                    // The client has disconnected, or too many files are open.
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

    /// If the port is already closed, it stays closed at least as long as before.
    async fn close(&mut self, until: Option<Instant>) {
        if let ListenerState::Closed(_, planned) = &mut self.state {
            *planned = planned.zip(until).map(|(one, other)| one.max(other));
            return;
        }
        // Stops listening; connections waiting to be accepted are reset.
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
        // Accepted connections must not block the address.
        socket.set_reuseaddr(true)?;
        socket.bind(self.address)?;
        Ok(socket)
    }
}
