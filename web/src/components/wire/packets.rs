//! The list of packets. Its style sheet keeps it at its end while it is there.

use std::time::Duration;

use hubbub_client::Direction;
use leptos::prelude::*;

use crate::model::wire::{self, Content, Detail, Filter, Layer, PacketType, Row, Trace};

/// The packets that the filter admits, the latest at the end.
#[component]
pub fn Packets(
    /// The packets.
    trace: RwSignal<Trace>,
    /// Which of them are shown.
    filter: RwSignal<Filter>,
) -> impl IntoView {
    let rows = move || {
        let filter = filter.read();
        trace.read().rows().filter(|row| filter.admits(row)).cloned().collect::<Vec<_>>()
    };
    let nothing = Memo::new(move |_| {
        let (filter, trace) = (filter.read(), trace.read());
        match trace.rows().next() {
            None => Some("Nothing to show yet."),
            Some(_) if !trace.rows().any(|row| filter.admits(row)) => Some("None of the packets is like that."),
            Some(_) => None,
        }
    });
    view! {
        <div class="packets" role="group" aria-label="Packets" tabindex="0">
            <ol>
                <For each=rows key=|row| row.packet.id let:row>
                    <Packet trace row />
                </For>
            </ol>
            {move || nothing.get().map(|nothing| view! { <p class="empty">{nothing}</p> })}
        </div>
    }
}

/// One packet: a line, and on demand all of it. Only the time of its answer may still change.
#[component]
fn Packet(trace: RwSignal<Trace>, row: Row) -> impl IntoView {
    let id = row.packet.id;
    let is_open = RwSignal::new(false);
    let (way, way_name, way_said) = match row.packet.direction {
        Direction::In => ("↓", "in", "received "),
        Direction::Out => ("↑", "out", "sent "),
    };
    let asks = row.asks();
    let after: Signal<Option<Duration>> = if asks {
        Memo::new(move |_| trace.read().answered_after(id)).into()
    } else {
        Signal::stored(row.answers.map(|answer| answer.after))
    };
    let round_trip = move || {
        let time = wire::round_trip(after.get()?);
        Some(if asks { format!("answered in {time}") } else { format!("after {time}") })
    };
    let first_of = explanations(row.first_of);
    let (type_name, event, about) = (type_name(&row), row.event.clone(), about(&row));
    let (size, at) = (wire::size(row.packet.size), wire::clock(row.packet.at));
    view! {
        <li class="packet" data-testid="packet" data-way=way_name data-type=type_name>
            <button
                type="button"
                aria-expanded=move || is_open.get().to_string()
                on:click=move |_| is_open.update(|is_open| *is_open = !*is_open)
            >
                <span class="way" aria-hidden="true">
                    {way}
                </span>
                <span class="what">
                    <span class="visually-hidden">{way_said}</span>
                    <span class="type">{type_name}</span>
                    " "
                    <bdi class="event">{event}</bdi>
                </span>
                <span class="size">{size}</span>
                <time>{at}</time>
                <span class="about">
                    <bdi>{about}</bdi>
                    <span class="round-trip">{move || round_trip()}</span>
                </span>
            </button>
            {first_of}
            {move || is_open.get().then(|| detail(&row))}
        </li>
    }
}

/// Where it belongs, and the id that it goes by there.
fn about(row: &Row) -> String {
    let mut about = row.namespace.as_deref().unwrap_or_default().to_owned();
    if let Some(id) = row.ack_id {
        about.push_str(" · ack id ");
        about.push_str(&id.to_string());
    }
    about
}

/// What its type is called, or why it has none.
fn type_name(row: &Row) -> &'static str {
    match (&row.packet.content, row.packet_type()) {
        (Content::TooLarge, _) => "not kept",
        (Content::Binary(_), _) => "binary attachment",
        (Content::Text(_), None | Some(PacketType::Message)) => "unreadable",
        (Content::Text(_), Some(packet_type)) => packet_type.name(),
    }
}

/// What these types are for.
fn explanations(types: [Option<PacketType>; 2]) -> impl IntoView + use<> {
    let explanation = |packet_type: PacketType| {
        let layer = match packet_type.layer() {
            Layer::EngineIo => "Engine.IO",
            Layer::SocketIo => "Socket.IO",
        };
        view! {
            <p class="explanation" data-testid="explanation">
                <strong>{packet_type.name()}</strong>
                " "
                <span class="layer">{layer}</span>
                " "
                {packet_type.explanation()}
            </p>
        }
    };
    types.into_iter().flatten().map(explanation).collect::<Vec<_>>()
}

/// All of a packet, and what its type is for unless its line says so already.
fn detail(row: &Row) -> impl IntoView + use<> {
    let Detail { head, payload } = Detail::of(row);
    let untold = row.packet_type().filter(|packet_type| !row.first_of.contains(&Some(*packet_type)));
    let pieces = head.into_iter().map(|(piece, says)| {
        view! {
            <li>
                <code>{piece}</code>
                " "
                {says}
            </li>
        }
    });
    view! {
        {explanations([untold, None])}
        <ul class="head" aria-label="On the wire">
            {pieces.collect::<Vec<_>>()}
        </ul>
        <pre role="group" aria-label="Payload" tabindex="0" data-testid="payload">
            {payload}
        </pre>
    }
}
