//! Much of everything: nothing is lost on the way through it, and the page stays as quick as it was.

use std::io::Write;

use hubbub_shared::chat::LOBBY;
use hubbub_tests::browser::{Person, Stage};
use hubbub_tests::chat::Device;
use serde::Deserialize;
use serde_json::json;

const MANY: u64 = 10_000;
const VERY_MANY: u64 = 100_000;
/// How many messages there may be in the page at once: as many as it keeps, and those that come before it forgets others.
const MOST_IN_PAGE: u64 = 3_200;

/// A lobby in which Bob has said so much already.
async fn full_lobby(count: u64) -> (Stage, Device) {
    let mut stage = Stage::new().await;
    let bob = Device::sign_in(&stage.server.url, "Bob").await;
    stage.server.kill().await;
    stage.database.fill(LOBBY, "Bob", count);
    stage.server.restart().await;
    bob.wait_until_connected(2).await;
    (stage, bob)
}

/// Scrolls up until the message `until` is there, each time to where older ones begin to come.
const SCROLL: &str = "
    const scroller = elements[0];
    const found = window.found = { seqs: [], most: 0, jumps: [], tasks: [], reached: Infinity };
    const rows = scroller.getElementsByClassName('message');
    const oldest = () => Number(rows[0].dataset.seq);
    const note = row => found.seqs.push(Number(row.dataset.seq));
    [...rows].forEach(note);
    new MutationObserver(records => {
        const added = records.flatMap(record => [...record.addedNodes]).filter(node => node.nodeType === 1);
        added.forEach(node => (node.matches('.message') ? [node] : [...node.querySelectorAll('.message')]).forEach(note));
    }).observe(scroller, { subtree: true, childList: true });
    new PerformanceObserver(list => found.tasks.push(...list.getEntries().map(task => Math.round(task.duration))))
        .observe({ type: 'longtask' });
    const frame = () => new Promise(requestAnimationFrame);
    const view = scroller.getBoundingClientRect();
    const top_of = element => element.getBoundingClientRect().top;
    const in_sight = () => document.elementFromPoint(view.left + view.width / 2, view.top + view.height / 2).closest('.message');
    const climb = async () => {
        while (oldest() > until) {
            const was = oldest();
            scroller.scrollBy(0, top_of(rows[0]) - view.top + 300);
            const read = in_sight()?.querySelector('.text');
            const top = read && top_of(read);
            while (oldest() === was) await frame();
            found.most = Math.max(found.most, rows.length);
            // What changed in this frame is seen after it.
            await frame();
            await frame();
            // What one reads stays where it is.
            if (read && Math.abs(top_of(read) - top) > 2) found.jumps.push([read.textContent, top, top_of(read)]);
            found.reached = oldest();
        }
    };
    climb();";

/// What was found on the way.
#[derive(Debug, Deserialize)]
struct Found {
    /// The messages that came into the page.
    seqs: Vec<u64>,
    /// How many were in it at once.
    most: u64,
    /// Where what one read was suddenly somewhere else.
    jumps: Vec<serde_json::Value>,
    /// The tasks of more than 50 ms, in ms.
    tasks: Vec<u64>,
}

/// Scrolls up until a message is there, and back to the end by a click. Nothing is missing on the way and nothing jumps, and
/// the page doesn't grow without end. How long the longest task takes depends on the machine and what else it does: it is
/// printed, and not asserted.
async fn scroll_up_and_return(person: &Person, from: u64, until: u64) {
    person.messages().with(&format!("message {from}")).wait_for_sight().await;
    person.run(&format!("window.until = {until}")).await;
    person.by_testid("scroller").run(SCROLL).await;
    // It takes a while on a busy machine, but never long for the next part of it.
    for goal in (until..from).rev().step_by(1_000).chain([until]) {
        person.wait_until(&format!("return window.found.reached <= {goal}")).await;
    }
    let found = person.run("return window.found").await;
    let mut found: Found = serde_json::from_value(found).expect("what the script finds");
    // Not by `println!`, which is kept from whoever runs tests that pass.
    let tasks = &found.tasks;
    let _ = writeln!(std::io::stderr(), "Tasks above 50 ms from message {from} up to {until}: {tasks:?} ms");
    found.seqs.sort_unstable();
    found.seqs.dedup();
    let first = found.seqs[0];
    assert!(first <= until);
    assert_eq!(found.seqs, (first..=from).collect::<Vec<_>>(), "every message was there");
    assert!(found.most <= MOST_IN_PAGE, "{} messages at once", found.most);
    assert!(found.jumps.is_empty(), "the place is kept: {:?}", found.jumps);
    person.by_testid("to-end").click().await;
    person.messages().with(&format!("message {from}")).wait_for_sight().await;
}

#[tokio::test]
async fn one_message_in_a_full_room_touches_one_node() {
    let (stage, bob) = full_lobby(MANY).await;
    let ada = stage.person("Ada").await;
    ada.messages().with(&format!("message {MANY}")).wait_for_sight().await;
    // What follows from having seen it may follow still: from the second on it is only the message.
    bob.say(LOBBY, "the first of mine").await;
    ada.messages().with("the first of mine").wait_for_sight().await;
    let watch = "window.touched = [];
        new MutationObserver(records => { for (const { type, target, addedNodes, removedNodes, attributeName } of records) {
            const of = target.closest?.('[data-testid=message]')?.dataset.seq;
            for (const node of addedNodes) if (node.nodeType === 1) touched.push(['added', node.localName, node.dataset.seq ?? of]);
            for (const node of removedNodes) if (node.nodeType === 1) touched.push(['removed', node.localName, node.dataset.seq ?? of]);
            if (type !== 'childList') touched.push([type, attributeName, of]);
        } }).observe(elements[0], { subtree: true, childList: true, attributes: true, characterData: true })";
    ada.by_testid("messages").run(watch).await;
    bob.say(LOBBY, "the second").await;
    ada.messages().with("the second").wait_for_sight().await;
    let touched = ada.run("return window.touched").await;
    assert_eq!(touched, json!([["added", "div", (MANY + 2).to_string()]]));
    stage.end().await;
}

#[tokio::test]
async fn one_scrolls_through_many_messages_and_back() {
    let (stage, _bob) = full_lobby(MANY).await;
    let ada = stage.person("Ada").await;
    scroll_up_and_return(&ada, MANY, 1).await;
    stage.end().await;
}

#[tokio::test]
async fn a_room_of_very_many_messages_is_like_any_other() {
    let (stage, bob) = full_lobby(VERY_MANY).await;
    let ada = stage.person("Ada").await;
    scroll_up_and_return(&ada, VERY_MANY, VERY_MANY - 2_000).await;
    // Who returns sees the end at once, and can talk.
    ada.run_first(
        "new MutationObserver((_, observer) => {
            if (!document.querySelector('.message')) return;
            observer.disconnect();
            requestAnimationFrame(() => window.first_seen = Math.round(performance.now()));
        }).observe(document, { subtree: true, childList: true })",
    )
    .await;
    ada.reload().await;
    ada.messages().with(&format!("message {VERY_MANY}")).wait_for_sight().await;
    let first_seen = ada.wait_until("return window.first_seen").await;
    let _ = writeln!(std::io::stderr(), "The first of {VERY_MANY} messages is seen {first_seen} ms after a reload");
    ada.says("I am still here").await;
    ada.sees_state("I am still here", "delivered").await;
    bob.wait_for_text(LOBBY, "I am still here").await;
    stage.end().await;
}
