use hubbub_web::components::dialog::{Dialog, Which};
use hubbub_web::components::dialogs::Dialogs;
use leptos::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::{Element, HtmlDialogElement, HtmlElement};

use crate::shown::{Shown, focused, until};

/// A page with a button that has the focus and opens a dialog.
fn page() -> (Shown, Dialog, HtmlElement) {
    let dialog = Dialog::default();
    let shown = Shown::new(move || {
        provide_context(dialog);
        view! {
            <button id="opener" type="button" on:click=move |_| dialog.open(Which::Shortcuts)>
                "Shortcuts"
            </button>
            <Dialogs />
        }
    });
    let opener: HtmlElement = shown.one("#opener");
    opener.focus().expect("it can have the focus");
    (shown, dialog, opener)
}

async fn opened(shown: &Shown, opener: &HtmlElement) -> HtmlDialogElement {
    opener.click();
    until("the dialog", || shown.all("dialog:modal").len() == 1).await;
    let node: HtmlDialogElement = shown.one("dialog");
    assert!(node.contains(focused().as_deref()), "the focus is in it");
    node
}

/// How a dialog is closed, in words and in deed.
type Way<'a> = (&'a str, &'a dyn Fn(&HtmlDialogElement));

#[wasm_bindgen_test]
async fn the_focus_returns_however_it_is_closed() {
    let (shown, dialog, opener) = page();
    let ways: [Way; 4] = [
        ("by its button", &|_| shown.one::<HtmlElement>("[data-testid=close]").click()),
        ("by a click beside it", &|node| node.click()),
        ("as by Escape", &|node| node.close()),
        ("by the page", &|_| dialog.close()),
    ];
    for (way, close) in ways {
        let node = opened(&shown, &opener).await;
        close(&node);
        until(way, || shown.all("dialog").is_empty()).await;
        assert_eq!(focused().as_ref(), Some(opener.as_ref()), "{way}");
    }
}

#[wasm_bindgen_test]
async fn a_click_in_it_leaves_it_open_and_it_has_a_name() {
    let (shown, _, opener) = page();
    let node = opened(&shown, &opener).await;
    shown.one::<HtmlElement>("dialog h2").click();
    leptos::task::tick().await;
    assert!(node.open());
    let title = node.get_attribute("aria-labelledby").unwrap_or_default();
    assert_eq!(shown.one::<Element>(&format!("#{title}")).text_content().as_deref(), Some("Shortcuts"));
}
