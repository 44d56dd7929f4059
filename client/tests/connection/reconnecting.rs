//! How a lost link is replaced.

use std::time::Duration;

use hubbub_client::{
    DisconnectReason, EmitError, LinkError, Status,
    connection::{Connection, Frame, Order},
};

use crate::script::{OPEN, Script, config, disconnected, hang_up, reconnection};

#[test]
fn a_lost_link_is_replaced_and_every_namespace_joined_again() {
    let mut script = Script::joined(&["/", "/chat"]);
    script.close();
    assert_eq!(script.emit("/", "now or never"), Err(EmitError::NotConnected));
    script.relink();
    assert_eq!(script.frames(), ["40", "40/chat,"]);
    script.accept("/", "a");
    script.accept("/chat", "b");
    let told = script.statuses();
    let of = |namespace: &str| -> Vec<&Status> {
        told.iter().filter(|(name, _)| name == namespace).map(|(_, status)| status).collect()
    };
    for (namespace, id) in [("/", "a"), ("/chat", "b")] {
        let told = of(namespace);
        assert!(matches!(told[0], Status::Reconnecting { attempt: 1, reason: LinkError::Closed, .. }), "{told:?}");
        assert_eq!(told[1..], [&Status::Connecting, &Status::Connected { id: id.into(), recovered: false }]);
    }
}

#[test]
fn waits_double_up_to_the_most() {
    let mut script = Script::new(reconnection(1, 5, 0.0, None));
    script.connect("/");
    for (attempt, seconds) in [(1, 1), (2, 2), (3, 4), (4, 5), (5, 5), (6, 5)] {
        script.events();
        script.close();
        let delay = Duration::from_secs(seconds);
        let status = Status::Reconnecting { attempt, delay, reason: LinkError::Closed };
        assert_eq!(script.statuses(), [("/".into(), status)]);
        script.orders();
        assert_eq!(script.sleep(), delay);
        assert_eq!(script.orders(), [Order::Dial]);
    }
}

#[test]
fn waits_stay_within_their_spread_and_are_not_all_the_same() {
    let mut waits = Vec::new();
    for seed in 0..200 {
        let mut connection = Connection::new(reconnection(1, 5, 0.5, None), seed);
        let mut now = Duration::ZERO;
        connection.connect(now, "/");
        for centre in [1.0, 2.0, 4.0, 5.0, 5.0] {
            while connection.poll_order().is_some() {}
            connection.handle_closed(now, LinkError::Closed);
            let next = connection.poll_timeout().unwrap();
            let wait = (next - now).as_secs_f64();
            assert!((centre * 0.5..=centre * 1.5).contains(&wait), "{wait} is not around {centre}");
            waits.push((wait / centre * 1e6) as u64);
            now = next;
            connection.handle_timeout(now);
        }
    }
    waits.sort_unstable();
    assert!(waits[0] < 600_000 && waits[waits.len() - 1] > 1_400_000, "the whole spread is used");
    waits.dedup();
    assert!(waits.len() > 900, "only {} of 1,000 differ", waits.len());
}

#[test]
fn a_link_that_was_open_starts_the_count_anew() {
    let mut script = Script::new(reconnection(1, 5, 0.0, None));
    script.connect("/");
    for _ in 0..4 {
        script.close();
        script.sleep();
    }
    script.frame(OPEN);
    script.close();
    assert_eq!(script.sleep(), Duration::from_secs(1));
}

#[test]
fn a_link_that_is_cut_is_lost_without_a_farewell() {
    let mut script = Script::joined(&["/"]);
    script.emit("/", "to be sent again").unwrap();
    script.cut();
    assert_eq!(script.orders(), [hang_up()]);
    assert_eq!(script.frames(), [""; 0]);
    let told = script.statuses();
    assert!(matches!(told[..], [(_, Status::Reconnecting { attempt: 1, reason: LinkError::Closed, .. })]), "{told:?}");

    // There is none to cut while it waits, and one that is being opened counts as an attempt.
    script.cut();
    assert_eq!((script.orders(), script.statuses()), (vec![], vec![]));
    script.sleep();
    script.events();
    script.cut();
    assert!(matches!(script.statuses()[..], [(_, Status::Reconnecting { attempt: 2, .. })]));
}

#[test]
fn attempts_run_out() {
    let mut script = Script::new(reconnection(1, 5, 0.0, Some(2)));
    script.connect("/");
    script.connect("/chat");
    for _ in 0..2 {
        script.close();
        script.sleep();
    }
    script.events();
    script.close();
    let gone = || DisconnectReason::Link(LinkError::Closed);
    assert_eq!(script.statuses(), [disconnected("/", gone()), disconnected("/chat", gone())]);
    assert_eq!(script.connection.poll_timeout(), None);
}

#[test]
fn without_reconnection_a_lost_link_is_the_end() {
    let mut script = Script::joined_with(config(|config| config.reconnection = None), &["/"]);
    script.close();
    assert_eq!(script.statuses(), [disconnected("/", DisconnectReason::Link(LinkError::Closed))]);
    assert_eq!(script.connection.poll_timeout(), None);
}

#[test]
fn a_server_that_breaks_the_protocol_is_left_and_dialled_again() {
    for frame in ["", "9", "0{}", "4", "42{}", r#"42["connect"]"#, "4é"] {
        let mut script = Script::joined(&["/"]);
        script.frame(frame);
        assert_eq!(script.orders(), [hang_up()], "{frame:?}");
        let statuses = script.statuses();
        assert!(
            matches!(statuses[..], [(_, Status::Reconnecting { reason: LinkError::Protocol(_), .. })]),
            "{frame:?}: {statuses:?}"
        );
    }
}

#[test]
fn reports_of_a_link_that_was_let_go_are_not_of_the_next() {
    // The driver has not carried out HangUp and Dial yet when the old link still says something.
    let mut connection = Script::joined(&["/"]).connection;
    let now = Duration::from_secs(2_000);
    connection.handle_timeout(now);
    let deadline = connection.poll_timeout().unwrap();
    connection.handle_timeout(deadline);
    connection.handle_closed(deadline, LinkError::Closed);
    connection.handle_frame(deadline, OPEN);
    assert_eq!(connection.poll_frame(), None, "no CONNECT to a link that isn't there");
    assert_eq!(connection.poll_order(), Some(hang_up()));
    assert_eq!(connection.poll_order(), Some(Order::Dial));
    connection.handle_frame(deadline, OPEN);
    assert_eq!(connection.poll_frame(), Some(Frame::Text("40".into())));
}

#[test]
fn the_servers_close_packet_is_a_lost_link() {
    let mut script = Script::joined(&["/"]);
    script.frame("1");
    let statuses = script.statuses();
    assert!(matches!(statuses[..], [(_, Status::Reconnecting { reason: LinkError::Closed, .. })]), "{statuses:?}");
}
