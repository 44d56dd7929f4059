//! What the server has, by the word of its history, over a good link.

use std::collections::BTreeMap;

use hubbub_shared::chat::request::{History, Page};
use hubbub_shared::chat::{MAX_PAGE, Message};
use hubbub_tests::chat::Device;
use hubbub_tests::server::Server;
use hubbub_tests::wait::LIMIT;
use tokio::time::{Instant, sleep};

use crate::member::Member;

/// The whole history of these rooms: read forwards and backwards, and both must be the same.
pub(crate) async fn history(server: &Server, rooms: &[String]) -> BTreeMap<String, Vec<Message>> {
    let auditor = Device::sign_in(&server.url, "Auditor").await;
    let mut all = BTreeMap::new();
    for room in rooms {
        auditor.join(room).await;
        let forwards = forwards(&auditor, room).await;
        let backwards = backwards(&auditor, room).await;
        assert_eq!(forwards.len(), backwards.len(), "{room}, forwards and backwards");
        assert!(forwards == backwards, "{room} is not the same forwards and backwards");
        all.insert(room.clone(), forwards);
    }
    all
}

async fn forwards(auditor: &Device, room: &str) -> Vec<Message> {
    let mut all = Vec::<Message>::new();
    loop {
        let after = all.last().map_or(0, |last| last.seq);
        let page = page(auditor, room, None, Some(after)).await;
        all.extend(page.messages);
        if !page.more {
            return all;
        }
    }
}

async fn backwards(auditor: &Device, room: &str) -> Vec<Message> {
    let mut all = Vec::<Message>::new();
    loop {
        let before = all.first().map_or(u64::from(u32::MAX), |first| first.seq);
        let mut page = page(auditor, room, Some(before), None).await;
        page.messages.append(&mut all);
        all = page.messages;
        if !page.more {
            return all;
        }
    }
}

async fn page(auditor: &Device, room: &str, before: Option<u64>, after: Option<u64>) -> Page {
    let request = History { room: room.to_owned(), before, after, limit: Some(MAX_PAGE) };
    loop {
        match auditor.ask(&request).await {
            Ok(page) => return page,
            Err(refusal) => match refusal.retry_after_ms {
                Some(wait) => sleep(std::time::Duration::from_millis(wait)).await,
                None => panic!("{refusal:?}"),
            },
        }
    }
}

/// Waits until all members hold as much as the history has. If one never does, the verdict will say so.
pub(crate) async fn wait_for_timelines(members: &[Member], history: &BTreeMap<String, Vec<Message>>) {
    let end = Instant::now() + LIMIT;
    let holds = |member: &Member| {
        let timeline = member.timeline();
        history.iter().all(|(room, messages)| timeline.held(room).len() == messages.len())
    };
    while !members.iter().all(holds) && Instant::now() < end {
        sleep(std::time::Duration::from_millis(20)).await;
    }
}
