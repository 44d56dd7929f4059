//! How a link is found to be dead.

use std::time::Duration;

use hubbub_client::{LinkError, Status};

use crate::script::{PATIENCE, Script, hang_up};

#[test]
fn a_ping_is_answered_with_its_own_data() {
    let mut script = Script::joined(&["/"]);
    script.frame("2");
    script.frame("2probe");
    assert_eq!(script.frames(), ["3", "3probe"]);
}

#[test]
fn a_link_is_dead_exactly_when_interval_and_timeout_have_passed() {
    const INSTANT: Duration = Duration::from_nanos(1);
    let mut script = Script::joined(&["/"]);
    script.advance(PATIENCE - INSTANT);
    assert_eq!(script.orders(), []);
    script.frame("2");
    script.advance(PATIENCE - INSTANT);
    assert_eq!(script.orders(), [], "the ping gave it as much again");
    script.advance(INSTANT);
    assert_eq!(script.orders(), [hang_up()]);
    let statuses = script.statuses();
    assert!(matches!(statuses[..], [(_, Status::Reconnecting { attempt: 1, reason: LinkError::HeartbeatMissed, .. })]));
}

#[test]
fn other_traffic_is_no_heartbeat() {
    let mut script = Script::joined(&["/"]);
    script.advance(PATIENCE / 2);
    script.frame(r#"42["say","hi"]"#);
    script.advance(PATIENCE / 2);
    assert_eq!(script.orders(), [hang_up()]);
}

#[test]
fn a_ping_that_comes_after_the_deadline_comes_too_late() {
    // A laptop slept: the timer comes late, and what the dead link still had to say comes first.
    let mut script = Script::joined(&["/"]);
    script.now += PATIENCE * 2;
    script.frame("2");
    assert_eq!(script.orders(), [hang_up()]);
    assert_eq!(script.frames(), [""; 0]);
}
