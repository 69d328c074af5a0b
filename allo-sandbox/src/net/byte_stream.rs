//! A byte stream that can be stripped down to its TCP connection.

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::server::TlsStream;

/// Plain TCP, or TLS over it.
pub(crate) trait ByteStream: AsyncRead + AsyncWrite + Unpin + Send + 'static {
    /// The bare connection; whatever lay over it is dropped without a word to the other side.
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
