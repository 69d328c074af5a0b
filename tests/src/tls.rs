//! An HTTP client for TLS connections to a sandbox, whose CA no other client trusts.

use std::sync::Arc;

use rustls::crypto::ring;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};

/// An HTTP client that trusts only this CA, configured as `http_client` requires.
///
/// # Panics
/// If the CA is not PEM.
#[must_use]
pub fn trusting(ca_pem: &str) -> reqwest::Client {
    trusting_through(ca_pem, None)
}

/// The same as [`trusting`], with a proxy.
///
/// # Panics
/// If the CA is not PEM.
#[must_use]
pub fn trusting_through(ca_pem: &str, proxy: Option<reqwest::Proxy>) -> reqwest::Client {
    let mut roots = RootCertStore::empty();
    let authority = CertificateDer::from_pem_slice(ca_pem.as_bytes()).expect("a certificate");
    roots.add(authority).expect("an authority");
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_root_certificates(roots)
        .with_no_client_auth();
    let builder = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .tls_backend_preconfigured(config);
    let builder = match proxy {
        Some(proxy) => builder.proxy(proxy),
        None => builder,
    };
    builder.build().expect("an HTTP client")
}
