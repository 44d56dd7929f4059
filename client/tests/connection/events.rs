//! What is emitted, and what is received.

use hubbub_client::{
    AckError, EmitError,
    connection::{Delivery, Event},
};

use crate::script::{OPEN, Script, config, encoded};

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

/// The events that were given up, and why.
fn given_up(script: &mut Script) -> Vec<(String, AckError)> {
    let given_up = |event| match event {
        Event::GivenUp { namespace, name, error } => Some((format!("{name} on {namespace}"), error)),
        _ => None,
    };
    script.events().into_iter().filter_map(given_up).collect()
}

/// Only the handshake says what the server takes.
#[test]
fn what_waited_and_turns_out_to_be_over_the_servers_bound_is_told() {
    for retries in [None, Some(3)] {
        let mut script = Script::new(config(|config| config.retries = retries));
        let large = encoded(&("x".repeat(1_000),));
        script.connection.emit(script.now, "/", "too \"large\"", large.clone(), Delivery::Buffered).unwrap();
        script.connection.emit(script.now, "/", "small", encoded(&()), Delivery::Buffered).unwrap();
        script.connect("/");
        script.frame(OPEN);
        script.accept("/", "a");
        let told = given_up(&mut script);
        let [(event, AckError::NotSent(EmitError::TooLarge { limit: 1_000, .. }))] = &told[..] else {
            panic!("{retries:?}: {told:?}")
        };
        assert_eq!(event, "too \"large\" on /");
        assert!(script.frames()[1].contains("small"), "what is behind it goes");
        // From now on the bound is known.
        let refused = script.connection.emit(script.now, "/", "e", large, Delivery::Buffered);
        assert!(matches!(refused, Err(EmitError::TooLarge { .. })), "{retries:?}: {refused:?}");
    }
}

#[test]
fn what_was_sent_again_and_again_in_vain_is_told_if_nobody_awaits_it() {
    let mut script = Script::joined_with(config(|config| config.retries = Some(1)), &["/"]);
    script.connection.emit(script.now, "/", "in vain", encoded(&()), Delivery::Buffered).unwrap();
    script.sleep();
    assert_eq!(given_up(&mut script), []);
    script.sleep();
    assert_eq!(given_up(&mut script), [("in vain on /".into(), AckError::TimedOut)]);
}

#[test]
fn the_queue_has_a_bound_and_heals() {
    let mut script = Script::joined_with(config(|config| config.max_queued_bytes = 40), &["/"]);
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
