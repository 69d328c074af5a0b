//! Recordings of calls, by their URL. They are fetched in `transport::download`.

use std::fmt;
use std::time::Duration;

use tokio::io::AsyncWrite;

use crate::error::Error;
use crate::transport::client_handle::Client;
use crate::transport::{Download, Downloaded};

/// The most bytes unless another limit is set: 1 GiB, days of speech.
const MOST_BYTES: u64 = 1024 * 1024 * 1024;

/// A recording that is to be fetched; see [`Client::recording`].
#[must_use = "nothing is sent until `write_to` is awaited"]
pub struct Recording {
    client: Client,
    download: Download,
}

impl Client {
    /// The recording at the address that a call has as its `recording_url`.
    ///
    /// The API key is sent along only if scheme, host and port of the address are
    /// those of the [base URL](crate::ClientBuilder::base_url); anybody else's
    /// server gets to see nothing of it. The address must be `https`, or `http` if
    /// this client, too, talks to a server on this machine. No redirect is
    /// followed.
    ///
    /// ```no_run
    /// # async fn example(client: allo_client::Client) -> Result<(), Box<dyn std::error::Error>> {
    /// let call = client.get_conversation_item("cll-0001").send().await?.into_inner();
    /// if let Some(url) = call.recording_url.as_option() {
    ///     let mut audio = Vec::new(); // or a file of tokio
    ///     let done = client.recording(url).write_to(&mut audio).await?;
    ///     println!("{} bytes of {:?}", done.bytes, done.content_type);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn recording(&self, url: impl Into<String>) -> Recording {
        Recording {
            client: self.clone(),
            download: Download {
                url: url.into(),
                most_bytes: MOST_BYTES,
                timeout: None,
            },
        }
    }
}

impl Recording {
    /// How many bytes it may have: 1 GiB unless set.
    pub const fn max_bytes(mut self, most: u64) -> Self {
        self.download.most_bytes = most;
        self
    }

    /// How long the server may be silent: before it answers, and between two
    /// pieces. The [timeout](crate::ClientBuilder::timeout) of an attempt unless
    /// set. The response must begin before the [deadline](crate::ClientBuilder::deadline) of a call; the whole may take as
    /// long as it takes.
    pub const fn timeout(mut self, timeout: Duration) -> Self {
        self.download.timeout = Some(timeout);
        self
    }

    /// Fetches it and writes it out as it comes, never holding all of it.
    ///
    /// It is asked for once. After a failure a part of it may have been written;
    /// to try again, start over with an empty file.
    ///
    /// # Errors
    ///
    /// If the address is refused ([`Error::is_invalid_request`]), the server does
    /// ([`Error::is_status`]), the response does not come whole
    /// ([`Error::is_transport`]) or is too long ([`Error::is_decode`]), or `out`
    /// fails ([`Error::is_output`]).
    pub async fn write_to(self, out: &mut (impl AsyncWrite + Unpin)) -> Result<Downloaded, Error> {
        self.download.run(self.client.shared(), out).await
    }
}

impl fmt::Debug for Recording {
    /// Without the address: who knows it may be able to listen.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recording")
            .field("max_bytes", &self.download.most_bytes)
            .field("timeout", &self.download.timeout)
            .finish_non_exhaustive()
    }
}
