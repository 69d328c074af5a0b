//! Connection scripts: what is done to a connection, byte by byte, after it was taken from the HTTP
//! server. `faults` builds the scripts.

use std::io;
use std::time::Duration;

use axum::body::Bytes;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::byte_stream::ByteStream;

/// The size of one write; a huge body is never held in memory.
static PADDING: [u8; 64 * 1024] = [b' '; 64 * 1024];

/// The remaining steps of a connection.
#[derive(Debug)]
pub(crate) struct ConnectionScript {
    pub(crate) steps: Vec<Step>,
    pub(crate) end: End,
}

#[derive(Debug)]
pub(crate) enum Step {
    Write(Bytes),
    Wait(Duration),
    /// One byte at a time, with this interval.
    Drip(Bytes, Duration),
    /// A chunk of the chunked transfer coding; an empty one is the last.
    Chunk(Bytes),
    /// This many blanks, in chunks.
    Padding(u64),
}

/// How the connection ends.
#[derive(Debug)]
pub(crate) enum End {
    /// RST.
    Reset,
    /// FIN, with TLS after a close_notify.
    Close,
    /// FIN without close_notify.
    Cut,
}

impl ConnectionScript {
    /// Resets the connection immediately.
    pub(crate) fn reset() -> Self {
        Self {
            steps: Vec::new(),
            end: End::Reset,
        }
    }

    /// Closes the connection immediately.
    pub(crate) fn close() -> Self {
        Self {
            steps: Vec::new(),
            end: End::Close,
        }
    }

    /// Runs the script. An error means that the client disconnected first.
    pub(crate) async fn run(self, mut stream: impl ByteStream) -> io::Result<()> {
        for step in self.steps {
            step.run(&mut stream).await?;
        }
        match self.end {
            End::Reset => stream.into_tcp().set_zero_linger(),
            End::Close => {
                stream.shutdown().await?;
                linger(stream.into_tcp()).await
            }
            End::Cut => {
                let mut tcp = stream.into_tcp();
                tcp.shutdown().await?;
                linger(tcp).await
            }
        }
    }
}

impl Step {
    async fn run(self, stream: &mut impl ByteStream) -> io::Result<()> {
        match self {
            Self::Write(bytes) => send(stream, &bytes).await,
            Self::Wait(time) => {
                tokio::time::sleep(time).await;
                Ok(())
            }
            Self::Drip(bytes, interval) => drip(stream, &bytes, interval).await,
            Self::Chunk(bytes) => chunk(stream, &bytes).await,
            Self::Padding(count) => padding(stream, count).await,
        }
    }
}

async fn send(stream: &mut impl ByteStream, bytes: &[u8]) -> io::Result<()> {
    stream.write_all(bytes).await?;
    stream.flush().await
}

async fn drip(stream: &mut impl ByteStream, bytes: &[u8], interval: Duration) -> io::Result<()> {
    for byte in bytes {
        tokio::time::sleep(interval).await;
        send(stream, &[*byte]).await?;
    }
    Ok(())
}

async fn chunk(stream: &mut impl ByteStream, bytes: &[u8]) -> io::Result<()> {
    stream
        .write_all(format!("{:x}\r\n", bytes.len()).as_bytes())
        .await?;
    stream.write_all(bytes).await?;
    send(stream, b"\r\n").await
}

async fn padding(stream: &mut impl ByteStream, mut count: u64) -> io::Result<()> {
    while count > 0 {
        let size = usize::try_from(count).map_or(PADDING.len(), |count| count.min(PADDING.len()));
        chunk(stream, PADDING.get(..size).unwrap_or(&PADDING)).await?;
        count = count.saturating_sub(size as u64);
    }
    Ok(())
}

/// Reads until the client closes too. Closing a socket with unread data would send RST.
async fn linger(mut tcp: TcpStream) -> io::Result<()> {
    let mut ignored = vec![0; 8 * 1024];
    while tcp.read(&mut ignored).await? > 0 {}
    Ok(())
}
