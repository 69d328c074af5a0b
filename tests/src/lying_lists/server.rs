//! A server of one list, with the subset of HTTP that a GET needs.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::case::Case;

/// Serves one case at a time, to any number of connections.
pub(super) struct Server {
    address: String,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    case: Option<Case>,
    requests: usize,
}

impl Server {
    pub(super) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = format!("http://{}", listener.local_addr().expect("an address"));
        let state = Arc::<Mutex<State>>::default();
        let shared = Arc::clone(&state);
        tokio::spawn(async move {
            while let Ok((connection, _)) = listener.accept().await {
                tokio::spawn(serve(connection, Arc::clone(&shared)));
            }
        });
        Self { address, state }
    }

    pub(super) fn address(&self) -> &str {
        &self.address
    }

    /// Serves this list from now on.
    pub(super) fn serve(&self, case: Case) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        *state = State {
            case: Some(case),
            requests: 0,
        };
    }

    /// The number of requests for it.
    pub(super) fn take_requests(&self) -> usize {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.requests
    }
}

/// Answers the requests of a connection until it closes.
async fn serve(mut connection: TcpStream, state: Arc<Mutex<State>>) {
    let mut received = Vec::new();
    let mut chunk = [0; 4096];
    loop {
        let Ok(length @ 1..) = connection.read(&mut chunk).await else {
            return;
        };
        received.extend(chunk.iter().take(length));
        let Some(end) = received.windows(4).position(|part| part == b"\r\n\r\n") else {
            continue;
        };
        let head = String::from_utf8_lossy(&received[..end]).into_owned();
        received.drain(..end + 4);
        let answer = answer(&head, &state);
        if connection.write_all(answer.as_bytes()).await.is_err() {
            return;
        }
    }
}

fn answer(head: &str, state: &Mutex<State>) -> String {
    let mut state = state.lock().unwrap_or_else(PoisonError::into_inner);
    state.requests += 1;
    let number = |name: &str| {
        let query = head.lines().next()?.split_once('?')?.1;
        let query = query.split_whitespace().next()?;
        let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
        pairs.find(|(key, _)| *key == name)?.1.parse::<i64>().ok()
    };
    let (page, size) = (number("page").unwrap_or(1), number("size").unwrap_or(20));
    let case = state.case.as_ref().expect("a case");
    let body = case.answer(page, size);
    let length = body.len();
    format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
    )
}
