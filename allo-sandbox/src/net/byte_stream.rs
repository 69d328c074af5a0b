//! A byte stream over TCP, with or without TLS.

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::server::TlsStream;

/// A TCP connection, or TLS over it.
pub(crate) trait ByteStream: AsyncRead + AsyncWrite + Unpin + Send + 'static {
    /// The TCP connection; TLS is dropped without close_notify.
    fn into_tcp(self) -> TcpStream;
}

impl ByteStream for TcpStream {
    fn into_tcp(self) -> TcpStream {
        self
    }
}

impl ByteStream for TlsStream<TcpStream> {
    fn into_tcp(self) -> TcpStream {
        self.into_inner().0
    }
}
