//! The wire view: every packet as it passes, and what it means.

pub mod echo;
pub mod packets;
pub mod tools;

use hubbub_client::Client;
use leptos::{ev::KeyboardEvent, html::Aside, prelude::*};

use self::{echo::EchoBox, packets::Packets, tools::Tools};
use crate::{
    components::{icon::icon, opener::Opener, shortcuts::WIRE},
    connection::Connection,
    model::wire::{Filter, Trace},
    wire_tap::WireTap,
};

/// Whether the panel is open. By its button, and by the shortcut, also while somebody writes.
#[derive(Clone, Copy, Default)]
pub struct WirePanel(RwSignal<bool>);

impl WirePanel {
    /// Opens it, or closes it.
    pub fn toggle(self) {
        self.0.update(|is_open| *is_open = !*is_open);
    }

    fn close(self) {
        self.0.set(false);
    }

    fn is_open(self) -> bool {
        self.0.get()
    }
}

/// The button that opens the panel, and closes it.
#[component]
pub fn WireButton() -> impl IntoView {
    let panel = expect_context::<WirePanel>();
    view! {
        <button
            type="button"
            class="icon-button"
            data-testid="wire-button"
            aria-label="Wire view"
            title=format!("Wire view: every packet as it passes ({WIRE})")
            aria-keyshortcuts="Control+`"
            aria-expanded=move || panel.is_open().to_string()
            on:click=move |_| panel.toggle()
        >
            {icon("#icon-wire")}
        </button>
    }
}

/// The panel, while it is open. The focus goes to it, and back to where it was. Without a server there
/// is nothing to show.
#[component]
pub fn Wire() -> impl IntoView {
    let connection = expect_context::<Connection>();
    let panel = expect_context::<WirePanel>();
    let opener = Opener::new();
    Effect::new(move |was_open: Option<bool>| {
        let is_open = panel.is_open();
        if was_open == Some(true) && !is_open {
            opener.give_back();
        }
        is_open
    });
    move || {
        let client = connection.client().filter(|_| panel.is_open())?;
        let (client, tap) = (StoredValue::new_local(client), connection.tap());
        Some(view! { <Panel client tap panel opener /> })
    }
}

#[component]
fn Panel(client: StoredValue<Client, LocalStorage>, tap: WireTap, panel: WirePanel, opener: Opener) -> impl IntoView {
    let aside = NodeRef::<Aside>::new();
    let trace = RwSignal::new(Trace::default());
    let filter = RwSignal::new(Filter::default());
    let paused = RwSignal::new(false);

    opener.note();
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

    let close_by_key = move |event: KeyboardEvent| {
        if event.key() == "Escape" && !event.is_composing() {
            event.stop_propagation();
            panel.close();
        }
    };
    view! {
        <aside
            class="wire"
            data-testid="wire"
            aria-labelledby="wire-title"
            tabindex="-1"
            node_ref=aside
            on:keydown=close_by_key
        >
            <header>
                <h2 id="wire-title">"Wire"</h2>
                <kbd class="keys">{WIRE}</kbd>
                <button
                    type="button"
                    class="icon-button"
                    data-testid="wire-close"
                    aria-label="Close the wire view"
                    title=format!("Close (Escape or {WIRE})")
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
