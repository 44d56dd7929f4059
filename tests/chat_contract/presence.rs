//! Who is there, who is typing, and what I have read: per user, not per tab.

use std::collections::BTreeSet;

use hubbub_shared::chat::LOBBY;
use hubbub_shared::chat::event::Presence;
use hubbub_tests::chat::Device;
use serde_json::{Value, json};

use crate::server;

fn names<'a>(user: &'a Device, list: &'static str) -> impl Fn(&Value) -> bool + 'a {
    move |presence| {
        let named = presence[list].as_array().into_iter().flatten();
        named.into_iter().any(|one| one["id"] == *user.user.id || *one == *user.user.id)
    }
}

/// What `device` was told about the lobby.
fn told(device: &Device) -> Vec<Presence> {
    let all = device.told("presence").into_iter();
    let read = all.map(|event| {
        serde_json::from_value::<Presence>(event.clone()).unwrap_or_else(|error| panic!("{error}: {event}"))
    });
    read.filter(|event| event.room == LOBBY).collect()
}

#[tokio::test]
async fn a_user_is_there_from_the_first_tab_to_the_last() {
    let server = server().await;
    let watch = Device::sign_in(&server.url, "Watch").await;
    let ada = Device::sign_in(&server.url, "Ada").await;
    let came = watch.wait_for("presence", names(&ada, "online")).await;
    assert_eq!((&came["room"], &came["online_count"]), (&json!(LOBBY), &json!(2)));
    let online = came["online"].as_array().expect("a list");
    assert!(online.contains(&json!(ada.user)), "{came}");

    let tab = ada.tab(&server.url).await;
    let state = &watch.sync(&[]).await.rooms[0];
    assert_eq!((state.online.len(), state.online_count), (2, 2), "two tabs are one user: {:?}", state.online);
    ada.chat.socket().disconnect();
    // The other tab is still there: a proof that the first is gone, and that this is no absence.
    hubbub_tests::wait::wait_for("the end of the first tab", async || {
        let gone = server.log.with(&["disconnected"]).len();
        if gone > 0 { Ok(()) } else { Err(server.log.last_lines()) }
    })
    .await;
    tab.so_that_all_have_heard(&[&watch]).await;
    assert_eq!(watch.sync(&[]).await.rooms[0].online_count, 2);
    assert!(watch.told("presence").iter().all(|event| !names(&ada, "offline")(event)), "{:?}", told(&watch));

    let user = tab.user.clone();
    tab.chat.socket().disconnect();
    let went = watch.wait_for("presence", names(&ada, "offline")).await;
    assert_eq!((&went["offline"], &went["online_count"]), (&json!([user.id]), &json!(1)));
    let all = told(&watch);
    let came = all.iter().flat_map(|event| &event.online).filter(|one| one.id == user.id).count();
    let went = all.iter().flat_map(|event| &event.offline).filter(|one| **one == user.id).count();
    assert_eq!((came, went), (1, 1), "{all:?}");
}

/// What one is told adds up to what `sync` says.
#[tokio::test]
async fn comings_and_goings_add_up() {
    let server = server().await;
    let watch = Device::sign_in(&server.url, "Watch").await;
    let mut there = Vec::new();
    for number in 0..10 {
        there.push(Device::sign_in(&server.url, &format!("User {number}")).await);
    }
    for user in there.drain(..5) {
        user.chat.socket().disconnect();
    }
    let expected: BTreeSet<String> = there.iter().chain([&watch]).map(|device| device.user.id.clone()).collect();
    hubbub_tests::wait::wait_for("6 who are there", async || {
        let mut online = BTreeSet::from([watch.user.id.clone()]);
        let all = told(&watch);
        for event in &all {
            online.extend(event.online.iter().map(|user| user.id.clone()));
            online.retain(|id| !event.offline.contains(id));
        }
        let count = all.last().map(|event| event.online_count);
        if online == expected && count == Some(6) { Ok(()) } else { Err(format!("{count:?}, {online:?}")) }
    })
    .await;
    let state = &watch.sync(&[]).await.rooms[0];
    assert_eq!(state.online.iter().map(|user| user.id.clone()).collect::<BTreeSet<_>>(), expected);
}

#[tokio::test]
async fn presence_is_for_members() {
    let server = server().await;
    let ada = Device::sign_in(&server.url, "Ada").await;
    let eve = Device::sign_in(&server.url, "Eve").await;
    let room = ada.make_room("Workshop").await;
    let bob = Device::sign_in(&server.url, "Bob").await;
    bob.join(&room).await;
    let of_room = |presence: &Value| presence["room"] == *room;
    ada.wait_for("presence", |presence| of_room(presence) && names(&bob, "online")(presence)).await;
    bob.leave(&room).await;
    ada.wait_for("presence", |presence| of_room(presence) && names(&bob, "offline")(presence)).await;
    ada.so_that_all_have_heard(&[&eve]).await;
    assert!(!eve.told("presence").iter().any(of_room), "{:?}", eve.told("presence"));
}

#[tokio::test]
async fn typing_is_told_to_the_other_members() {
    let server = server().await;
    let ada = Device::sign_in(&server.url, "Ada").await;
    let (tab, bob) = (ada.tab(&server.url).await, Device::sign_in(&server.url, "Bob").await);
    let eve = Device::sign_in(&server.url, "Eve").await;
    let room = ada.make_room("Workshop").await;
    bob.join(&room).await;
    assert_eq!(ada.ask_with("typing", &[json!({"room": room})]).await, json!({"ok": {}}));
    let typing = json!({"room": room, "user": ada.user});
    assert_eq!(bob.wait_for("typing", |_| true).await, typing);
    // And without asking for an acknowledgement.
    bob.chat.socket().at_once().emit("typing", (json!({"room": room}),)).expect("connected");
    ada.wait_for("typing", |event| event["user"] == json!(bob.user)).await;
    bob.so_that_all_have_heard(&[&ada, &tab, &eve]).await;
    assert_eq!(ada.told("typing").len(), 1, "not to the author: {:?}", ada.told("typing"));
    assert!(tab.told("typing").iter().all(|event| event["user"] != json!(ada.user)), "{:?}", tab.told("typing"));
    assert_eq!(eve.told("typing"), [Value::Null; 0], "not to others");
}

#[tokio::test]
async fn what_i_have_read_is_told_to_my_other_sockets() {
    let server = server().await;
    let ada = Device::sign_in(&server.url, "Ada").await;
    let (tab, bob) = (ada.tab(&server.url).await, Device::sign_in(&server.url, "Bob").await);
    for number in 0..5 {
        bob.say(LOBBY, &number.to_string()).await;
    }
    let read_by = async |device: &Device| device.sync(&[]).await.rooms[0].read;
    for (seq, now, is_told) in [
        (json!(2), 2, true),
        (json!(1), 2, false),
        (json!(2), 2, false),
        (json!(0), 2, false),
        (json!(4), 4, true),
        // Beyond the head counts as the head.
        (json!(1_000_000), 5, true),
    ] {
        let before = tab.told("read").len();
        assert_eq!(ada.ask_with("read", &[json!({"room": LOBBY, "seq": seq})]).await, json!({"ok": {}}), "{seq}");
        if is_told {
            tab.told.wait_for_count(before + 1, |told| told.event == "read").await;
        } else {
            ada.so_that_all_have_heard(&[&tab]).await;
        }
        let events = tab.told("read");
        assert_eq!(events.len(), before + usize::from(is_told), "{seq}: {events:?}");
        let last = events.last().and_then(|event| event["seq"].as_u64());
        if seq == json!(1_000_000) {
            let head = ada.sync(&[]).await.rooms[0].info.head;
            assert_eq!((last, read_by(&ada).await), (Some(head), head));
        } else {
            assert_eq!((last, read_by(&ada).await, read_by(&tab).await), (Some(now), now, now), "{seq}");
        }
        assert_eq!(events.last().map(|event| &event["room"]), Some(&json!(LOBBY)));
    }
    assert_eq!((ada.told("read").len(), bob.told("read").len()), (0, 0), "to nobody else");
    assert_eq!(read_by(&bob).await, 0, "mine alone");
    for seq in [json!(-1), json!(1.5), json!("1"), json!(null)] {
        assert_eq!(ada.code_of("read", &[json!({"room": LOBBY, "seq": seq})]).await, "bad_request", "{seq}");
    }
}
