//! The server ends while many write: asked to, it commits and acknowledges what it has taken; killed, it has kept what it had
//! acknowledged.

use std::collections::HashSet;

use futures_util::future::join_all;
use hubbub_client::AckError;
use hubbub_shared::ErrorCode;
use hubbub_shared::chat::request::SendMessage;
use hubbub_shared::chat::{LOBBY, MessageId};
use hubbub_tests::chat::{Device, message};
use hubbub_tests::database::Database;
use hubbub_tests::native::Chatter;
use hubbub_tests::server::Server;
use nix::sys::signal::Signal;

/// What became of what one device sent.
#[derive(Default)]
struct Fate {
    acknowledged: Vec<(MessageId, u64)>,
    /// Refused: it must not be there.
    refused: Vec<MessageId>,
    /// Nobody knows.
    unknown: Vec<SendMessage>,
}

/// Sends, several at a time, until the connection is lost.
async fn write(device: &Device) -> Fate {
    let mut fate = Fate::default();
    for number in 0.. {
        let batch: Vec<_> = (0..10).map(|one| message(LOBBY, &format!("{number} {one}"))).collect();
        let answers = join_all(batch.iter().map(async |request| device.try_ask(request).await)).await;
        for (request, answer) in batch.into_iter().zip(answers) {
            match answer {
                Ok(Ok(sent)) => fate.acknowledged.push((request.id, sent.seq)),
                Ok(Err(refusal)) => {
                    assert_eq!(refusal.code, ErrorCode::TryAgain, "it closes: {refusal:?}");
                    fate.refused.push(request.id);
                }
                Err(AckError::NotSent(_)) => return fate,
                Err(_) => fate.unknown.push(request),
            }
        }
    }
    fate
}

/// Several devices write while something happens to the server, which then runs again.
async fn under_load(happens: impl AsyncFnOnce(&mut Server)) -> (Vec<Device>, Vec<Fate>, Vec<String>) {
    let database = Database::new();
    let flags = ["--rate-limit", "0"];
    let mut server = Server::start(&database.flags(&flags)).await;
    let mut devices = Vec::new();
    for number in 0..4 {
        devices.push(Device::sign_in(&server.url, &format!("User {number}")).await);
    }
    let classic = Chatter::join(&server.url).await;
    let writing = join_all(devices.iter().map(write));
    let shouting = async {
        let mut acknowledged = Vec::new();
        for number in 0.. {
            let text = format!("classic {number}");
            let ack = classic.socket.at_once().emit_with_ack::<()>("chat_message", (&text,));
            let Ok(ack) = ack else { break };
            if ack.await.is_err() {
                break;
            }
            acknowledged.push(text);
        }
        acknowledged
    };
    let ending = async {
        // In mid-conversation.
        devices[0].wait_for_text(LOBBY, "20 0").await;
        happens(&mut server).await;
    };
    let (fates, shouted, ()) = tokio::join!(writing, shouting, ending);
    server.restart().await;
    for device in &devices {
        device.wait_until_connected(2).await;
    }
    check(&devices[0], &fates, &shouted).await;
    // Whoever doesn't know sends again, and it is there once.
    for (device, fate) in devices.iter().zip(&fates) {
        for request in &fate.unknown {
            device.ask(request).await.expect("it can be sent again");
        }
    }
    let unknown: Vec<_> = fates.iter().flat_map(|fate| &fate.unknown).map(|request| request.id).collect();
    let ids = check(&devices[0], &fates, &shouted).await;
    assert!(unknown.iter().all(|id| ids.contains(id)));
    (devices, fates, shouted)
}

/// Everything that was acknowledged is there once, in its place; nothing is there that was refused.
async fn check(device: &Device, fates: &[Fate], shouted: &[String]) -> HashSet<MessageId> {
    let (mut all, mut more) = (Vec::new(), true);
    while more {
        let synced = device.sync(&[(LOBBY, all.len() as u64)]).await;
        let lobby = &synced.rooms[0];
        all.extend(lobby.messages.clone());
        more = lobby.more;
    }
    assert!(all.iter().map(|message| message.seq).eq(1..=all.len() as u64), "without a gap");
    let ids: HashSet<_> = all.iter().map(|message| message.id).collect();
    assert_eq!(ids.len(), all.len(), "nothing twice");
    for fate in fates {
        assert!(!fate.acknowledged.is_empty(), "it wrote");
        for (id, seq) in &fate.acknowledged {
            let place = usize::try_from(*seq).expect("few") - 1;
            assert_eq!(all.get(place).map(|message| message.id), Some(*id), "acknowledged at {seq}");
        }
        assert!(fate.refused.iter().all(|id| !ids.contains(id)), "what is refused is not there");
    }
    let texts: HashSet<_> = all.iter().map(|message| &*message.text).collect();
    assert!(!shouted.is_empty() && shouted.iter().all(|text| texts.contains(&**text)), "classic");
    ids
}

#[tokio::test]
async fn asked_to_end_it_keeps_and_acknowledges_what_it_has_taken() {
    let (devices, _, _) = under_load(async |server| {
        server.signal(Signal::SIGTERM);
        assert_eq!(server.exit().await.code(), Some(0), "{}", server.log.last_lines());
    })
    .await;
    for device in &devices {
        let closing = device.told("closing");
        assert_eq!(closing.len(), 1, "{closing:?}");
        assert_eq!(closing[0]["code"], "server_closing");
    }
}

#[tokio::test]
async fn killed_it_has_kept_what_it_had_acknowledged() {
    for _ in 0..3 {
        under_load(async |server| server.kill().await).await;
    }
}
