//! A full disk and a locked database: those who can be told are told to try again, the others wait, the log says it once,
//! and all goes on when the disk does.

use std::cell::RefCell;

use futures_util::future::join_all;
use hubbub_shared::ErrorCode;
use hubbub_shared::chat::LOBBY;
use hubbub_tests::chat::{Device, message};
use hubbub_tests::database::Database;
use hubbub_tests::http::get;
use hubbub_tests::native::Chatter;
use hubbub_tests::server::Server;
use hubbub_tests::wait::{wait_for, within_limit};
use hyper::StatusCode;
use rlimit::{INFINITY, Resource};

/// Becomes the server, to which a file that can't grow is then an error and no signal that ends it.
const IGNORING_XFSZ: [&str; 4] = ["sh", "-c", "trap '' XFSZ; exec \"$@\"", "sh"];

#[tokio::test]
async fn a_full_disk() {
    let database = Database::new();
    let mut server = Server::start_under(&IGNORING_XFSZ, &database.flags(&["--rate-limit", "0"])).await;
    let pid = server.pid();
    let limit = |bytes| rlimit::prlimit(pid, Resource::FSIZE, Some((bytes, INFINITY)), None).expect("Linux lets us");
    trouble(&mut server, || limit(1_024), || limit(INFINITY)).await;
}

#[tokio::test]
async fn a_locked_database() {
    let database = Database::new();
    let mut server = Server::start(&database.flags(&["--rate-limit", "0"])).await;
    let held = RefCell::new(None);
    trouble(&mut server, || *held.borrow_mut() = Some(database.lock()), || drop(held.take())).await;
}

async fn readiness(server: &Server) -> StatusCode {
    get(&format!("{}/readyz", server.url), &[]).await.status
}

async fn wait_for_readiness(server: &Server, expected: StatusCode) {
    wait_for(&format!("readiness {expected}"), async || {
        let status = readiness(server).await;
        if status == expected { Ok(()) } else { Err(format!("{status}: {}", server.log.last_lines())) }
    })
    .await;
}

/// The lines of the log that want somebody's attention.
fn warnings(server: &Server) -> Vec<String> {
    let log = server.log.get();
    log.iter().filter(|line| line.contains(" WARN ") || line.contains("ERROR ")).cloned().collect()
}

async fn trouble(server: &mut Server, begin: impl Fn(), end: impl Fn()) {
    let ada = Device::sign_in(&server.url, "Ada").await;
    let classic = Chatter::join(&server.url).await;
    ada.say(LOBBY, "before").await;
    classic.say("before, classic").await.expect("acknowledged");
    assert_eq!(readiness(server).await, StatusCode::OK);
    assert_eq!(warnings(server), [""; 0]);

    begin();
    let refused: Vec<_> = (0..20).map(|number| message(LOBBY, &format!("refused {number}"))).collect();
    let ask_all = async || join_all(refused.iter().map(async |request| ada.ask(request).await)).await;
    let all_are_refused = async || {
        for answer in ask_all().await {
            let refusal = answer.expect_err("it can't be written");
            assert_eq!(refusal.code, ErrorCode::TryAgain);
            assert!(refusal.retry_after_ms.is_some_and(|wait| wait > 0), "{refusal:?}");
        }
    };
    all_are_refused().await;
    let patiently = classic.socket.at_once().timeout(None);
    let shout =
        |number| patiently.emit_with_ack::<()>("chat_message", (format!("waiting {number}"),)).expect("connected");
    let waiting: Vec<_> = (0..20).map(shout).collect();
    wait_for_readiness(server, StatusCode::SERVICE_UNAVAILABLE).await;
    // Again and again, and it is said once.
    all_are_refused().await;
    all_are_refused().await;
    assert_eq!(warnings(server).len(), 1, "{:?}", warnings(server));
    // It lives, and what only reads goes on.
    assert_eq!(get(&format!("{}/healthz", server.url), &[]).await.status, StatusCode::OK);
    let lobby = &ada.sync(&[(LOBBY, 0)]).await.rooms[0];
    assert_eq!((lobby.info.head, lobby.messages.len()), (2, 2));
    let known = server.log.get().len();

    end();
    for ack in waiting {
        within_limit("an acknowledgement", ack).await.expect("they wait, and are acknowledged then");
    }
    wait_for_readiness(server, StatusCode::OK).await;
    let said: Vec<_> = {
        let log = server.log.get();
        log[known..].iter().filter(|line| !line.contains(" DEBUG ")).cloned().collect()
    };
    assert_eq!(said.len(), 1, "its end is said once: {said:?}");

    // Those who were refused try again, as they were told, and nothing is there twice.
    for answer in ask_all().await {
        answer.expect("it can be written");
    }
    ada.so_that_all_have_heard(&[&ada]).await;
    let lobby = &ada.sync(&[(LOBBY, 0)]).await.rooms[0];
    let texts: Vec<_> = lobby.messages.iter().map(|message| &*message.text).collect();
    assert_eq!(texts.len(), 2 + 20 + 20 + 1, "{texts:?}");
    let waited = texts[2..22].iter().map(|text| (*text).to_owned());
    assert!(waited.eq((0..20).map(|number| format!("waiting {number}"))), "in order: {texts:?}");
    assert_eq!(classic.statuses.all().len(), 2, "connecting, connected, and no more");
    assert_eq!(ada.statuses.all().len(), 2, "connecting, connected, and no more");
}
