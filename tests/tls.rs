//! Our native client behind TLS.

use std::sync::Arc;

use hubbub_client::{Client, LinkError, Status};
use hubbub_tests::native::statuses;
use hubbub_tests::peer::Peer;
use rustls::pki_types::CertificateDer;
use serde_json::json;

/// The official server behind a certificate of its own, and that certificate.
async fn server() -> (Peer, String, CertificateDer<'static>) {
    let own = rcgen::generate_simple_self_signed(["localhost".to_owned()]).expect("a certificate");
    let tls = json!({"key": own.signing_key.serialize_pem(), "cert": own.cert.pem()});
    let (server, port) = Peer::server(0, json!({ "tls": tls })).await;
    (server, format!("https://localhost:{port}"), own.cert.der().clone())
}

fn trusting(certificate: CertificateDer<'static>) -> Arc<rustls::ClientConfig> {
    let mut roots = rustls::RootCertStore::empty();
    roots.add(certificate).expect("a certificate");
    Arc::new(rustls::ClientConfig::builder().with_root_certificates(roots).with_no_client_auth())
}

#[tokio::test]
async fn it_speaks_to_a_server_that_it_trusts() {
    let (_server, url, certificate) = server().await;
    let client = Client::builder(&url).tls(trusting(certificate)).build().expect("a good URL");
    let socket = client.socket("/");
    socket.connect();
    assert_eq!(socket.emit_with_ack::<(u8,)>("ask", (1,)).expect("it fits").await, Ok((1,)));
}

#[tokio::test]
async fn it_does_not_speak_to_one_that_nobody_vouches_for() {
    let (server, url, _) = server().await;
    let client = Client::new(&url).expect("a good URL");
    let socket = client.socket("/");
    let statuses = statuses(&socket);
    socket.connect();
    let refused = statuses.wait_for(|status| matches!(status, Status::Reconnecting { .. })).await;
    let Status::Reconnecting { reason: LinkError::Unreachable(why), .. } = refused else { panic!("{refused:?}") };
    assert!(why.contains("certificate"), "{why}");
    assert!(server.said(&json!({"is": "connection"})).is_empty());
}
