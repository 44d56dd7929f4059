//! History, page by page.

use futures_util::future::join_all;
use hubbub_shared::chat::request::{History, Page};
use hubbub_shared::chat::{LOBBY, MAX_REPLY_BYTES};
use hubbub_tests::chat::{Device, message};
use serde_json::json;

use crate::server;

/// The seqs of a page, from first to last, and whether there are more.
async fn page(device: &Device, before: Option<u64>, after: Option<u64>, limit: Option<u64>) -> (Vec<u64>, bool) {
    let request = History { room: LOBBY.into(), before, after, limit };
    let page = device.ask(&request).await.unwrap_or_else(|error| panic!("{request:?}: {error:?}"));
    (page.messages.iter().map(|message| message.seq).collect(), page.more)
}

/// Says so many, in order.
async fn fill(device: &Device, count: usize) {
    let all = join_all((0..count).map(async |number| device.ask(&message(LOBBY, &number.to_string())).await.is_ok()));
    assert!(all.await.into_iter().all(|said| said));
}

#[tokio::test]
async fn pages_at_their_edges() {
    let server = server().await;
    let ada = Device::sign_in(&server.url, "Ada").await;
    assert_eq!(page(&ada, None, Some(0), None).await, (vec![], false), "nothing yet");
    assert_eq!(page(&ada, Some(1), None, None).await, (vec![], false), "nothing yet");
    fill(&ada, 260).await;
    for (before, after, limit, expected, more) in [
        (None, Some(0), None, 1..=50, true),
        (None, Some(0), Some(1), 1..=1, true),
        (None, Some(0), Some(200), 1..=200, true),
        (None, Some(0), Some(201), 1..=200, true),
        (None, Some(0), Some(u64::from(u32::MAX)), 1..=200, true),
        (None, Some(60), Some(200), 61..=260, false),
        (None, Some(61), Some(200), 62..=260, false),
        (None, Some(209), None, 210..=259, true),
        (None, Some(210), None, 211..=260, false),
        (None, Some(259), None, 260..=260, false),
        (Some(261), None, None, 211..=260, true),
        (Some(1_000_000), None, None, 211..=260, true),
        (Some(260), None, Some(1), 259..=259, true),
        (Some(201), None, Some(200), 1..=200, false),
        (Some(202), None, Some(200), 2..=201, true),
        (Some(2), None, None, 1..=1, false),
        (Some(51), None, None, 1..=50, false),
        (Some(52), None, None, 2..=51, true),
    ] {
        let expected: Vec<u64> = expected.collect();
        assert_eq!(page(&ada, before, after, limit).await, (expected, more), "{before:?} {after:?} {limit:?}");
    }
    for (before, after) in
        [(Some(1), None), (Some(0), None), (None, Some(260)), (None, Some(261)), (None, Some(1 << 53))]
    {
        assert_eq!(page(&ada, before, after, None).await, (vec![], false), "{before:?} {after:?}");
    }
    for (rest, code) in [
        (json!({}), "bad_request"),
        (json!({"limit": 10}), "bad_request"),
        (json!({"before": 10, "after": 1}), "bad_request"),
        (json!({"before": null, "after": null}), "bad_request"),
        (json!({"before": null, "after": 1}), "ok"),
        (json!({"after": 0, "limit": 0}), "bad_request"),
        (json!({"after": 0, "limit": -1}), "bad_request"),
        (json!({"after": 0, "limit": "10"}), "bad_request"),
        (json!({"after": 0, "limit": 1.5}), "bad_request"),
        (json!({"after": 0, "limit": null}), "ok"),
        (json!({"after": -1}), "bad_request"),
        (json!({"after": 1.5}), "bad_request"),
        (json!({"after": "1"}), "bad_request"),
        (json!({"after": [1]}), "bad_request"),
        (json!({"before": true}), "bad_request"),
        (json!({"after": 1, "later": {}}), "ok"),
    ] {
        let mut request = rest.clone();
        request["room"] = LOBBY.into();
        assert_eq!(ada.code_of("history", &[request]).await, code, "{rest}");
    }
}

/// A page is cut at 256 KiB of JSON, whichever way it goes, and what was cut off comes with the next one.
#[tokio::test]
async fn large_pages_are_cut() {
    let server = server().await;
    let ada = Device::sign_in(&server.url, "Ada").await;
    let text = "🦀".repeat(4_000);
    for _ in 0..40 {
        ada.say(LOBBY, &text).await;
    }
    for forwards in [true, false] {
        let (mut seqs, mut pages, mut at) = (Vec::new(), 0, if forwards { 0 } else { 41 });
        loop {
            let way = if forwards { "after" } else { "before" };
            let answer = ada.ask_with("history", &[json!({"room": LOBBY, "limit": 200, way: at})]).await;
            let bytes = answer.to_string().len();
            assert!(bytes <= MAX_REPLY_BYTES, "{bytes} bytes");
            let page: Page =
                serde_json::from_value(answer["ok"].clone()).unwrap_or_else(|error| panic!("{error}: {answer}"));
            let page_seqs: Vec<_> = page.messages.iter().map(|message| message.seq).collect();
            assert!(page_seqs.len() >= 10 || !page.more, "much more would fit: {page_seqs:?}");
            pages += 1;
            seqs = if forwards { [seqs, page_seqs].concat() } else { [page_seqs, seqs].concat() };
            if !page.more {
                break;
            }
            at = if forwards { seqs[seqs.len() - 1] } else { seqs[0] };
        }
        assert!(seqs.iter().copied().eq(1..=40), "{seqs:?}");
        assert!(pages >= 3, "{pages}");
    }
    drop(server);
}
