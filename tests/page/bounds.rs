//! Whatever is said stays inside of its bubble, on every screen.

use hubbub_shared::chat::LOBBY;
use hubbub_tests::browser::{Look, Person, Stage};
use hubbub_tests::chat::Device;
use serde_json::json;

use crate::UNLIMITED;

/// No part of the page is wider than the screen, and no message wider than the list.
async fn assert_inside(person: &Person, look: Look) {
    let script = "const wide = [];
        const width = document.documentElement.clientWidth;
        if (document.documentElement.scrollWidth > width) wide.push(`page: ${document.documentElement.scrollWidth}`);
        for (const scroller of document.querySelectorAll('[data-testid=scroller], nav, main'))
            if (scroller.scrollWidth > scroller.clientWidth) wide.push(`${scroller.className}: ${scroller.scrollWidth}`);
        for (const text of document.querySelectorAll('[data-testid=message], [data-testid=author], [data-testid=room-name]')) {
            const box = text.getBoundingClientRect();
            if (box.left < -0.5 || box.right > width + 0.5) wide.push(`${text.dataset.testid} ${text.dataset.seq}: ${box.left} to ${box.right}`);
        }
        return wide";
    let wide = person.run(script).await;
    assert_eq!(wide, json!([]), "wider than the screen at {}", look.name());
}

#[tokio::test]
async fn hostile_names_and_texts_stay_inside() {
    let stage = Stage::with(&UNLIMITED).await;
    let hostile = Device::sign_in(&stage.server.url, "𒐫𒐫𒐫𒐫𒐫𒐫𒐫𒐫𒐫𒐫𒐫𒐫𒐫𒐫𒐫𒐫𒐫𒐫𒐫𒐫𒐫𒐫𒐫𒐫𒐫𒐫𒐫𒐫𒐫𒐫𒐫𒐫").await;
    let texts = [
        "x".repeat(4_000),
        "\u{202e}backwards\u{202e} and \u{2066}isolated".to_owned(),
        "\u{202E}\u{2067}[label](https://c.example/) \u{202E}**a**".to_owned(),
        "z\u{200b}\u{200d}\u{feff}w".repeat(200),
        "line\n".repeat(500) + "end",
        "<img src=x onerror=\"window.owned = 1\"><script>window.owned = 1</script>".to_owned(),
        "[a](javascript:window.owned=1) [b](data:text/html,c) https://bank.example@evil.example".to_owned(),
        format!("https://e.example/{}", "a".repeat(3_000)),
        format!("```\n{}\n```", "code ".repeat(700)),
        "*".repeat(4_000),
        "[".repeat(4_000),
        "> ".repeat(1_990) + "quoted",
        "a\u{300}".repeat(2_000),
        "שלום עולם, this is mixed عربي text".to_owned(),
        "﷽".repeat(300),
    ];
    hostile.say_all(LOBBY, texts.clone()).await;
    let long = hostile.make_room(&"W".repeat(64)).await;
    let ada = stage.person("WWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWW").await;
    ada.messages().wait_for_count(texts.len()).await;
    ada.opens(&format!("/r/{long}")).await;
    ada.by_testid("join-room").click().await;
    ada.is_in(&long).await;
    for room in ["lobby", &*long] {
        ada.opens(&format!("/r/{room}")).await;
        ada.is_in(room).await;
        for look in [Look::NARROW, Look::PHONE, Look::ZOOMED, Look::LAPTOP] {
            ada.look_on(look).await;
            ada.wait_until_at_rest().await;
            assert_inside(&ada, look).await;
        }
    }
    // Neither do they do anything.
    ada.opens("/r/lobby").await;
    ada.is_in("lobby").await;
    let said = ada.messages().by_testid("text");
    said.clone().wait_for_count(texts.len()).await;
    assert_eq!(ada.run("return window.owned ?? 'nobody'").await, "nobody");
    assert_eq!(said.clone().by_css("img, script").count().await, 0);
    let hosts = said.by_css("a").run("return elements.map(a => a.host)").await;
    assert_eq!(hosts, json!(["c.example", "e.example"]));
    stage.end().await;
}

#[tokio::test]
async fn each_message_has_the_direction_of_its_text() {
    let stage = Stage::new().await;
    let bob = Device::sign_in(&stage.server.url, "דוד").await;
    let texts = ["שלום עולם", "hello, world", "> مرحبا", "**عالم** and more", "1, 2, שלוש", "`let x` שלום"];
    for text in texts {
        bob.say(LOBBY, text).await;
    }
    let ada = stage.person("Ada").await;
    ada.messages().wait_for_count(texts.len()).await;
    let of_blocks = "return elements.map(block => getComputedStyle(block).direction)";
    let blocks = ada.messages().by_css(".text > *");
    assert_eq!(blocks.run(of_blocks).await, json!(["rtl", "ltr", "rtl", "rtl", "rtl", "rtl"]));
    // It begins at the side where it is read from.
    let sides = "return elements.map(text => {
        const [box, range] = [text.getBoundingClientRect(), document.createRange()];
        range.selectNodeContents(text);
        const words = range.getBoundingClientRect();
        return words.left - box.left < box.right - words.right ? 'left' : 'right';
    })";
    let paragraphs = ada.messages().by_css(".text > p");
    assert_eq!(paragraphs.run(sides).await, json!(["right", "left", "right", "right", "right"]));
    // The names beside it don't turn the page around.
    ada.by_testid("author").wait_for_text("דוד").await;
    let order = "const left = part => elements[0].querySelector(part).getBoundingClientRect().left;
        return left('.avatar') < left('.author') && left('.author') < left('time')";
    assert_eq!(ada.messages().run(order).await, true);
    // So does what one writes.
    ada.by_testid("composer").click().await;
    ada.insert("שלום").await;
    ada.by_testid("composer").wait_for_some("return getComputedStyle(elements[0]).direction === 'rtl'").await;
    stage.end().await;
}

#[tokio::test]
async fn everything_is_there_at_twice_the_size() {
    let stage = Stage::new().await;
    let stranger = stage.stranger_with(Look::ZOOMED).await;
    stranger.opens("/").await;
    stranger.by_testid("join").wait().await;
    assert_inside(&stranger, Look::ZOOMED).await;
    stranger.comes_in_as("Ada").await;
    stranger.says("There is room for this").await;
    stranger.sees(&["There is room for this"]).await;
    stranger.messages().by_testid("text").wait_for_sight().await;
    stranger.by_testid("send").wait_for_sight().await;
    assert_inside(&stranger, Look::ZOOMED).await;
    stage.end().await;
}
