//! How a namespace is left, and with the last one the connection.

use hubbub_client::{
    DisconnectReason,
    connection::{Frame, Order},
};

use crate::script::{OPEN, Script, connected, disconnected, hang_up};

#[test]
fn the_last_namespace_that_is_left_closes_the_link() {
    let mut script = Script::joined(&["/", "/chat"]);
    script.disconnect("/chat");
    assert_eq!(script.frames(), ["41/chat,"]);
    assert_eq!(script.orders(), []);
    script.emit("/", "bye").unwrap();
    script.disconnect("/");
    let farewell = vec![Frame::Text(r#"42["say","bye"]"#.into()), Frame::Text("41".into())];
    assert_eq!(script.orders(), [Order::HangUp { farewell }], "what was accepted is not forgotten");
    assert_eq!(
        script.statuses(),
        [disconnected("/chat", DisconnectReason::Client), disconnected("/", DisconnectReason::Client)]
    );
    assert_eq!(script.connection.poll_timeout(), None);
}

#[test]
fn a_server_that_disconnects_is_not_dialled_again() {
    let mut script = Script::joined(&["/", "/chat"]);
    script.frame("41/chat,");
    assert_eq!(script.statuses(), [disconnected("/chat", DisconnectReason::Server)]);
    assert_eq!(script.orders(), [], "the other namespace still needs the link");
    script.frame("41");
    assert_eq!(script.statuses(), [disconnected("/", DisconnectReason::Server)]);
    assert_eq!(script.orders(), [hang_up()]);
    assert_eq!(script.connection.poll_timeout(), None);
}

#[test]
fn a_namespace_that_was_left_is_not_joined_again_with_the_next_link() {
    let mut script = Script::joined(&["/", "/chat"]);
    script.frame("41/chat,");
    script.close();
    script.relink();
    assert_eq!(script.frames(), ["40"]);
}

#[test]
fn leaving_ends_the_wait_for_a_new_link() {
    let mut script = Script::joined(&["/"]);
    script.close();
    script.disconnect("/");
    assert_eq!(script.connection.poll_timeout(), None);
    assert!(!script.orders().contains(&Order::Dial));
}

#[test]
fn one_can_come_back() {
    let mut script = Script::joined(&["/"]);
    script.disconnect("/");
    script.connect("/");
    assert_eq!(script.orders(), [Order::HangUp { farewell: vec![Frame::Text("41".into())] }, Order::Dial]);
    script.frame(OPEN);
    script.events();
    script.accept("/", "second");
    assert_eq!(script.statuses(), [connected("/", "second")]);
}

#[test]
fn frames_after_the_close_mean_nothing() {
    let mut script = Script::joined(&["/"]);
    script.disconnect("/");
    script.orders();
    script.events();
    for frame in [OPEN, "2", r#"40{"sid":"x"}"#, r#"42["say","late"]"#, "41", "1", "nonsense"] {
        script.frame(frame);
    }
    script.binary(b"late");
    script.close();
    assert_eq!(script.events(), []);
    assert_eq!(script.orders(), []);
    assert_eq!(script.frames(), [""; 0]);
    assert_eq!(script.connection.poll_timeout(), None);
}
