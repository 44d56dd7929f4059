//! What is emitted, and what is received.

use hubbub_client::{
    Config, EmitError,
    connection::{Delivery, Event},
};

use crate::script::{Script, encoded};

#[test]
fn two_namespaces_share_one_link() {
    let mut script = Script::joined(&["/", "/chat"]);
    script.emit("/", "a").unwrap();
    script.emit("/chat", "b").unwrap();
    assert_eq!(script.frames(), [r#"42["say","a"]"#, r#"42/chat,["say","b"]"#]);
    script.frame(r#"42/chat,["said",1]"#);
    script.frame(r#"42["said",2]"#);
    let from: Vec<_> = script
        .events()
        .into_iter()
        .map(|event| match event {
            Event::Received { namespace, args, .. } => (namespace.to_string(), args.as_json().to_owned()),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(from, [("/chat".into(), "[1]".into()), ("/".into(), "[2]".into())]);
    assert_eq!(script.orders(), []);
}

#[test]
fn events_on_a_namespace_that_is_not_joined_are_nobodys() {
    let mut script = Script::joined(&["/"]);
    script.connect("/chat");
    script.events();
    script.frame(r#"42/chat,["said",1]"#);
    script.frame(r#"42/else,["said",1]"#);
    assert_eq!(script.events(), []);
    assert_eq!(script.orders(), []);
}

#[test]
fn reserved_names_are_not_sent() {
    let mut script = Script::joined(&["/"]);
    for name in ["connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener"] {
        let sent = script.connection.emit(script.now, "/", name, encoded(&()), Delivery::AtOnce);
        assert_eq!(sent, Err(EmitError::ReservedName(name.into())));
    }
    assert_eq!(script.frames(), [""; 0]);
}

#[test]
fn a_packet_over_the_servers_bound_is_not_sent() {
    let mut script = Script::joined(&["/"]);
    // `42["say","…"]` has 12 bytes around the text; the server takes 1,000.
    script.emit("/", &"x".repeat(988)).unwrap();
    assert_eq!(script.frames()[0].len(), 1_000);
    let over = script.emit("/", &"x".repeat(989));
    assert_eq!(over, Err(EmitError::TooLarge { bytes: 1_001, limit: 1_000 }));
    assert_eq!(script.frames(), [""; 0]);
}

#[test]
fn the_queue_has_a_bound_and_heals() {
    let mut script = Script::joined_with(Config { max_queued_bytes: 40, ..Config::default() }, &["/"]);
    // 20 bytes each.
    script.emit("/", "12345678").unwrap();
    script.emit("/", "12345678").unwrap();
    assert_eq!(script.emit("/", ""), Err(EmitError::BackedUp));
    script.frame("2");
    assert_eq!(script.frames().len(), 3, "the pong goes whatever waits");
    script.emit("/", "12345678").unwrap();
    script.emit("/", "12345678").unwrap();
}

#[test]
fn what_waited_for_a_lost_link_is_not_sent_on_the_next() {
    let mut script = Script::joined(&["/"]);
    script.emit("/", "lost").unwrap();
    script.close();
    script.relink();
    assert_eq!(script.frames(), ["40"]);
}
