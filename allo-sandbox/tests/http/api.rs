//! A small test client: one call sends a request and reads the response.

use allo_sandbox::{Control, KeySpec, Quotas, Sandbox, SandboxBuilder};
use reqwest::Method;
use reqwest::header::HeaderMap;
use serde_json::{Value, json};

pub(crate) const CAMILLE: &str = "usr-1C0FFEE5B7A94D20E36F81C2D5094AB7E8F31D6A";
pub(crate) const MARIE: &str = "usr-2A91D04E77BC5F3816E0C9A24B8D6F50137EAC48";
pub(crate) const JONAS: &str = "usr-3E5B68F1D2047AC9B81F6E3D90C5A7428B1DF06E";
pub(crate) const ANA: &str = "usr-4D7C2E9A0B63F518A4E7D19C8052FB36E91A4C7D";

pub(crate) const CURRENT: &str = "/v2/api/dialing-queues/current";
pub(crate) const NUMBERS: &str = "/v2/api/dialing-queues/current/numbers";

/// The start time of every sandbox in the tests.
pub(crate) const START: &str = "2026-03-02T08:30:00";

/// A path template with values for its parameters.
pub(crate) fn filled(template: &str) -> String {
    let segments = template.split('/').map(|segment| match segment {
        "{number}" | "{contact_number}" => "%2B12125550199",
        segment if segment.starts_with('{') => "none-1",
        segment => segment,
    });
    segments.collect::<Vec<_>>().join("/")
}

pub(crate) struct Api {
    pub(crate) sandbox: Sandbox,
    client: reqwest::Client,
    key: String,
}

pub(crate) struct ApiResponse {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl ApiResponse {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("not JSON: {:?}", self.text))
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// The `data` of a success.
    #[track_caller]
    pub(crate) fn data(&self) -> Value {
        assert_eq!(self.status, 200, "{}", self.text);
        self.json()["data"].clone()
    }

    /// The `data` of a 201.
    #[track_caller]
    pub(crate) fn created(&self) -> Value {
        assert_eq!(self.status, 201, "{}", self.text);
        self.json()["data"].clone()
    }

    /// Checks for a success without a body.
    #[track_caller]
    pub(crate) fn no_content(&self) {
        assert_eq!((self.status, self.text.as_str()), (204, ""));
    }

    /// The `error` of an error response, after checking its common fields.
    #[track_caller]
    pub(crate) fn error(&self, status: u16, code: &str) -> Value {
        let error = self.json()["error"].clone();
        assert_eq!(
            (self.status, error["code"].as_str()),
            (status, Some(code)),
            "{error}"
        );
        assert_eq!(error["request_id"].as_str(), self.header("x-request-id"));
        assert_eq!(self.header("content-type"), Some("application/json"));
        assert!(
            error["message"]
                .as_str()
                .is_some_and(|message| !message.is_empty())
        );
        let kind = match status {
            400 | 405 | 415 | 422 => "validation_error",
            401 => "authentication_error",
            402 => "billing_error",
            403 => "permission_error",
            404 => "not_found_error",
            409 => "conflict_error",
            _ => "rate_limit_error",
        };
        assert_eq!(error["type"], kind);
        assert_eq!(error["retryable"], status == 429);
        error
    }

    /// The `details` of a v1 error.
    #[track_caller]
    pub(crate) fn v1_error(&self, status: u16, code: &str) -> Value {
        let body = self.json();
        assert_eq!(
            (self.status, body["code"].as_str()),
            (status, Some(code)),
            "{body}"
        );
        assert_eq!(self.header("content-type"), Some("application/json"));
        assert!(self.header("x-request-id").is_some());
        let keys = body.as_object().map(|body| body.keys().count());
        assert_eq!(keys, Some(2), "{body}");
        body["details"].clone()
    }
}

/// A request being built.
pub(crate) struct Sending(reqwest::RequestBuilder);

impl Sending {
    pub(crate) fn header(self, name: &str, value: &str) -> Self {
        Self(self.0.header(name, value))
    }

    pub(crate) fn body(self, body: &'static str) -> Self {
        Self(self.0.body(body))
    }

    pub(crate) fn json(self, body: &Value) -> Self {
        Self(self.0.json(body))
    }

    /// Sends the request; an error means that there is no response.
    pub(crate) async fn try_send(self) -> Result<(), reqwest::Error> {
        self.0.send().await.map(drop)
    }

    pub(crate) async fn send(self) -> ApiResponse {
        let response = self.0.send().await.expect("the sandbox answers");
        ApiResponse {
            status: response.status().as_u16(),
            headers: response.headers().clone(),
            text: response.text().await.expect("the answer is complete"),
        }
    }
}

/// A client builder that works with any TLS feature of reqwest in the build.
pub(crate) fn http_client() -> reqwest::ClientBuilder {
    // An error means that a provider is already installed.
    let _ = tokio_rustls::rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder()
}

impl Api {
    /// The demo team without quotas.
    pub(crate) async fn start() -> Self {
        Self::with(|builder| builder.quotas(Quotas::off())).await
    }

    pub(crate) async fn with(change: impl FnOnce(SandboxBuilder) -> SandboxBuilder) -> Self {
        Self::run(change(Sandbox::builder().demo_team())).await
    }

    /// A team with only its owner, without quotas.
    pub(crate) async fn start_empty() -> Self {
        Self::run(Sandbox::builder().quotas(Quotas::off())).await
    }

    async fn run(builder: SandboxBuilder) -> Self {
        let start = format!("{START}Z").parse().expect("a timestamp");
        let builder = builder.start_time(start);
        let sandbox = builder.start().await.expect("a free port");
        // No pool: its timers would advance paused time.
        let client = http_client()
            .pool_idle_timeout(None)
            .pool_max_idle_per_host(0);
        Self {
            key: sandbox.api_key().to_owned(),
            client: client.build().expect("a client"),
            sandbox,
        }
    }

    pub(crate) fn control(&self) -> Control {
        self.sandbox.control()
    }

    /// Uses another key from now on.
    pub(crate) fn use_key(&mut self, spec: KeySpec) {
        self.key = self.control().add_key(spec);
    }

    /// Uses a key issued by the API from now on.
    pub(crate) fn use_value(&mut self, key: String) {
        self.key = key;
    }

    pub(crate) fn key(&self) -> &str {
        &self.key
    }

    /// A request with the key.
    pub(crate) fn request(&self, method: &str, path: &str) -> Sending {
        let key = format!("Api-Key {}", self.key);
        self.anonymous(method, path).header("authorization", &key)
    }

    /// A request without credentials.
    pub(crate) fn anonymous(&self, method: &str, path: &str) -> Sending {
        let method = Method::from_bytes(method.as_bytes()).expect("a method");
        let url = format!("{}{path}", self.sandbox.base_url());
        Sending(self.client.request(method, url))
    }

    pub(crate) async fn get(&self, path: &str) -> ApiResponse {
        self.request("GET", path).send().await
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> ApiResponse {
        self.request("POST", path).json(body).send().await
    }

    pub(crate) async fn put(&self, path: &str, body: &Value) -> ApiResponse {
        self.request("PUT", path).json(body).send().await
    }

    pub(crate) async fn patch(&self, body: &Value) -> ApiResponse {
        self.request("PATCH", CURRENT).json(body).send().await
    }

    pub(crate) async fn delete(&self, query: &str) -> ApiResponse {
        self.request("DELETE", &format!("{NUMBERS}?{query}"))
            .send()
            .await
    }

    /// Appends numbers to the key owner's queue.
    pub(crate) async fn append(&self, numbers: &[&str]) -> ApiResponse {
        let numbers: Vec<_> = numbers
            .iter()
            .map(|number| json!({ "number": number }))
            .collect();
        self.post(NUMBERS, &json!({ "numbers": numbers })).await
    }

    /// Appends that many valid numbers to the key owner's queue.
    pub(crate) async fn fill(&self, count: usize) {
        let numbers: Vec<_> = (0..count)
            .map(|n| format!("+121255501{:02}", n % 100))
            .collect();
        let numbers: Vec<_> = numbers.iter().map(String::as_str).collect();
        self.append(&numbers).await.data();
    }

    /// Positions and numbers of the key owner's first hundred entries.
    pub(crate) async fn entries(&self) -> Vec<(u64, String)> {
        let page = self.get(&format!("{CURRENT}?size=100")).await.json();
        let entries = page["data"].as_array().expect("a page").iter();
        let pair = |entry: &Value| {
            Some((
                entry["position"].as_u64()?,
                entry["number_to"].as_str()?.to_owned(),
            ))
        };
        entries
            .map(|entry| pair(entry).expect("an entry"))
            .collect()
    }
}
