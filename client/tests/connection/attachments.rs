//! Packets with bytes, which come in several frames.

use hubbub_client::{AckError, LinkError, Status, codec::DecodeError, connection::Event};

use crate::script::{Script, hang_up, received};

const TWO: &str = r#"452-["file",{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}]"#;

#[test]
fn an_event_comes_when_its_attachments_have() {
    let mut script = Script::joined(&["/"]);
    script.frame(TWO);
    script.binary(b"one");
    assert_eq!(script.events(), []);
    script.binary(b"two");
    let events = script.events();
    let [Event::Received { args, .. }] = &events[..] else { panic!("{events:?}") };
    assert_eq!((args.event(), args.attachments()), ("file", &[b"one".to_vec(), b"two".to_vec()][..]));
}

#[test]
fn an_acknowledgement_may_have_some_too() {
    let mut script = Script::joined(&["/"]);
    let asked = script.ask("/");
    script.frame(r#"461-0[{"_placeholder":true,"num":0}]"#);
    script.binary(b"one");
    let events = script.events();
    let [Event::Acked { id, result: Ok(args) }] = &events[..] else { panic!("{events:?}") };
    assert_eq!((*id, args.attachments()), (asked, &[b"one".to_vec()][..]));
}

#[test]
fn a_ping_may_come_between() {
    let mut script = Script::joined(&["/"]);
    script.frame(TWO);
    script.binary(b"one");
    script.frame("2");
    script.binary(b"two");
    assert_eq!(received(script.events()).len(), 1);
}

#[test]
fn a_link_lost_in_the_middle_delivers_nothing_and_fails_the_acknowledgement() {
    let mut script = Script::joined(&["/"]);
    let id = script.ask("/");
    script.frames();
    script.frame(r#"462-0[{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}]"#);
    script.binary(b"one");
    script.close();
    let ends: Vec<_> = script.events().into_iter().filter(|event| !matches!(event, Event::Status { .. })).collect();
    assert_eq!(ends, [Event::Acked { id, result: Err(AckError::Disconnected) }]);

    // And what follows on the next link does not complete it.
    script.relink();
    script.accept("/", "again");
    script.events();
    script.frame(TWO);
    script.binary(b"new one");
    script.binary(b"new two");
    let events = script.events();
    let [Event::Received { args, .. }] = &events[..] else { panic!("{events:?}") };
    assert_eq!(args.attachments(), [b"new one".to_vec(), b"new two".to_vec()]);
}

#[test]
fn a_namespace_left_in_the_middle_hears_no_more() {
    let mut script = Script::joined(&["/", "/chat"]);
    script.frame(r#"451-/chat,["file",{"_placeholder":true,"num":0}]"#);
    script.disconnect("/chat");
    script.events();
    script.binary(b"late");
    assert_eq!(script.events(), []);
    script.frame(r#"42["said","next"]"#);
    assert_eq!(received(script.events()).len(), 1, "the link is still in step");
}

#[test]
fn a_packet_where_one_was_due_breaks_the_protocol() {
    let mut script = Script::joined(&["/"]);
    script.frame(TWO);
    script.binary(b"one");
    script.frame(r#"42["said",1]"#);
    let statuses = script.statuses();
    let stray = LinkError::Protocol(DecodeError::StrayAttachment);
    assert!(matches!(&statuses[..], [(_, Status::Reconnecting { reason, .. })] if *reason == stray), "{statuses:?}");
}

#[test]
fn one_that_nothing_announced_breaks_the_protocol() {
    let mut script = Script::joined(&["/"]);
    script.binary(b"stray");
    assert_eq!(script.orders(), [hang_up()]);
}

#[test]
fn too_many_announced_break_the_connection_not_the_memory() {
    let mut script = Script::joined(&["/"]);
    script.frame(r#"4518446744073709551615-["file"]"#);
    let statuses = script.statuses();
    assert!(
        matches!(
            statuses[..],
            [(
                _,
                Status::Reconnecting { reason: LinkError::Protocol(DecodeError::TooManyAttachments(usize::MAX)), .. }
            )]
        ),
        "{statuses:?}"
    );
}
