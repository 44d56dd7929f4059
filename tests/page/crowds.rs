//! Much of everything: the page stays as quick as it was.

use hubbub_shared::chat::LOBBY;
use hubbub_tests::browser::Stage;
use hubbub_tests::chat::Device;

use crate::UNLIMITED;

const MANY: u64 = 10_000;
/// How many of them are scrolled through: it takes a while.
const SCROLLED: u64 = 3_000;

#[tokio::test]
async fn one_message_in_a_full_room_touches_one_node() {
    let stage = Stage::with(&UNLIMITED).await;
    let bob = Device::sign_in(&stage.server.url, "Bob").await;
    bob.say_all(LOBBY, (1..=MANY).map(|number| format!("message {number}"))).await;
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
    assert_eq!(touched, serde_json::json!([["added", "div", (MANY + 2).to_string()]]));
    stage.end().await;
}

/// How long the longest task takes depends on the machine and what else it does: it is printed, and asserted with a wide
/// margin.
#[tokio::test]
async fn scrolling_through_many_messages_does_not_stop_the_page() {
    let stage = Stage::with(&UNLIMITED).await;
    let bob = Device::sign_in(&stage.server.url, "Bob").await;
    let text = |number| format!("message {number} of many, as long as most are in a room like this");
    bob.say_all(LOBBY, (1..=MANY).map(text)).await;
    let ada = stage.person("Ada").await;
    ada.messages().with(&format!("message {MANY}")).wait_for_sight().await;
    let scroll = "window.tasks = [];
        new PerformanceObserver(list => tasks.push(...list.getEntries().map(task => Math.round(task.duration))))
            .observe({ type: 'longtask' });
        const up = () => {
            elements[0].scrollBy(0, -1000);
            window.oldest = Number(document.querySelector('[data-seq]').dataset.seq);
            if (oldest > until) requestAnimationFrame(up);
        };
        up()";
    ada.run(&format!("window.until = {}", MANY - SCROLLED)).await;
    ada.by_testid("scroller").run(scroll).await;
    ada.wait_until("return window.oldest <= window.until").await;
    let tasks = ada.run("return window.tasks").await;
    let tasks: Vec<u64> = serde_json::from_value(tasks).expect("numbers");
    println!("tasks above 50 ms while {SCROLLED} of {MANY} messages were scrolled through: {tasks:?} ms");
    assert!(tasks.iter().all(|task| *task < 1_000), "{tasks:?}");
    stage.end().await;
}
