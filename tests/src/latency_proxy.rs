//! A slow network: a proxy on the loopback interface that delays requests and responses, each by its own rule, in
//! tokio's time.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep_until};

/// The delay of one direction.
#[derive(Clone, Copy, Debug)]
pub enum Delay {
    /// Constant.
    Constant(Duration),
    /// Uniformly random up to this; reproducible by its seed.
    Random(Duration, u64),
}

impl Delay {
    /// No delay.
    pub const NONE: Self = Self::Constant(Duration::ZERO);

    /// A constant delay in milliseconds.
    #[must_use]
    pub const fn millis(millis: u64) -> Self {
        Self::Constant(Duration::from_millis(millis))
    }

    fn roll(self, number: &AtomicU64) -> Duration {
        match self {
            Self::Constant(delay) => delay,
            Self::Random(most, seed) => {
                let number = number.fetch_add(1, Ordering::Relaxed);
                let seed = seed.wrapping_mul(1_000_003).wrapping_add(number);
                let micros = u64::try_from(most.as_micros()).unwrap_or(u64::MAX);
                Duration::from_micros(fastrand::Rng::with_seed(seed).u64(0..=micros))
            }
        }
    }
}

/// A proxy that runs until it is dropped.
#[derive(Debug)]
pub struct LatencyProxy {
    address: std::net::SocketAddr,
    task: JoinHandle<()>,
}

impl LatencyProxy {
    /// Delays the bytes to `server` (such as `http://127.0.0.1:8080`) and back.
    ///
    /// # Panics
    /// If this machine has no free port.
    pub async fn start(server: &str, requests: Delay, answers: Delay) -> Self {
        let server = server.trim_start_matches("http://").to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let task = tokio::spawn(async move {
            let numbers: &'static AtomicU64 = Box::leak(Box::default());
            while let Ok((client, _)) = listener.accept().await {
                let Ok(server) = TcpStream::connect(&server).await else {
                    continue;
                };
                let _ = (client.set_nodelay(true), server.set_nodelay(true));
                let (from_client, to_client) = client.into_split();
                let (from_server, to_server) = server.into_split();
                carry(from_client, to_server, requests, numbers);
                carry(from_server, to_client, answers, numbers);
            }
        });
        Self { address, task }
    }

    /// The base URL.
    #[must_use]
    pub fn base_url(&self) -> String {
        format!("http://{}", self.address)
    }
}

impl Drop for LatencyProxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Copies bytes in one direction; later bytes never overtake earlier ones.
fn carry(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    delay: Delay,
    numbers: &'static AtomicU64,
) {
    let (sender, mut receiver) = mpsc::unbounded_channel::<(Instant, Vec<u8>)>();
    tokio::spawn(async move {
        let mut buffer = vec![0; 64 * 1024];
        while let Ok(count @ 1..) = from.read(&mut buffer).await {
            let at = Instant::now() + delay.roll(numbers);
            if sender.send((at, buffer[..count].to_vec())).is_err() {
                return;
            }
        }
    });
    tokio::spawn(async move {
        while let Some((at, bytes)) = receiver.recv().await {
            sleep_until(at).await;
            if to.write_all(&bytes).await.is_err() {
                return;
            }
        }
    });
}
