//! Logs are read by many: no `Debug` shows what is secret, and each shows what it is of.

use std::time::Duration;

use hubbub_client::{
    Config,
    codec::{engine, socket},
    connection::{Auth, Connection, Frame, Order},
};

const SECRET: &str = "sesame";

/// What a value shows, all of it and in one line, if that is not the secret.
fn shown(value: &impl std::fmt::Debug) -> String {
    let shown = format!("{value:?}");
    assert!(!shown.contains(SECRET), "{shown}");
    assert!(!format!("{value:#?}").contains(SECRET));
    shown
}

#[test]
fn a_connection_shows_no_auth_and_nothing_that_continues_its_session() {
    let mut connection = Connection::new(Config::default(), 7);
    let auth = Auth::Value(format!(r#"{{"token":"{SECRET}"}}"#));
    assert_eq!(shown(&auth), "Value(..)");
    connection.set_auth("/chat", auth);
    connection.connect(Duration::ZERO, "/chat");
    assert_eq!(connection.poll_order(), Some(Order::Dial));
    connection.handle_frame(Duration::ZERO, r#"0{"sid":"a","pingInterval":300,"pingTimeout":200}"#);
    // CONNECT waits to be sent.
    assert!(shown(&connection).contains("/chat"));
    let Some(connect) = connection.poll_frame() else { panic!("no CONNECT") };
    assert_eq!(shown(&connect), r#"Text("40/chat,{..}")"#);
    connection.handle_frame(Duration::ZERO, &format!(r#"40/chat,{{"sid":"b","pid":"{SECRET}"}}"#));
    shown(&connection);
    connection.disconnect(Duration::ZERO, "/chat");
    shown(&connection.poll_order());
}

#[test]
fn packets_show_no_auth() {
    let text = format!(r#"40/chat,{{"token":"{SECRET}"}}"#);
    shown(&Frame::Text(text.clone()));
    let Ok(engine::Packet::Message(message)) = engine::Packet::decode(&text) else { panic!("no message") };
    let packet = socket::Packet::decode(message).unwrap();
    assert_eq!(shown(&packet), r#"Packet { namespace: "/chat", body: Connect { data: Some({..}) } }"#);
    assert_eq!(shown(&Frame::Binary(SECRET.into())), "Binary(6 bytes)");
}

#[cfg(all(feature = "native", not(target_family = "wasm")))]
#[tokio::test]
async fn a_client_and_what_makes_it_show_no_auth() {
    use hubbub_client::{BuildError, Client};

    let builder = Client::builder(&format!("http://localhost:1/?token={SECRET}"));
    let builder = builder.query("token", SECRET).header("Authorization", SECRET);
    assert!(shown(&builder).starts_with(r#"Builder { url: "http://localhost:1/", path: "/socket.io/", config: "#));
    let client = builder.build().unwrap();
    let socket = client.socket("/chat");
    socket.set_auth(&serde_json::json!({ "token": SECRET })).unwrap();
    assert_eq!(shown(&client), r#"Client { namespaces: ["/", "/chat"], .. }"#);
    let never = "Disconnected { reason: NeverConnected }";
    assert_eq!(shown(&socket), format!(r#"Socket {{ namespace: "/chat", status: {never}, .. }}"#));
    assert!(shown(&socket.volatile()).contains("Volatile"));
    shown(&socket.on("e", |_| {}));
    assert_eq!(shown(&socket.events("e")), "Items { waiting: 0, missed: 0, .. }");
    shown(&socket.emit_with_ack::<()>("e", ()).unwrap());
    let wrong = Client::new(&format!("localhost/?token={SECRET}")).unwrap_err();
    assert_eq!(wrong, BuildError::Scheme("localhost/".into()));
    shown(&wrong);
}
