//! What is done to a connection by hand, byte by byte, once the HTTP server has let go of it.
//! What to do is decided in `faults`.

use std::io;
use std::time::Duration;

use axum::body::Bytes;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::wire::Wire;

/// As many blanks as are written at once; a huge body is never held whole.
static BLANKS: [u8; 64 * 1024] = [b' '; 64 * 1024];

/// The rest of a connection's life.
#[derive(Debug)]
pub(crate) struct Act {
    pub(crate) steps: Vec<Step>,
    pub(crate) end: End,
}

#[derive(Debug)]
pub(crate) enum Step {
    Write(Bytes),
    Wait(Duration),
    /// One byte at a time, with this time between two.
    Drip(Bytes, Duration),
    /// A chunk of the chunked transfer coding; an empty one is the last.
    Chunk(Bytes),
    /// That many blanks, in chunks.
    Blanks(u64),
}

/// How a connection ends.
#[derive(Debug)]
pub(crate) enum End {
    /// RST.
    Reset,
    /// FIN, after a proper farewell when there is TLS.
    Close,
    /// FIN alone.
    Cut,
}

impl Act {
    /// Resets the connection at once.
    pub(crate) fn reset() -> Self {
        Self {
            steps: Vec::new(),
            end: End::Reset,
        }
    }

    /// Closes the connection at once.
    pub(crate) fn close() -> Self {
        Self {
            steps: Vec::new(),
            end: End::Close,
        }
    }

    /// Carries it out. An error means that the client went away first, which is its right.
    pub(crate) async fn perform(self, mut wire: impl Wire) -> io::Result<()> {
        for step in self.steps {
            step.perform(&mut wire).await?;
        }
        match self.end {
            End::Reset => wire.into_tcp().set_zero_linger(),
            End::Close => {
                wire.shutdown().await?;
                linger(wire.into_tcp()).await
            }
            End::Cut => {
                let mut tcp = wire.into_tcp();
                tcp.shutdown().await?;
                linger(tcp).await
            }
        }
    }
}

impl Step {
    async fn perform(self, wire: &mut impl Wire) -> io::Result<()> {
        match self {
            Self::Write(bytes) => send(wire, &bytes).await,
            Self::Wait(time) => {
                tokio::time::sleep(time).await;
                Ok(())
            }
            Self::Drip(bytes, interval) => drip(wire, &bytes, interval).await,
            Self::Chunk(bytes) => chunk(wire, &bytes).await,
            Self::Blanks(count) => blanks(wire, count).await,
        }
    }
}

async fn send(wire: &mut impl Wire, bytes: &[u8]) -> io::Result<()> {
    wire.write_all(bytes).await?;
    wire.flush().await
}

async fn drip(wire: &mut impl Wire, bytes: &[u8], interval: Duration) -> io::Result<()> {
    for byte in bytes {
        tokio::time::sleep(interval).await;
        send(wire, &[*byte]).await?;
    }
    Ok(())
}

async fn chunk(wire: &mut impl Wire, bytes: &[u8]) -> io::Result<()> {
    wire.write_all(format!("{:x}\r\n", bytes.len()).as_bytes())
        .await?;
    wire.write_all(bytes).await?;
    send(wire, b"\r\n").await
}

async fn blanks(wire: &mut impl Wire, mut count: u64) -> io::Result<()> {
    while count > 0 {
        let size = usize::try_from(count).map_or(BLANKS.len(), |count| count.min(BLANKS.len()));
        chunk(wire, BLANKS.get(..size).unwrap_or(&BLANKS)).await?;
        count = count.saturating_sub(size as u64);
    }
    Ok(())
}

/// Reads until the client closes too. Closing a socket with unread bytes in it would send RST.
async fn linger(mut tcp: TcpStream) -> io::Result<()> {
    let mut ignored = vec![0; 8 * 1024];
    while tcp.read(&mut ignored).await? > 0 {}
    Ok(())
}
