//! The base URL: which servers may receive an API key, and how the URL of a request is built.

use std::fmt;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};

use reqwest::Url;

use super::context::Server;
use crate::error::Error;

/// The base URL of the service.
pub(crate) const DEFAULT: &str = "https://api.withallo.com";

/// A validated base URL, without a trailing `/`.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct BaseUrl {
    text: Box<str>,
    is_secure: bool,
}

impl BaseUrl {
    /// Accepts `https`, and `http` to the loopback interface.
    pub(crate) fn parse(text: &str) -> Result<Self, Error> {
        let url =
            Url::parse(text).map_err(|problem| refused(&format!("is not a URL ({problem})")))?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(refused("must not contain a user name or password"));
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(refused("must not contain a query or fragment"));
        }
        let host = url.host_str().unwrap_or_default();
        let is_secure = match url.scheme() {
            "https" => true,
            "http" if is_loopback(host) => false,
            "http" => {
                return Err(refused(
                    "must be https, because http would expose the API key to the network",
                ));
            }
            _ => return Err(refused("must start with https://")),
        };
        let text = url.as_str().trim_end_matches('/').into();
        Ok(Self { text, is_secure })
    }

    /// Whether the scheme is `https`; otherwise the server is on this machine.
    pub(crate) const fn is_secure(&self) -> bool {
        self.is_secure
    }

    /// The host and port of the server.
    pub(crate) fn server(&self) -> Server {
        Url::parse(&self.text).map_or_else(|_| Server::default(), |url| Server::of(&url))
    }

    /// Validates the URL of a file elsewhere, and returns whether it is on the server of the base
    /// URL, which alone may receive the credentials.
    pub(crate) fn check_download(&self, text: &str) -> Result<(Url, bool), Error> {
        // The URL may give access to the recording, so the error does not contain it.
        let refused = |why: &str| {
            let message = format!("the URL of the recording {why}");
            Error::invalid_request(message).with_param("url")
        };
        let url = Url::parse(text).map_err(|_| refused("is not a URL"))?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(refused("must not contain a user name or password"));
        }
        let is_local = url.scheme() == "http" && is_loopback(url.host_str().unwrap_or_default());
        if url.scheme() != "https" && (!is_local || self.is_secure) {
            return Err(refused("must be https"));
        }
        let own = Url::parse(&self.text).map(|base| base.origin());
        let is_ours = own.is_ok_and(|own| own == url.origin());
        Ok((url, is_ours))
    }

    /// The URL of an encoded `path`, which starts with `/`, and `query`.
    pub(crate) fn join(&self, path: &str, query: &str) -> Result<Url, Error> {
        let mark = if query.is_empty() { "" } else { "?" };
        let text = format!("{}{path}{mark}{query}", self.text);
        Url::parse(&text)
            .map_err(|_| Error::invalid_request("the address of the request is not a URL"))
    }
}

/// `localhost` is trusted as this machine, so it is not resolved: DNS or the hosts file may map it
/// elsewhere.
pub(crate) fn pin_localhost(builder: reqwest::ClientBuilder) -> reqwest::ClientBuilder {
    // Port 0 stands for the port in the URL.
    let addresses = [
        SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
        SocketAddr::from((Ipv6Addr::LOCALHOST, 0)),
    ];
    builder.resolve_to_addrs("localhost", &addresses)
}

fn is_loopback(host: &str) -> bool {
    let v6 = host
        .trim_start_matches('[')
        .trim_end_matches(']')
        .parse::<Ipv6Addr>();
    host == "localhost"
        || host.parse::<Ipv4Addr>().is_ok_and(|ip| ip.is_loopback())
        || v6.is_ok_and(|ip| ip.is_loopback())
}

fn refused(why: &str) -> Error {
    Error::configuration(format!("the base URL {why}"))
        .with_param("base_url")
        .with_suggestion("use https://HOST, or http://localhost:PORT for a sandbox")
}

impl fmt::Debug for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Display for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transport::tls::Roots;

    #[test]
    fn https_anywhere_and_http_on_this_machine_are_accepted() {
        let table = [
            ("https://api.example.com", "https://api.example.com"),
            ("https://api.example.com/", "https://api.example.com"),
            (
                "https://api.example.com:8443/gateway//",
                "https://api.example.com:8443/gateway",
            ),
            ("HTTPS://API.EXAMPLE.COM", "https://api.example.com"),
            ("http://localhost:3000/", "http://localhost:3000"),
            ("http://127.0.0.1:3000", "http://127.0.0.1:3000"),
            ("http://127.8.9.1", "http://127.8.9.1"),
            ("http://[::1]:3000", "http://[::1]:3000"),
        ];
        for (text, expected) in table {
            assert_eq!(BaseUrl::parse(text).unwrap().to_string(), expected);
        }
        assert!(BaseUrl::parse(DEFAULT).unwrap().is_secure());
    }

    /// A name server that says of every name that it is elsewhere.
    struct Elsewhere(std::sync::Arc<std::sync::atomic::AtomicBool>);

    impl reqwest::dns::Resolve for Elsewhere {
        fn resolve(&self, _: reqwest::dns::Name) -> reqwest::dns::Resolving {
            self.0.store(true, std::sync::atomic::Ordering::Relaxed);
            Box::pin(async { Err("nobody is asked".into()) })
        }
    }

    #[tokio::test]
    async fn localhost_is_this_machine_whatever_name_servers_say() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let asked = std::sync::Arc::default();
        let elsewhere = Elsewhere(std::sync::Arc::clone(&asked));
        let builder = reqwest::Client::builder()
            .no_proxy()
            .dns_resolver(std::sync::Arc::new(elsewhere));
        let builder =
            super::super::tls::configure(pin_localhost(builder), false, &Roots::default()).unwrap();
        let request = builder
            .build()
            .unwrap()
            .get(format!("http://localhost:{port}/"));
        tokio::select! {
            arrived = listener.accept() => assert!(arrived.is_ok()),
            answer = request.send() => panic!("it went elsewhere: {answer:?}"),
        }
        assert!(!asked.load(std::sync::atomic::Ordering::Relaxed));
    }

    #[test]
    fn everything_else_is_refused_with_the_reason() {
        let table = [
            ("", "not a URL"),
            ("api.example.com", "not a URL"),
            ("http://api.example.com", "must be https"),
            ("http://localhost.example.com", "must be https"),
            ("http://127.0.0.1.example.com", "must be https"),
            ("http://10.0.0.1", "must be https"),
            ("http://0.0.0.0", "must be https"),
            ("http://[::2]", "must be https"),
            ("http://[::ffff:10.0.0.1]", "must be https"),
            ("ftp://localhost", "must start with https://"),
            ("file:///etc/hosts", "must start with https://"),
            ("https://user@example.com", "user name"),
            ("https://:pass-s3cret@example.com", "user name"),
            ("https://example.com/?a=s3cret", "query"),
            ("https://example.com/#s3cret", "query"),
        ];
        for (text, expected) in table {
            let error = BaseUrl::parse(text).unwrap_err();
            let shown = format!("{error} {error:?}");
            assert!(shown.contains(expected), "{text}: {shown}");
            assert!(!shown.contains("s3cret"), "{shown}");
            assert!(error.is_configuration() && error.param() == Some("base_url"));
        }
    }

    #[test]
    fn only_the_same_scheme_host_and_port_are_our_own_server() {
        let secure = BaseUrl::parse("https://api.example.com/gateway").unwrap();
        let table = [
            ("https://api.example.com/a.mp3", Some(true)),
            ("https://API.EXAMPLE.COM:443/a.mp3?x=1", Some(true)),
            ("https://api.example.com:8443/a.mp3", Some(false)),
            ("https://api.example.com.evil.example/a.mp3", Some(false)),
            ("https://evil.example/api.example.com", Some(false)),
            ("https://api.example.com@evil.example/a.mp3", None),
            ("http://api.example.com/a.mp3", None),
            ("http://localhost/a.mp3", None),
            ("ftp://api.example.com/a.mp3", None),
            ("/v1/a.mp3", None),
        ];
        for (text, expected) in table {
            let checked = secure.check_download(text);
            assert_eq!(checked.ok().map(|(_, is_ours)| is_ours), expected, "{text}");
        }
        let local = BaseUrl::parse("http://127.0.0.1:3000").unwrap();
        let ours = |text: &str| local.check_download(text).unwrap().1;
        assert!(ours("http://127.0.0.1:3000/a.mp3"));
        assert!(!ours("http://127.0.0.1:3001/a.mp3"));
        assert!(!ours("http://localhost:3000/a.mp3"));
        let error = local
            .check_download("http://example.com/s3cret")
            .unwrap_err();
        assert!(error.is_invalid_request() && !error.to_string().contains("s3cret"));
    }

    #[test]
    fn path_and_query_are_added_as_they_are() {
        let base = BaseUrl::parse("https://example.com/gateway/").unwrap();
        let url = base
            .join("/v2/api/users/a%2Fb", "page=1&email=a%40example.com")
            .unwrap();
        assert_eq!(
            url.as_str(),
            "https://example.com/gateway/v2/api/users/a%2Fb?page=1&email=a%40example.com"
        );
        assert_eq!(
            base.join("/me", "").unwrap().as_str(),
            "https://example.com/gateway/me"
        );
    }
}
