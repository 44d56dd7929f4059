//! The wire view: every packet as it passes, and what it means. A browser loads it when it is first opened.

pub mod echo;
pub mod packets;
pub mod panel;
pub mod tools;

use leptos::ev::KeyboardEvent;
use leptos::prelude::*;

use self::panel::Panel;
use crate::components::{icon::icon, opener::Opener, show::Show};
use crate::connection::Connection;
use crate::later;

/// What opens and closes it, as it is shown.
const KEYS: &str = "Ctrl + `";

/// Whether the panel is open, and where the focus was before it took it. It opens by its button, and by the shortcut, also
/// while somebody writes.
#[derive(Clone, Copy)]
pub struct WirePanel {
    is_open: RwSignal<bool>,
    opener: Opener,
}

impl WirePanel {
    /// Opens it, or closes it.
    pub fn toggle(self) {
        self.is_open.update(|is_open| *is_open = !*is_open);
    }

    fn close(self) {
        self.is_open.set(false);
    }

    /// Escape closes it, wherever in it one is, and at its button.
    fn take_key(self, event: &KeyboardEvent) {
        if event.key() == "Escape" && !event.is_composing() && *self.is_open.read_untracked() {
            event.stop_propagation();
            self.close();
        }
    }

    fn is_open(self) -> bool {
        self.is_open.get()
    }
}

impl Default for WirePanel {
    fn default() -> Self {
        Self { is_open: RwSignal::new(false), opener: Opener::new() }
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
            title=format!("Wire view: every packet as it passes ({KEYS})")
            aria-keyshortcuts="Control+`"
            aria-expanded=move || panel.is_open().to_string()
            on:click=move |_| panel.toggle()
            on:keydown=move |event| panel.take_key(&event)
        >
            {icon("#icon-wire")}
        </button>
    }
}

later!(open_panel, || view! { <Panel /> }.into_any());

/// The panel, while it is open. The focus goes to it, and back to where it was. Without a server there is nothing to show.
#[component]
pub fn Wire() -> impl IntoView {
    let connection = expect_context::<Connection>();
    let panel = expect_context::<WirePanel>();
    Effect::new(move |was_open: Option<bool>| {
        let is_open = panel.is_open();
        if was_open == Some(true) && !is_open {
            panel.opener.give_back();
        }
        is_open
    });
    view! {
        <Show when=move || panel.is_open() && connection.client().is_some()>
            {later::show(open_panel(), "Close", move || panel.close())}
        </Show>
    }
}
