//! A slow reader among fast ones: it is cut at the bound and not passed over, the others notice nothing, and it heals by
//! `sync`.

use hubbub_shared::chat::LOBBY;
use hubbub_shared::chat::event::Messages;
use hubbub_tests::chat::Device;
use hubbub_tests::raw::Raw;
use hubbub_tests::server::Server;
use hubbub_tests::session::sign_in;

use crate::UNLIMITED;

/// So that the test is quick; an answer to `sync` must fit.
const BOUND: usize = 1 << 20;
/// What the kernels hold for a reader that stops, at most: both socket buffers, generously.
const IN_KERNEL: usize = 1 << 20;

#[tokio::test]
async fn it_is_cut_and_heals_and_the_others_get_everything() {
    // Who doesn't read doesn't answer pings either. That is not the reason that is looked for here.
    let flags = ["--ping-timeout", "10m", "--max-queued-bytes", "1048576"];
    let server = Server::start(&[&UNLIMITED[..], &flags].concat()).await;
    let session = sign_in(&server.url, "Slow").await;
    let mut slow = Raw::join_chat(server.address(), &session.token).await;
    let (ada, bob) = (Device::sign_in(&server.url, "Ada").await, Device::sign_in(&server.url, "Bob").await);

    let text = |number: usize| format!("{number:03000}");
    let mut said = 0;
    while server.log.with(&["cut", &slow.id]).is_empty() {
        ada.say(LOBBY, &text(said)).await;
        said += 1;
        assert!(said * 3_000 < 4 * BOUND + 2 * IN_KERNEL, "{said} messages wait, and it isn't cut");
    }
    let cut = server.log.wait_for(&["cut", &slow.id]).await;
    assert!(cut.contains("slow reader"), "no reason: {cut}");
    ada.say(LOBBY, &text(said)).await;
    for device in [&ada, &bob] {
        device.wait_for_text(LOBBY, &text(said)).await;
        let texts = device.messages(LOBBY).into_iter().map(|message| message.text);
        assert!(texts.eq((0..=said).map(text)), "the others get everything");
        assert_eq!(device.statuses.all().len(), 2, "connecting, connected, and no more");
    }

    // What came before it was cut has no gap, and the rest comes with the next connection.
    let mut held = 0;
    for frame in slow.rest().await {
        let Some(json) = frame.strip_prefix(r#"42/chat,["messages","#).and_then(|rest| rest.strip_suffix(']')) else {
            continue;
        };
        let event: Messages = serde_json::from_str(json).unwrap_or_else(|error| panic!("{error}: {json}"));
        for message in event.messages {
            assert_eq!(message.seq, held + 1, "it is never passed over");
            held += 1;
        }
    }
    let healed = Device::connect(&server.url, &session).await;
    loop {
        let synced = healed.sync(&[(LOBBY, held)]).await;
        let lobby = &synced.rooms[0];
        for message in &lobby.messages {
            assert_eq!(message.seq, held + 1);
            held += 1;
        }
        if !lobby.more {
            break;
        }
    }
    assert_eq!(held, said as u64 + 1);
}
