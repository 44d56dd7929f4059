//! The wire view: every packet as it passes, and what it means.

pub mod echo;
pub mod packets;
pub mod tools;

use hubbub_client::Client;
use leptos::{
    ev::{self, KeyboardEvent},
    html::Aside,
    prelude::*,
};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

use self::{echo::EchoBox, packets::Packets, tools::Tools};
use crate::{
    components::icon::icon,
    connection::Connection,
    model::wire::{Filter, Trace},
    wire_tap::WireTap,
};

/// The shortcut, as it is shown.
const SHORTCUT: &str = "Ctrl + `";

/// Whether the panel is open. By its button, and by the shortcut, also while somebody writes.
#[derive(Clone, Copy, Default)]
pub struct WirePanel(RwSignal<bool>);

impl WirePanel {
    fn toggle(self) {
        self.0.update(|is_open| *is_open = !*is_open);
    }

    fn close(self) {
        self.0.set(false);
    }

    fn is_open(self) -> bool {
        self.0.get()
    }
}

/// Where the focus was before the panel took it.
type Opener = StoredValue<Option<Element>, LocalStorage>;

/// Whether these keys open and close the panel. No browser on Linux, Windows or macOS takes them: the systems' own keys for
/// the next window are Alt, Super or Command with the same key, and within a browser's developer tools, as in many editors, they
/// open the console. The key is known by its place too: on many keyboards it has another letter.
fn is_shortcut(event: &KeyboardEvent) -> bool {
    event.ctrl_key()
        && !(event.shift_key() || event.alt_key() || event.meta_key())
        && (event.code() == "Backquote" || event.key() == "`")
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
            title=format!("Wire view: every packet as it passes ({SHORTCUT})")
            aria-keyshortcuts="Control+`"
            aria-expanded=move || panel.is_open().to_string()
            on:click=move |_| panel.toggle()
        >
            {icon("#icon-wire")}
        </button>
    }
}

/// The panel, while it is open, and the shortcut for it. The focus goes to it, and back to where it was. Without a server there
/// is nothing to show.
#[component]
pub fn Wire() -> impl IntoView {
    let connection = expect_context::<Connection>();
    let panel = expect_context::<WirePanel>();
    let opener: Opener = StoredValue::new_local(None);
    let shortcut = window_event_listener(ev::keydown, move |event| {
        if is_shortcut(&event) {
            event.prevent_default();
            panel.toggle();
        }
    });
    on_cleanup(move || shortcut.remove());
    Effect::new(move |was_open: Option<bool>| {
        let is_open = panel.is_open();
        if was_open == Some(true) && !is_open {
            focus(opener.try_update_value(Option::take).flatten());
        }
        is_open
    });
    move || {
        let client = connection.client().filter(|_| panel.is_open())?;
        let (client, tap) = (StoredValue::new_local(client), connection.tap());
        Some(view! { <Panel client tap panel opener /> })
    }
}

fn focus(element: Option<Element>) {
    if let Some(element) = element.and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
        // Where it fails, whoever uses the keyboard has to find the way by hand.
        let _ = element.focus();
    }
}

#[component]
fn Panel(client: StoredValue<Client, LocalStorage>, tap: WireTap, panel: WirePanel, opener: Opener) -> impl IntoView {
    let aside = NodeRef::<Aside>::new();
    let trace = RwSignal::new(Trace::default());
    let filter = RwSignal::new(Filter::default());
    let paused = RwSignal::new(false);

    opener.set_value(document().active_element());
    Effect::new(move || focus(aside.get().map(JsCast::unchecked_into)));

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
                <kbd class="keys">{SHORTCUT}</kbd>
                <button
                    type="button"
                    class="icon-button"
                    data-testid="wire-close"
                    aria-label="Close the wire view"
                    title=format!("Close (Escape or {SHORTCUT})")
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
