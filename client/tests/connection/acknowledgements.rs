//! Each acknowledgement is settled exactly once.

use std::time::Duration;

use hubbub_client::{
    AckError, EmitError,
    connection::{AckId, Delivery, Event},
};

use crate::script::{ACK_TIMEOUT, Script, encoded, received};

/// How the awaited acknowledgements ended: every `Acked` there is.
fn ends(script: &mut Script) -> Vec<(AckId, Result<String, AckError>)> {
    let acked = |event| match event {
        Event::Acked { id, result } => Some((id, result.map(|args| args.as_json().to_owned()))),
        _ => None,
    };
    script.events().into_iter().filter_map(acked).collect()
}

/// The id by which an event asks, from the frame that carries it: `42<id>["ask"]`.
fn asked(frame: &str) -> String {
    frame.strip_prefix("42").unwrap().split('[').next().unwrap().to_owned()
}

#[test]
fn answered_once_whatever_follows() {
    let mut script = Script::joined(&["/"]);
    let id = script.ask("/");
    let wire_id = asked(&script.frames()[0]);
    script.frame(&format!(r#"43{wire_id}["yes",1]"#));
    script.frame(&format!(r#"43{wire_id}["again"]"#));
    script.advance(ACK_TIMEOUT);
    script.close();
    assert_eq!(ends(&mut script), [(id, Ok(r#"["yes",1]"#.into()))]);
}

#[test]
fn timed_out_once_exactly_then_whatever_follows() {
    const INSTANT: Duration = Duration::from_nanos(1);
    let mut script = Script::joined(&["/"]);
    let id = script.ask("/");
    let wire_id = asked(&script.frames()[0]);
    script.advance(ACK_TIMEOUT - INSTANT);
    assert_eq!(ends(&mut script), []);
    script.advance(INSTANT);
    script.frame(&format!("43{wire_id}[]"));
    script.close();
    assert_eq!(ends(&mut script), [(id, Err(AckError::TimedOut))]);
}

#[test]
fn lost_once_with_the_link_whatever_follows() {
    let mut script = Script::joined(&["/"]);
    let (first, second) = (script.ask("/"), script.ask("/"));
    let wire_id = asked(&script.frames()[0]);
    script.close();
    script.relink();
    script.accept("/", "again");
    script.frame(&format!("43{wire_id}[]"));
    script.advance(ACK_TIMEOUT);
    let lost = Err(AckError::Disconnected);
    assert_eq!(ends(&mut script), [(first, lost.clone()), (second, lost)]);
}

#[test]
fn lost_with_their_namespace_and_no_other() {
    let mut script = Script::joined(&["/", "/chat"]);
    let (root, chat) = (script.ask("/"), script.ask("/chat"));
    let wire_id = asked(&script.frames()[0]);
    script.frame("41/chat,");
    assert_eq!(ends(&mut script), [(chat, Err(AckError::Disconnected))]);
    script.frame(&format!("43{wire_id}[]"));
    assert_eq!(ends(&mut script), [(root, Ok("[]".into()))]);
}

#[test]
fn one_namespace_cannot_answer_for_another() {
    let mut script = Script::joined(&["/", "/chat"]);
    script.ask("/");
    let wire_id = asked(&script.frames()[0]);
    script.frame(&format!("43/chat,{wire_id}[]"));
    assert_eq!(ends(&mut script), []);
}

#[test]
fn what_was_never_sent_awaits_nothing() {
    let mut script = Script::joined(&["/"]);
    let long = "x".repeat(2_000);
    let refused = script.connection.emit_with_ack(script.now, "/", "ask", encoded(&(long,)), Delivery::AtOnce, None);
    assert!(matches!(refused, Err(EmitError::TooLarge { .. })));
    script.advance(ACK_TIMEOUT);
    assert_eq!(ends(&mut script), []);
}

#[test]
fn the_servers_question_is_answered_by_its_id() {
    let mut script = Script::joined(&["/chat"]);
    script.frame(r#"42/chat,12["question","x"]"#);
    let [(_, _, Some(reply))] = &received(script.events())[..] else { panic!("no question") };
    script.connection.answer(script.now, reply, encoded(&("yes", 1))).unwrap();
    assert_eq!(script.frames(), [r#"43/chat,12["yes",1]"#]);
}

#[test]
fn an_answer_to_an_old_session_goes_nowhere() {
    let mut script = Script::joined(&["/"]);
    script.frame(r#"421["question"]"#);
    let [(_, _, Some(reply))] = &received(script.events())[..] else { panic!("no question") };
    script.close();
    assert_eq!(script.connection.answer(script.now, reply, encoded(&())), Err(EmitError::NotConnected));
    script.relink();
    script.accept("/", "second");
    script.frames();
    assert_eq!(script.connection.answer(script.now, reply, encoded(&())), Err(EmitError::NotConnected));
    assert_eq!(script.frames(), [""; 0], "the server's second socket never asked");
}
