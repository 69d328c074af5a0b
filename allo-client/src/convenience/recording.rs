//! Recordings of calls, by their URL. `transport::download` fetches them.

use std::fmt;
use std::time::Duration;

use tokio::io::AsyncWrite;

use crate::error::Error;
use crate::transport::client_handle::Client;
use crate::transport::{Download, Downloaded};

/// The default size limit: 1 GiB, days of speech.
const MOST_BYTES: u64 = 1024 * 1024 * 1024;

/// A recording to download; see [`Client::recording`].
#[must_use = "nothing is sent until `write_to` is awaited"]
pub struct Recording {
    client: Client,
    download: Download,
}

impl Client {
    /// The recording at the `recording_url` of a call.
    ///
    /// The API key is sent only if scheme, host and port of the URL equal those of the [base
    /// URL](crate::ClientBuilder::base_url), never to another server. The URL must be `https`, or
    /// `http` if this client also talks to a server on this machine. No redirect is followed.
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
    /// The maximum size in bytes: 1 GiB by default.
    pub const fn max_bytes(mut self, most: u64) -> Self {
        self.download.most_bytes = most;
        self
    }

    /// The idle timeout: how long the server may send nothing, before the response and between two parts of its body.
    /// The [timeout](crate::ClientBuilder::timeout) of an attempt by default. The response must begin before the
    /// [deadline](crate::ClientBuilder::deadline) of a call; the download as a whole has no deadline.
    pub const fn timeout(mut self, timeout: Duration) -> Self {
        self.download.timeout = Some(timeout);
        self
    }

    /// Downloads the recording and writes it to `out` as it arrives, without holding all of it in
    /// memory.
    ///
    /// A download is not resumed or retried after the response has begun. After a failure a part of
    /// the file may have been written; to retry, start with an empty file.
    ///
    /// # Errors
    ///
    /// If the URL is refused ([`Error::is_invalid_request`]), the server refuses the request
    /// ([`Error::is_status`]), the response is incomplete ([`Error::is_transport`]) or too long
    /// ([`Error::is_decode`]), or writing to `out` fails ([`Error::is_output`]).
    pub async fn write_to(self, out: &mut (impl AsyncWrite + Unpin)) -> Result<Downloaded, Error> {
        self.download.run(self.client.shared(), out).await
    }
}

impl fmt::Debug for Recording {
    /// Does not show the URL, which may give access to the recording.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recording")
            .field("max_bytes", &self.download.most_bytes)
            .field("timeout", &self.download.timeout)
            .finish_non_exhaustive()
    }
}
