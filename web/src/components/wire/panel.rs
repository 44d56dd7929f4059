//! What is seen of the wire view while it is open.

use hubbub_client::Client;
use leptos::{html::Aside, prelude::*};

use super::{KEYS, WirePanel, echo::EchoBox, packets::Packets, tools::Tools};
use crate::{
    components::icon::icon,
    connection::Connection,
    model::wire::{Filter, Trace},
    wire_tap::WireTap,
};

/// The packets, what can be done with them, and the box for echoes.
#[component]
pub fn Panel() -> impl IntoView {
    let connection = expect_context::<Connection>();
    connection.client().map(|client| {
        let panel = expect_context::<WirePanel>();
        let (client, tap) = (StoredValue::new_local(client), connection.tap());
        view! { <Open panel client tap /> }
    })
}

#[component]
fn Open(panel: WirePanel, client: StoredValue<Client, LocalStorage>, tap: WireTap) -> impl IntoView {
    let aside = NodeRef::<Aside>::new();
    let trace = RwSignal::new(Trace::default());
    let filter = RwSignal::new(Filter::default());
    let paused = RwSignal::new(false);

    panel.opener.note();
    Effect::new(move || {
        if let Some(aside) = aside.get() {
            let _ = aside.focus();
        }
    });

    tap.watch(true);
    on_cleanup(move || tap.watch(false));
    Effect::new(move || {
        if !paused.get() {
            trace.update(|trace| tap.read(|log| trace.follow(log)));
        }
    });

    view! {
        <aside
            class="wire"
            data-testid="wire"
            aria-labelledby="wire-title"
            tabindex="-1"
            node_ref=aside
            on:keydown=move |event| panel.take_key(&event)
        >
            <header>
                <h2 id="wire-title">"Wire"</h2>
                <kbd class="keys">{KEYS}</kbd>
                <button
                    type="button"
                    class="icon-button"
                    data-testid="wire-close"
                    aria-label="Close the wire view"
                    title=format!("Close (Escape or {KEYS})")
                    on:click=move |_| panel.close()
                >
                    {icon("#icon-close")}
                </button>
                <p>"Every packet, as it passes. Tokens are masked."</p>
            </header>
            <Tools client tap trace filter paused />
            <Packets trace filter />
            <EchoBox client />
        </aside>
    }
}
