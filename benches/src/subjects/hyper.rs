//! The minimum: a connection of hyper and the closed types of `hand`.

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::{Method, Request};
use hyper_util::rt::TokioIo;
use serde::de::DeserializeOwned;
use tokio::net::TcpStream;
use tokio::sync::Mutex;

use super::hand::{Appended, Data, KEY, Page, User, append};
use crate::Result;
use crate::canned::{Lead, PAGE, USER_ID};

type Connection = SendRequest<Full<Bytes>>;

pub(crate) struct Hyper {
    address: String,
    /// Idle connections.
    idle: Mutex<Vec<Connection>>,
}

impl Hyper {
    pub(crate) fn new(url: &str) -> Self {
        let address = url.trim_start_matches("http://").to_owned();
        let idle = Mutex::default();
        Self { address, idle }
    }

    async fn connection(&self) -> Result<Connection> {
        if let Some(connection) = self.idle.lock().await.pop() {
            return Ok(connection);
        }
        let stream = TcpStream::connect(&self.address).await?;
        stream.set_nodelay(true)?;
        let (sender, connection) = handshake(TokioIo::new(stream)).await?;
        tokio::spawn(connection);
        Ok(sender)
    }

    async fn send<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        body: Vec<u8>,
    ) -> Result<T> {
        let mut connection = self.connection().await?;
        connection.ready().await?;
        let mut request = Request::builder().method(method).uri(path);
        request = request.header("host", &self.address);
        request = request.header("authorization", KEY);
        if !body.is_empty() {
            request = request.header("content-type", "application/json");
        }
        let request = request.body(Full::new(Bytes::from(body)))?;
        let response = connection.send_request(request).await?;
        if !response.status().is_success() {
            return Err(format!("status {}", response.status()).into());
        }
        let bytes = response.into_body().collect().await?.to_bytes();
        self.idle.lock().await.push(connection);
        Ok(serde_json::from_slice(&bytes)?)
    }

    pub(crate) async fn page(&self, number: u64) -> Result<usize> {
        let path = format!("/v2/api/dialing-queues/current?page={number}&size={PAGE}");
        let page: Page = self.send(Method::GET, &path, Vec::new()).await?;
        Ok(page.data.len())
    }

    pub(crate) async fn small(&self) -> Result<usize> {
        let path = format!("/v2/api/users/{USER_ID}");
        let user: Data<User> = self.send(Method::GET, &path, Vec::new()).await?;
        Ok(user.data.name.len())
    }

    pub(crate) async fn leads(&self, leads: &[Lead]) -> Result<usize> {
        let body = serde_json::to_vec(&append(leads))?;
        let path = "/v2/api/dialing-queues/current/numbers";
        let answer: Data<Appended> = self.send(Method::POST, path, body).await?;
        Ok(answer.data.added.len())
    }
}
