//! One more device for the same person: a code that lets it in, as a link, as a QR code, and to be typed.

use std::time::Duration;

use hubbub_shared::api::Link;
use leptos::html::Button;
use leptos::prelude::*;
use leptos::task::spawn_local;
use web_sys::{FocusEvent, HtmlTextAreaElement};

use crate::components::clipboard;
use crate::components::qr_code::QrCode;
use crate::connection::{self, Connection};
use crate::session_api;

/// Asks for a code, and shows it until it is over.
#[component]
pub fn LinkDevice() -> impl IntoView {
    let me = expect_context::<Connection>().me();
    let link = RwSignal::new(None::<Link>);
    let refusal = RwSignal::new(None::<String>);
    let is_busy = RwSignal::new(false);
    let ask = Callback::new(move |()| {
        if is_busy.get_untracked() {
            return;
        }
        is_busy.set(true);
        refusal.set(None);
        spawn_local(async move {
            let answer = session_api::link().await;
            is_busy.set(false);
            match answer {
                Ok(given) => link.set(Some(given)),
                Err(failed) => refusal.set(Some(failed.to_string())),
            }
        });
    });
    view! {
        <section aria-labelledby="settings-link">
            <h3 id="settings-link">"Another device"</h3>
            <p class="hint">"Be " <bdi>{me.name}</bdi> " on a phone or another computer as well."</p>
            {move || match link.get() {
                Some(link) => view! { <Given link ask /> }.into_any(),
                None => {
                    view! {
                        <button type="button" data-testid="link-device" on:click=move |_| ask.run(())>
                            "Link a device"
                        </button>
                    }
                        .into_any()
                }
            }}
            <p class="refusal" role="alert">
                {move || refusal.get()}
            </p>
        </section>
    }
}

/// A code that was given.
#[component]
fn Given(link: Link, ask: Callback<()>) -> impl IntoView {
    let now = RwSignal::new(connection::now());
    let ticking = set_interval_with_handle(move || now.set(connection::now()), Duration::from_millis(500)).ok();
    on_cleanup(move || {
        if let Some(ticking) = ticking {
            ticking.clear();
        }
    });
    let left = Memo::new(move |_| link.expires.saturating_sub(now.get()).div_ceil(1_000));
    let is_over = Memo::new(move |_| left.get() == 0);
    let code = StoredValue::new(link.code);
    move || {
        if is_over.get() {
            return view! {
                <p>"The code is over."</p>
                <button type="button" class="primary" on:click=move |_| ask.run(())>
                    "New code"
                </button>
            }
            .into_any();
        }
        let origin = window().location().origin().unwrap_or_default();
        let code = code.get_value();
        let address = format!("{origin}/link#{code}");
        view! {
            <div class="link">
                <QrCode text=address.clone() label="The link as a QR code" />
                <div class="ways">
                    <p>"Scan it with the other device. Or go there to "<b>{format!("{origin}/link")}</b>" and type:"</p>
                    <p class="code" data-testid="link-code">
                        {code}
                    </p>
                    <p class="hint">
                        "It lets one device in, as you. Show it to nobody else. "
                        <span role="timer">
                            {move || time_left(left.get())}
                        </span>
                    </p>
                </div>
                <CopyLink address />
            </div>
        }
        .into_any()
    }
}

/// The link, to be sent to oneself.
#[component]
fn CopyLink(address: String) -> impl IntoView {
    let said = RwSignal::new("");
    let to_copy = address.clone();
    let copy = move |_| {
        let address = to_copy.clone();
        spawn_local(async move {
            said.set(match clipboard::copy(&address).await {
                true => "Copied.",
                false => "The browser didn’t let this page copy. Mark the link, and copy it yourself.",
            });
        });
    };
    let mark = |event: FocusEvent| event_target::<HtmlTextAreaElement>(&event).select();
    let node = NodeRef::<Button>::new();
    // The button that was clicked at is gone, and this one is what mostly comes next.
    Effect::new(move || {
        if let Some(node) = node.get() {
            let _ = node.focus();
        }
    });
    view! {
        <div class="copy">
            <textarea readonly aria-label="Link" data-testid="link-address" rows="2" on:focus=mark>
                {address}
            </textarea>
            <button type="button" node_ref=node on:click=copy>
                "Copy"
            </button>
        </div>
        <p class="hint" role="status">
            {move || said.get()}
        </p>
    }
}

/// How long a code is good for, in seconds, as a sentence.
fn time_left(seconds: u64) -> String {
    format!("It is good for {}:{:02}.", seconds / 60, seconds % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_is_told_in_minutes_and_seconds() {
        assert_eq!(time_left(600), "It is good for 10:00.");
        assert_eq!(time_left(61), "It is good for 1:01.");
        assert_eq!(time_left(9), "It is good for 0:09.");
    }
}
