//! A server that sends exactly the given bytes, for responses that the sandbox cannot send, such as truncated ones. All
//! other tests use the sandbox.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

/// Answers the next connection with `bytes` after a request arrived, and closes it. Returns the base URL.
///
/// # Panics
/// If this machine has no free port.
pub async fn answer_with(bytes: impl AsRef<[u8]> + Send + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move {
        let (mut connection, _) = listener.accept().await.expect("a connection");
        let mut request = [0; 16 * 1024];
        // The requests of the tests are small enough to arrive at once.
        let _ = connection.read(&mut request).await;
        let _ = connection.write_all(bytes.as_ref()).await;
        let _ = connection.shutdown().await;
    });
    format!("http://{address}")
}

/// An address of this machine without a listener.
///
/// # Panics
/// If this machine has no free port.
pub async fn nobody() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    format!("http://{}", listener.local_addr().expect("an address"))
}
