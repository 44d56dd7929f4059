use hubbub_client::{Direction, Frame};
use proptest::prelude::*;

use super::*;
use crate::model::wire::MAX_PACKETS;

const MS: Duration = Duration::from_millis(1);

/// Frames as they pass, one each millisecond: `<` before what comes, `>` before what goes; `#` for an attachment.
fn log(frames: &[&str]) -> Log {
    let mut log = Log::default();
    for (at, frame) in (0..).zip(frames) {
        let (direction, frame) = match frame.split_at(1) {
            ("<", frame) => (Direction::In, frame),
            (_, frame) => (Direction::Out, frame),
        };
        let frame = if frame == "#" { Frame::Binary(vec![1, 2]) } else { Frame::Text(frame.into()) };
        log.record(MS * at, direction, &frame);
    }
    log
}

fn trace(frames: &[&str]) -> Trace {
    let mut trace = Trace::default();
    trace.follow(&log(frames));
    trace
}

/// What each answers, as its place in the list, and how long that took.
fn answers(trace: &Trace) -> Vec<Option<(u64, Duration)>> {
    trace.rows().map(|row| row.answers.map(|answer| (answer.to.0, answer.after))).collect()
}

#[test]
fn a_whole_conversation_is_read() {
    let trace = trace(&[
        r#"<0{"sid":"a","upgrades":[],"pingInterval":25000,"pingTimeout":20000}"#,
        r#">40/chat,{"token":"x"}"#,
        r#"<40/chat,{"sid":"b"}"#,
        r#">42/chat,3["sync",{}]"#,
        "<2",
        ">3",
        r#"<43/chat,3[{"ok":{}}]"#,
        "<41/chat,",
        "<1",
    ]);
    let types: Vec<_> = trace.rows().map(|row| row.packet_type().map_or("?", PacketType::name)).collect();
    assert_eq!(types, ["open", "CONNECT", "CONNECT", "EVENT", "ping", "pong", "ACK", "DISCONNECT", "close"]);
    let namespaces = trace.rows().filter(|row| row.namespace.as_deref() == Some("/chat")).count();
    assert_eq!(namespaces, 5);
    let expected = [None, None, Some((1, MS)), None, None, None, Some((3, 3 * MS)), None, None];
    assert_eq!(answers(&trace), expected);
    let events: Vec<_> = trace.rows().filter_map(|row| row.event.as_deref()).collect();
    assert_eq!(events, ["sync", "sync"], "an acknowledgement says of what");
    assert_eq!(trace.answered_after(PacketId(3)), Some(3 * MS));
    assert_eq!(trace.answered_after(PacketId(0)), None);
}

#[test]
fn acknowledgements_find_their_events_both_ways_in_any_order() {
    let trace = trace(&[
        r#">421["a"]"#,
        r#"<421["b"]"#,
        r#">42/chat,1["c"]"#,
        r#">422["d"]"#,
        "<43/chat,1[]",
        "<432[]",
        "<431[]",
        ">431[]",
        // Nobody asked for it, or nobody any more.
        "<431[]",
        "<439[]",
    ]);
    let expected = [(2, 2 * MS), (3, 2 * MS), (0, 6 * MS), (1, 6 * MS)].map(Some);
    assert_eq!(answers(&trace)[4..], [&expected[..], &[None, None]].concat());
}

#[test]
fn no_answer_comes_on_another_link() {
    let open = r#"<0{"sid":"a","upgrades":[],"pingInterval":25000,"pingTimeout":20000}"#;
    let trace = trace(&[open, r#">421["a"]"#, open, "<431[]"]);
    assert_eq!(answers(&trace), [None; 4]);
}

#[test]
fn a_refused_namespace_is_an_answer() {
    let trace = trace(&[">40/chat,", r#"<44/chat,{"message":"unauthorized"}"#]);
    assert_eq!(answers(&trace)[1], Some((0, MS)));
}

#[test]
fn attachments_belong_to_the_packet_before_them() {
    let placeholder = r#"{"_placeholder":true,"num":0}"#;
    let event = format!(r#"<452-/files,["file",{placeholder},{placeholder}]"#);
    let trace = trace(&[&event, "<#", ">3", "<#", r#"<42["other"]"#, "<#"]);
    let events: Vec<_> = trace.rows().map(|row| row.event.as_deref().unwrap_or_default()).collect();
    assert_eq!(events, ["file", "file", "", "file", "other", ""]);
    let is_attachment: Vec<_> = trace.rows().map(Row::is_attachment).collect();
    assert_eq!(is_attachment, [false, true, false, true, false, true]);
}

#[test]
fn the_first_of_each_type_is_known_until_all_is_cleared() {
    let frames = ["<2", "<2", r#"<42["a"]"#, "<41", r#"<42["a"]"#];
    let mut trace = trace(&frames);
    let first: Vec<_> = trace.rows().map(|row| row.first_of).collect();
    let [ping, message, event] = [PacketType::Ping, PacketType::Message, PacketType::Event].map(Some);
    assert_eq!(
        first,
        [[ping, None], [None, None], [message, event], [None, Some(PacketType::Disconnect)], [None, None]]
    );
    trace.clear();
    assert_eq!(trace.rows().count(), 0);
    let mut more = log(&frames);
    more.record(MS, Direction::In, &Frame::Text("2".into()));
    trace.follow(&more);
    assert_eq!(trace.rows().map(|row| row.first_of).collect::<Vec<_>>(), [[ping, None]]);
}

#[test]
fn what_cannot_be_read_is_shown_all_the_same() {
    let trace = trace(&["<", "<9", "<4", "<42{}", r#"<42["connect"]"#]);
    let types: Vec<_> = trace.rows().map(Row::packet_type).collect();
    let message = Some(PacketType::Message);
    assert_eq!(types, [None, None, message, message, message]);
}

fn frames() -> impl Strategy<Value = Vec<String>> {
    let open = r#"<0{"sid":"a","upgrades":[],"pingInterval":25000,"pingTimeout":20000}"#;
    let frame = prop_oneof![
        Just(open.to_owned()),
        r#"[<>]42(/a,)?[0-3]?\["x"\]"#,
        r"[<>]43(/a,)?[0-3]\[\]",
        r"[<>](2|3|40|40/a,|44/a,\{\}|41)",
        "[<>].{0,6}",
        Just("<#".to_owned()),
    ];
    prop::collection::vec(frame, 0..60)
}

proptest! {
    #[test]
    fn whenever_one_looks_one_sees_the_same(frames in frames(), looks in prop::collection::vec(0..60_usize, 0..6)) {
        let frames: Vec<&str> = frames.iter().map(String::as_str).collect();
        let mut often = Trace::default();
        for at in (0..=frames.len()).filter(|at| looks.contains(at) || *at == frames.len()) {
            often.follow(&log(&frames[..at]));
        }
        let once = trace(&frames);
        prop_assert!(often.rows().eq(once.rows()));
    }

    #[test]
    fn each_question_has_one_answer_at_most_and_both_know(frames in frames()) {
        let frames: Vec<&str> = frames.iter().map(String::as_str).collect();
        let trace = trace(&frames);
        let rows: Vec<_> = trace.rows().collect();
        let mut answered = Vec::new();
        for answer in rows.iter().filter_map(|row| row.answers) {
            prop_assert!(!answered.contains(&answer.to));
            answered.push(answer.to);
            prop_assert_eq!(trace.answered_after(answer.to), Some(answer.after));
        }
        let know = rows.iter().filter(|row| row.answered_after.is_some()).count();
        prop_assert_eq!(know, answered.len());
        prop_assert!(rows.iter().filter(|row| row.answered_after.is_some()).all(|row| row.asks()));
    }
}

proptest! {
    // Long ones.
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn a_trace_forgets_with_its_log(count in 0..2_500_u64, looked in 0..2_500_u64) {
        let (mut log, mut trace) = (Log::default(), Trace::default());
        for at in 0..count {
            log.record(MS, Direction::In, &Frame::Text("2".into()));
            if at == looked {
                trace.follow(&log);
            }
        }
        trace.follow(&log);
        let ids: Vec<_> = trace.rows().map(|row| row.packet.id.0).collect();
        let expected: Vec<_> = (count.saturating_sub(MAX_PACKETS as u64)..count).collect();
        prop_assert_eq!(ids, expected);
    }
}
