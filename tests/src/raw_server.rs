//! A server that says exactly the given bytes, for what the sandbox cannot say: answers that break off. Everything
//! else is tested against the sandbox.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

/// Answers the next connection with `bytes` once a request came, and closes it. Returns the address to call.
///
/// # Panics
/// When this machine has no free port.
pub async fn answer_with(bytes: impl AsRef<[u8]> + Send + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move {
        let (mut connection, _) = listener.accept().await.expect("a connection");
        let mut request = [0; 16 * 1024];
        // The requests of the tests are small enough to come in one piece.
        let _ = connection.read(&mut request).await;
        let _ = connection.write_all(bytes.as_ref()).await;
        let _ = connection.shutdown().await;
    });
    format!("http://{address}")
}

/// An address of this machine where nobody listens.
///
/// # Panics
/// When this machine has no free port.
pub async fn nobody() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    format!("http://{}", listener.local_addr().expect("an address"))
}
