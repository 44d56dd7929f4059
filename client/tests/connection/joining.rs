//! How a namespace is joined, and what becomes of one that the server refuses.

use std::time::Duration;

use hubbub_client::{
    Config, DisconnectReason, EmitError, LinkError, Status,
    connection::{Auth, Event, Order},
};

use crate::script::{OPEN, Script, connected, disconnected, hang_up};

#[test]
fn nothing_is_dialled_before_a_namespace_is_wanted() {
    let mut script = Script::new(Config::default());
    assert_eq!(script.connection.poll_timeout(), None);
    assert_eq!(script.orders(), []);
    script.connect("/");
    assert_eq!(script.orders(), [Order::Dial]);
    assert_eq!(script.statuses(), [("/".into(), Status::Connecting)]);
}

#[test]
fn connect_waits_for_the_handshake_and_the_status_for_the_answer() {
    let mut script = Script::new(Config::default());
    script.connect("/");
    assert_eq!(script.frames(), [""; 0]);
    script.frame(OPEN);
    assert_eq!(script.frames(), ["40"]);
    assert_eq!(script.emit("/", "too early"), Err(EmitError::NotConnected));
    script.events();
    script.accept("/", "abc");
    assert_eq!(script.statuses(), [connected("/", "abc")]);
    assert_eq!(script.emit("/", "hi"), Ok(()));
    assert_eq!(script.frames(), [r#"42["say","hi"]"#]);
}

#[test]
fn connect_carries_auth_also_after_the_link_was_replaced() {
    let mut script = Script::new(Config::default());
    script.connection.set_auth("/chat", Auth::Value(r#"{"token":"t"}"#.into()));
    script.connect("/chat");
    script.take_orders();
    script.frame(OPEN);
    assert_eq!(script.frames(), [r#"40/chat,{"token":"t"}"#]);
    script.close();
    script.relink();
    assert_eq!(script.frames(), [r#"40/chat,{"token":"t"}"#]);
}

#[test]
fn connecting_twice_asks_once() {
    let mut script = Script::new(Config::default());
    script.connect("/");
    script.connect("/");
    script.frame(OPEN);
    script.connect("/");
    script.accept("/", "abc");
    script.connect("/");
    assert_eq!(script.orders(), [Order::Dial]);
    assert_eq!(script.frames(), ["40"]);
    assert_eq!(script.statuses(), [("/".into(), Status::Connecting), connected("/", "abc")]);
}

fn no_answer_is_given_up(script: &mut Script) {
    script.orders();
    script.events();
    assert_eq!(script.sleep(), Duration::from_secs(20));
    assert_eq!(script.orders(), [hang_up()]);
    let statuses = script.statuses();
    assert!(matches!(statuses[..], [(_, Status::Reconnecting { attempt: 1, reason: LinkError::NoAnswer, .. })]));
}

#[test]
fn a_server_that_never_shakes_hands_is_given_up() {
    let mut script = Script::new(Config::default());
    script.connect("/");
    no_answer_is_given_up(&mut script);
}

#[test]
fn a_server_that_never_answers_connect_is_given_up() {
    let mut script = Script::new(Config::default());
    script.connect("/");
    script.frame(OPEN);
    no_answer_is_given_up(&mut script);
}

/// A namespace whose auth payload is asked for, and the question.
fn asked(script: &mut Script, namespace: &str) -> u64 {
    script.connection.set_auth(namespace, Auth::Ask);
    script.connect(namespace);
    let events = script.events();
    let Some(Event::AuthWanted { ticket, .. }) = events.last() else { panic!("not asked: {events:?}") };
    *ticket
}

#[test]
fn an_auth_function_that_never_answers_costs_its_own_namespace_only() {
    let mut script = Script::joined(&["/"]);
    let ticket = asked(&mut script, "/chat");
    assert_eq!(script.sleep(), Duration::from_secs(20));
    assert_eq!(script.statuses(), [disconnected("/chat", DisconnectReason::NoAuth)]);
    assert_eq!(script.orders(), [], "the other namespace still has its link");
    // An answer that comes after all is to a question that nobody asks any more.
    script.connection.authenticate(script.now, "/chat", ticket, Some("{}"));
    assert_eq!(script.frames(), [""; 0]);
    assert_eq!(script.events(), []);
    // Whoever connects again is asked again.
    let again = asked(&mut script, "/chat");
    script.connection.authenticate(script.now, "/chat", again, Some("{}"));
    assert_eq!(script.frames(), ["40/chat,{}"]);
}

#[test]
fn an_auth_function_that_never_answers_ends_a_link_that_nobody_else_wants() {
    let mut script = Script::new(Config::default());
    script.connection.set_auth("/", Auth::Ask);
    script.connect("/");
    script.frame(OPEN);
    script.orders();
    assert_eq!(script.sleep(), Duration::from_secs(20));
    assert_eq!(script.orders(), [hang_up()]);
    assert_eq!(script.connection.poll_timeout(), None);
}

#[test]
fn a_link_that_is_lost_while_auth_is_awaited_asks_anew() {
    let mut script = Script::joined(&["/"]);
    let ticket = asked(&mut script, "/chat");
    script.close();
    script.relink();
    let events = script.events();
    let new = events.iter().find_map(|event| match event {
        Event::AuthWanted { ticket, .. } => Some(*ticket),
        _ => None,
    });
    assert!(new.is_some_and(|new| new != ticket), "{events:?}");
    script.frames();
    script.connection.authenticate(script.now, "/chat", ticket, None);
    assert_eq!(script.frames(), [""; 0], "that was the answer to an older question");
}

#[test]
fn a_refusal_has_the_servers_words_and_ends_the_link() {
    for (payload, message, data) in [
        (r#"{"message":"no","data":{"code": 7}}"#, "no", Some(r#"{"code": 7}"#)),
        (r#"{"message":"no"}"#, "no", None),
        (r#""old words""#, "old words", None),
        (r#"{"else":1}"#, r#"{"else":1}"#, None),
    ] {
        let mut script = Script::new(Config::default());
        script.connect("/");
        script.frame(OPEN);
        script.events();
        script.orders();
        assert_eq!(script.frames(), ["40"]);
        script.frame(&format!("44{payload}"));
        let reason = DisconnectReason::Refused { message: message.into(), data: data.map(Into::into) };
        assert_eq!(script.statuses(), [disconnected("/", reason)], "{payload}");
        assert_eq!(script.orders(), [hang_up()]);
        assert_eq!(script.connection.poll_timeout(), None, "no further attempt");
    }
}

#[test]
fn a_refused_namespace_leaves_the_others_alone() {
    let mut script = Script::joined(&["/"]);
    script.connect("/chat");
    script.frame(r#"44/chat,{"message":"unauthorized"}"#);
    assert_eq!(script.orders(), []);
    assert_eq!(script.emit("/", "still here"), Ok(()));
}

#[test]
fn connect_without_a_socket_id_is_an_old_server() {
    let mut script = Script::new(Config::default());
    script.connect("/");
    script.frame(OPEN);
    script.events();
    script.frame("40");
    let statuses = script.statuses();
    assert!(matches!(&statuses[..], [(_, Status::Disconnected { reason: DisconnectReason::OldServer })]));
}
