//! What can be done with the packets, and to the link.

use hubbub_client::{Client, Direction};
use leptos::prelude::*;

use crate::{
    model::wire::{Filter, Layer, PacketType, Trace},
    wire_tap::WireTap,
};

/// Filter, pause and clear; and the button that drops the link.
#[component]
pub fn Tools(
    /// Whose link can be dropped.
    client: StoredValue<Client, LocalStorage>,
    /// What is cleared.
    tap: WireTap,
    /// What is cleared of it.
    trace: RwSignal<Trace>,
    /// What is shown.
    filter: RwSignal<Filter>,
    /// Whether the list is held still.
    paused: RwSignal<bool>,
) -> impl IntoView {
    let clear = move |_| {
        trace.write().clear();
        tap.clear();
    };
    view! {
        <div class="tools" role="group" aria-label="Packets to show">
            <input
                type="text"
                class="names"
                data-testid="wire-filter"
                aria-label="Show only this namespace or event"
                placeholder="Filter by name"
                autocomplete="off"
                spellcheck="false"
                prop:value=move || filter.read().text.clone()
                on:input:target=move |event| filter.write().text = event.target().value()
            />
            <select
                data-testid="wire-direction"
                aria-label="Which way"
                on:change:target=move |event| filter.write().direction = direction_named(&event.target().value())
            >
                <option value="">"Both ways"</option>
                <option value="in">"Received"</option>
                <option value="out">"Sent"</option>
            </select>
            <select
                data-testid="wire-type"
                aria-label="Which type"
                on:change:target=move |event| filter.write().packet_type = PacketType::named(&event.target().value())
            >
                <option value="">"All types"</option>
                <optgroup label="Engine.IO">{options(Layer::EngineIo)}</optgroup>
                <optgroup label="Socket.IO">{options(Layer::SocketIo)}</optgroup>
            </select>
            <button
                type="button"
                data-testid="wire-pause"
                title="Holds the list still. Packets are recorded all the same, and shown when it goes on."
                class:on=move || paused.get()
                on:click=move |_| paused.update(|paused| *paused = !*paused)
            >
                {move || if paused.get() { "Go on" } else { "Pause" }}
            </button>
            <button type="button" data-testid="wire-clear" title="Forgets what was recorded" on:click=clear>
                "Clear"
            </button>
            <button
                type="button"
                class="drop"
                data-testid="wire-drop"
                title="Cuts the connection as a bad network would. Watch the page recover."
                on:click=move |_| client.with_value(Client::cut_link)
            >
                "Drop the link"
            </button>
        </div>
    }
}

fn direction_named(name: &str) -> Option<Direction> {
    match name {
        "in" => Some(Direction::In),
        "out" => Some(Direction::Out),
        _ => None,
    }
}

fn options(layer: Layer) -> Vec<impl IntoView> {
    let types = PacketType::ALL.into_iter().filter(|packet_type| packet_type.layer() == layer);
    types.map(|packet_type| view! { <option value=packet_type.name()>{packet_type.name()}</option> }).collect()
}
