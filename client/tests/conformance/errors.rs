//! Servers that no client should have to meet: each has an error of its own, and what follows from it.

use hubbub_client::{Client, DisconnectReason, LinkError, Status};

use crate::world::{MOMENT, Watched, conformance, next_args, odd, official, tag, told};

/// The first status but `Connecting`.
async fn outcome(socket: &mut Watched) -> Status {
    socket.connect();
    socket.until(|status| *status != Status::Connecting).await.pop().expect("there is one")
}

/// Why the link couldn't be opened or was lost, and the proof that it is tried again.
async fn tried_again(socket: &mut Watched) -> LinkError {
    let reconnecting = |status: &Status| matches!(status, Status::Reconnecting { .. });
    socket.connect();
    let mut statuses = socket.until(reconnecting).await;
    let Some(Status::Reconnecting { attempt: 1, reason, .. }) = statuses.pop() else { panic!("{statuses:?}") };
    assert_eq!(socket.next_status().await, Status::Connecting);
    reason
}

#[conformance]
async fn nobody_is_there() {
    let mut socket = Watched::new(Client::new("http://127.0.0.1:1").expect("a good URL").socket("/"));
    let LinkError::Unreachable(why) = tried_again(&mut socket).await else { panic!("not unreachable") };
    let expected = if cfg!(target_family = "wasm") { "the browser could not open a WebSocket" } else { "refused" };
    assert!(why.contains(expected), "{why}");
}

#[conformance]
async fn a_path_where_nobody_speaks_socket_io() {
    let mut socket = Watched::new(odd("/missing/", &tag()).socket().expect("a good URL"));
    let LinkError::Unreachable(why) = tried_again(&mut socket).await else { panic!("not unreachable") };
    let expected = if cfg!(target_family = "wasm") { "the browser could not open a WebSocket" } else { "404" };
    assert!(why.contains(expected), "{why}");
    // The official server closes such connections without a word.
    let mut socket = Watched::new(official(&tag()).path("/missing/").socket().expect("a good URL"));
    let error = tried_again(&mut socket).await;
    assert!(matches!(error, LinkError::Unreachable(_)), "{error:?}");
}

#[conformance]
async fn a_server_that_never_answers_the_handshake() {
    // Without a WebSocket, and with one on which nothing comes.
    for path in ["/hang/", "/mute/"] {
        let tag = tag();
        let mut socket = Watched::new(odd(path, &tag).connect_timeout(MOMENT).socket().expect("a good URL"));
        assert_eq!(tried_again(&mut socket).await, LinkError::NoAnswer, "{path}");
        // The first attempt was let go.
        told(&tag, "closed", 1).await;
    }
}

#[conformance]
async fn a_server_that_never_answers_connect() {
    let tag = tag();
    let client = official(&tag).connect_timeout(MOMENT * 10).build().expect("a good URL");
    let mut socket = Watched::new(client.socket("/slow"));
    assert_eq!(tried_again(&mut socket).await, LinkError::NoAnswer);
    told(&tag, "closed", 1).await;
}

#[conformance]
async fn a_server_older_than_version_3() {
    let tag = tag();
    let mut socket = Watched::new(odd("/v2/", &tag).socket().expect("a good URL"));
    let reason = DisconnectReason::OldServer;
    assert_eq!(outcome(&mut socket).await, Status::Disconnected { reason: reason.clone() });
    told(&tag, "closed", 1).await;
    // Another attempt would bring nothing else.
    assert_eq!(socket.status(), Status::Disconnected { reason });
    assert_eq!(told(&tag, "engines", 1).await.len(), 1);
}

#[conformance]
async fn a_missed_heartbeat() {
    let tag = tag();
    let mut socket = Watched::new(odd("/heartless/", &tag).socket().expect("a good URL"));
    socket.connect();
    socket.connected().await;
    assert_eq!(tried_again(&mut socket).await, LinkError::HeartbeatMissed);
    socket.connected().await;
}

#[conformance]
async fn a_handshake_that_is_none() {
    for (frame, expected) in [
        ("0", "the payload of OPEN must be an object with sid, pingInterval and pingTimeout"),
        (r#"0{"sid":1}"#, "the payload of OPEN must be an object with sid, pingInterval and pingTimeout"),
        ("hello", "unknown packet type 'h'"),
    ] {
        let mut socket = Watched::new(odd("/opens/", &tag()).query("frame", frame).socket().expect("a good URL"));
        let error = tried_again(&mut socket).await.to_string();
        assert_eq!(error, format!("the server broke the protocol: {expected}"));
    }
}

#[conformance]
async fn packets_that_are_none() {
    for (frame, expected) in [
        ("", "an empty packet"),
        ("x", "unknown packet type 'x'"),
        ("4", "an empty packet"),
        ("49", "unknown packet type '9'"),
        ("42", "the payload of EVENT must be an array that begins with the event's name"),
        ("42[]", "the payload of EVENT must be an array that begins with the event's name"),
        (r#"42["a""#, "the payload of EVENT must be an array that begins with the event's name"),
        ("43[]", "the acknowledgement id is missing or not a number that fits"),
        ("431{}", "the payload of ACK must be an array"),
        (r#"45["a"]"#, "the attachment count is missing or not a number that fits"),
        (r#"451000-["a"]"#, "1000 binary attachments are too many"),
        (r#"42["disconnect"]"#, r#"the event name "disconnect" is reserved"#),
    ] {
        let mut socket = Watched::new(odd("/says/", &tag()).query("frame", frame).socket().expect("a good URL"));
        let error = tried_again(&mut socket).await.to_string();
        assert_eq!(error, format!("the server broke the protocol: {expected}"), "{frame}");
    }
}

#[conformance]
async fn bytes_out_of_place() {
    let expected = "the server broke the protocol: a binary attachment out of place";
    let stray = odd("/says/", &tag()).query("frame", "bytes");
    // A packet where an attachment is due.
    let due = r#"451-["a",{"_placeholder":true,"num":0}]"#;
    let interrupted = odd("/says/", &tag()).query("frame", due).query("frame", r#"42["b"]"#);
    for builder in [stray, interrupted] {
        let mut socket = Watched::new(builder.socket().expect("a good URL"));
        assert_eq!(tried_again(&mut socket).await.to_string(), expected);
    }
}

#[conformance]
async fn what_means_nothing_does_no_harm() {
    let mut builder = odd("/says/", &tag());
    // What a WebSocket link has no use for, an answer to nothing, and a namespace of others.
    let others = [r#"42/others,["a"]"#, r#"451-/others,["a",{"_placeholder":true,"num":0}]"#, "bytes", r#"42["last"]"#];
    for frame in ["6", "3", "43999[]", "41/others"].into_iter().chain(others) {
        builder = builder.query("frame", frame);
    }
    let mut socket = Watched::new(builder.socket().expect("a good URL"));
    let mut last = socket.events("last");
    socket.connect();
    socket.connected().await;
    assert_eq!(next_args(&mut last, 1).await, ["[]"]);
    socket.disconnect();
    assert_eq!(socket.next_status().await, Status::Disconnected { reason: DisconnectReason::Client });
}
