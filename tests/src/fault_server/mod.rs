//! A server that fails by a script, written to attack the client with failures for which it was not tuned. It shares no
//! code with the sandbox: it reads HTTP from the socket, executes requests and keeps its own record of side effects.
//! Its failures are in `behaviour`, its normal operation in `service`.

pub mod behaviour;
pub mod damage;
pub mod http;
pub mod service;

use std::sync::Arc;
use std::time::Duration;

use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::sleep;

use behaviour::{Behaviour, Reply};
use http::{Connection, Request};
use service::Service;

/// Decides how the server handles a request.
pub type Script = Arc<dyn Fn(&Request) -> Behaviour + Send + Sync>;

/// A running server. Dropping it closes the port and every connection.
#[derive(Debug)]
pub struct FaultServer {
    address: String,
    /// The record of executed requests.
    pub service: Service,
    accepting: JoinHandle<()>,
}

impl FaultServer {
    /// Listens on a free port of this machine.
    ///
    /// # Panics
    /// If there is none.
    pub async fn start(service: Service, script: Script) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let accepting = tokio::spawn(accept(listener, service.clone(), script));
        Self {
            address: format!("http://{address}"),
            service,
            accepting,
        }
    }

    /// The base URL.
    #[must_use]
    pub fn base_url(&self) -> &str {
        &self.address
    }
}

impl Drop for FaultServer {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

async fn accept(listener: TcpListener, service: Service, script: Script) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            Ok((stream, _)) = listener.accept() => {
                connections.spawn(serve(stream, service.clone(), script.clone()));
            }
            Some(_) = connections.join_next() => {}
        }
    }
}

async fn serve(stream: TcpStream, service: Service, script: Script) {
    let mut connection = Connection::new(stream);
    while let Some(request) = connection.read().await {
        let behaviour = script(&request);
        if !answer(&mut connection, &service, request, behaviour).await {
            return;
        }
    }
}

/// Handles one request; returns whether the connection stays open.
async fn answer(
    connection: &mut Connection,
    service: &Service,
    request: Request,
    behaviour: Behaviour,
) -> bool {
    let proper = match (behaviour.executes, behaviour.late) {
        (false, _) => None,
        (true, None) => Some(service.execute_request(&request, Duration::ZERO).await),
        // The request is executed even if the caller disconnects first.
        (true, Some(late)) => {
            let service = service.clone();
            let work = async move { service.execute_request(&request, late).await };
            tokio::spawn(work).await.ok()
        }
    };
    let bytes = match (behaviour.reply, proper) {
        (Reply::Close, _) => return false,
        (Reply::Reset, _) => {
            connection.reset();
            return false;
        }
        (Reply::Instead(answer), _) => answer.bytes(),
        // The request was not executed, so there is no proper response.
        (_, None) => return false,
        (Reply::Proper, Some(answer)) => answer.bytes(),
        (Reply::WrongType, Some(mut answer)) => {
            answer.content_type = "text/html";
            answer.bytes()
        }
        (Reply::Slow(delay), Some(answer)) => {
            sleep(delay).await;
            answer.bytes()
        }
        (Reply::Part(percent), Some(answer)) => {
            let bytes = answer.bytes();
            let part = bytes.len() * usize::from(percent.min(99)) / 100;
            let _ = connection.stream.write_all(&bytes[..part]).await;
            return false;
        }
        (Reply::Damaged(seed), Some(answer)) => {
            let (bytes, stays) = damage::damage(&answer, seed);
            let sent = connection.stream.write_all(&bytes).await;
            return stays && sent.is_ok();
        }
    };
    connection.stream.write_all(&bytes).await.is_ok()
}
