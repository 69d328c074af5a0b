//! The route of a connection: directly to a host, or through a proxy. The HTTP client opens
//! connections; this module only describes their route.

use std::fmt;

use hyper_util::client::proxy::matcher::Matcher;
use reqwest::Url;

/// The proxies of the HTTP client in use.
pub(crate) enum Proxies {
    /// A custom HTTP client, whose proxies are unknown.
    Unknown,
    /// No proxy.
    None,
    /// The proxies from the environment at the time it was built.
    Environment(Box<Matcher>),
}

impl Proxies {
    /// Uses the matching code of the HTTP client.
    pub(crate) fn of_environment() -> Self {
        Self::Environment(Box::new(Matcher::from_system()))
    }

    /// The route to a URL. `is_of_proxy`: the proxy itself failed.
    pub(super) fn route(&self, url: &Url, is_of_proxy: bool) -> Route {
        let proxy = match self {
            Self::Environment(matcher) => proxy(matcher, url),
            Self::Unknown | Self::None => None,
        };
        let unnamed = || is_of_proxy.then(|| "the proxy of the HTTP client in use".to_owned());
        Route {
            server: server(url),
            proxy: proxy.or_else(unnamed),
        }
    }
}

/// Host and port without path and user name, which may be secret.
fn server(url: &Url) -> String {
    let host = url.host_str().unwrap_or("?");
    match url.port_or_known_default() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    }
}

fn proxy(matcher: &Matcher, url: &Url) -> Option<String> {
    let proxy = matcher.intercept(&server_only(url).parse().ok()?)?;
    let uri = proxy.uri();
    let host = uri.host()?;
    Some(match uri.port_u16() {
        Some(port) => format!("the proxy {host}:{port}"),
        None => format!("the proxy {host}"),
    })
}

fn server_only(url: &Url) -> String {
    format!("{}://{}/", url.scheme(), server(url))
}

/// A route; redact it before it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Route {
    server: String,
    proxy: Option<String>,
}

impl fmt::Display for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.server)?;
        match &self.proxy {
            Some(proxy) => write!(f, " through {proxy}"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(proxies: &Proxies, url: &str, is_of_proxy: bool) -> String {
        let url = Url::parse(url).unwrap();
        proxies.route(&url, is_of_proxy).to_string()
    }

    #[test]
    fn neither_path_nor_password_is_told() {
        let matcher = Matcher::builder()
            .https("http://user:s3cret@proxy.example.com:3128")
            .no("local.example.com")
            .build();
        let proxies = Proxies::Environment(Box::new(matcher));
        let url = "https://u:s3cret@api.example.com/users/s3cret?n=s3cret";
        assert_eq!(
            shown(&proxies, url, false),
            "api.example.com:443 through the proxy proxy.example.com:3128"
        );
        assert_eq!(
            shown(&proxies, "https://local.example.com:8443/x", false),
            "local.example.com:8443"
        );
        assert_eq!(
            shown(&Proxies::None, "http://[::1]:3000/x", false),
            "[::1]:3000"
        );
        assert_eq!(
            shown(&Proxies::Unknown, url, true),
            "api.example.com:443 through the proxy of the HTTP client in use"
        );
    }
}
