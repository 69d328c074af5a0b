//! The sandbox with TLS, and how a TLS connection ends.

use std::sync::Arc;

use allo_sandbox::{Fault, SandboxBuilder};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

use crate::peer::{End, Peer, Seen, once};

/// Trusts only the certificate authority of this sandbox.
async fn connect(
    peer: &Peer,
    name: &'static str,
    ca_pem: &str,
) -> std::io::Result<TlsStream<TcpStream>> {
    let mut roots = RootCertStore::empty();
    let ca = CertificateDer::from_pem_slice(ca_pem.as_bytes()).expect("a certificate");
    roots.add(ca).expect("an authority");
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = ServerName::try_from(name).expect("a name");
    let connector = TlsConnector::from(Arc::new(config));
    connector.connect(name, peer.connect().await).await
}

async fn start(change: impl FnOnce(SandboxBuilder) -> SandboxBuilder) -> Peer {
    Peer::with(|builder| change(builder.tls())).await
}

async fn send(peer: &Peer, request: &str) -> Seen {
    let ca = peer.sandbox.ca_pem().expect("TLS");
    let mut stream = connect(peer, "127.0.0.1", ca).await.expect("a session");
    stream.write_all(request.as_bytes()).await.expect("taken");
    stream.flush().await.expect("sent");
    Seen::read(&mut stream).await
}

/// An append that meets this fault, as the client sees it.
async fn meeting(fault: Fault) -> (Peer, Seen) {
    let peer = start(|builder| builder.faults(once(fault))).await;
    let seen = send(&peer, &peer.append_request("k")).await;
    (peer, seen)
}

#[tokio::test]
async fn a_client_that_trusts_the_authority_is_served() {
    let peer = start(|builder| builder).await;
    assert!(peer.sandbox.base_url().starts_with("https://127.0.0.1:"));
    let request = peer.request("GET", "/v2/api/me", "connection: close\r\n", "");
    let seen = send(&peer, &request).await;
    assert_eq!((seen.status(), seen.end), (200, End::Fin));
    let ca = peer.sandbox.ca_pem().expect("TLS");
    assert!(connect(&peer, "localhost", ca).await.is_ok());
    assert!(connect(&peer, "example.com", ca).await.is_err());
    let other = start(|builder| builder).await;
    let foreign = other.sandbox.ca_pem().expect("TLS");
    assert!(connect(&peer, "127.0.0.1", foreign).await.is_err());
    assert_eq!(Peer::with(|builder| builder).await.sandbox.ca_pem(), None);
}

#[tokio::test]
async fn half_a_response_without_close_notify() {
    let (peer, seen) = meeting(Fault::TlsCloseWithoutNotify).await;
    assert_eq!((seen.status(), seen.end), (200, End::NoFarewell));
    // Only the missing close_notify shows that the body is incomplete.
    assert_eq!(
        (seen.length(), seen.header("connection")),
        (None, Some("close"))
    );
    assert_eq!(seen.header("transfer-encoding"), None);
    assert!(peer.executed_despite(&Fault::TlsCloseWithoutNotify, "k"));
    let again = send(&peer, &peer.request_again()).await;
    assert!(again.replayed());
    assert_eq!(seen.body().len(), again.body().len() / 2);
    assert!(again.body().starts_with(seen.body()));
}

#[tokio::test]
async fn without_tls_half_a_body_looks_complete() {
    let peer = Peer::meeting(Fault::TlsCloseWithoutNotify).await;
    let seen = peer.append("k").await;
    assert_eq!(
        (seen.status(), seen.end, seen.length()),
        (200, End::Fin, None)
    );
    assert!(peer.executed_despite(&Fault::TlsCloseWithoutNotify, "k"));
    peer.settle("k", true).await;
}

#[tokio::test]
async fn other_faults_send_close_notify_or_reset() {
    let (_, seen) = meeting(Fault::HalfBody).await;
    assert_eq!((seen.status(), seen.end), (200, End::Fin));
    assert!(seen.length() > Some(seen.body().len()));
    let (_, seen) = meeting(Fault::AcceptAndClose).await;
    assert_eq!((seen.bytes.len(), seen.end), (0, End::Fin));
    let (peer, seen) = meeting(Fault::ResetAfterExecution).await;
    assert_eq!((seen.bytes.len(), seen.end), (0, End::Reset));
    assert!(peer.executed_despite(&Fault::ResetAfterExecution, "k"));
}

#[tokio::test]
async fn a_sandbox_stops_in_the_middle_of_a_handshake() {
    let peer = start(|builder| builder).await;
    let _silent = peer.connect().await;
    peer.sandbox.stop().await;
}

impl Peer {
    fn request_again(&self) -> String {
        let closing = "connection: close\r\nidempotency-key: k\r\n";
        let request = self.append_request("k");
        request.replacen("idempotency-key: k\r\n", closing, 1)
    }
}
