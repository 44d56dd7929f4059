//! To go to a room by a few letters of its name.

use js_sys::JsString;
use leptos::ev::KeyboardEvent;
use leptos::prelude::*;

use super::modal::Modal;
use crate::components::badge::Badge;
use crate::components::dialog::Dialog;
use crate::components::going::{use_go, use_here};
use crate::components::shortcuts::{COMMAND, label};
use crate::connection::Connection;
use crate::model::switcher::{Place, ranked};

/// How many rooms are offered. Whoever wants another types one more letter.
const MOST: usize = 20;

/// A field, the rooms that it may mean, and a way to all others.
///
/// The focus stays in the field: the arrow keys choose, Enter goes there.
#[component]
pub fn Switcher() -> impl IntoView {
    let dialog = expect_context::<Dialog>();
    let go = StoredValue::new_local(use_go());
    let here = use_here().get_untracked();
    // As they are now: nothing moves while somebody reaches for it.
    let all = places();
    let query = RwSignal::new(String::new());
    let places = Memo::new(move |_| {
        let mut places = ranked(all.clone(), &decomposed(&query.read()), &here);
        places.truncate(MOST);
        places
    });
    // The one after the last is the way to all others.
    let count = move || places.read().len() + 1;
    let chosen = RwSignal::new(0_usize);
    let choose = move |at: usize| {
        chosen.set(at);
        crate::components::bring_into_sight(&["#", &id_of(at)].concat());
    };
    let enter = move |at: usize| match places.read_untracked().get(at) {
        Some(place) => go.with_value(|go| go(&place.id)),
        None => dialog.open_browse_for(&query.read_untracked()),
    };
    let on_keydown = move |event: KeyboardEvent| {
        if event.is_composing() || event.key_code() == 229 || event.alt_key() || event.ctrl_key() || event.meta_key() {
            return;
        }
        let (at, count) = (chosen.get_untracked(), untrack(count));
        match event.key().as_str() {
            "ArrowDown" => choose((at + 1) % count),
            "ArrowUp" => choose((at + count - 1) % count),
            "Enter" => enter(at),
            _ => return,
        }
        event.prevent_default();
    };
    let option = move |at: usize, class: &'static str, inner: AnyView| {
        view! {
            <li
                id=id_of(at)
                class=class
                role="option"
                data-testid="option"
                aria-selected=move || (chosen.get() == at).to_string()
                on:pointermove=move |_| chosen.set(at)
                on:click=move |_| enter(at)
            >
                {inner}
            </li>
        }
    };
    view! {
        <Modal title="Go to a room">
            <div class="finder switcher">
                <input
                    data-testid="switcher"
                    type="text"
                    dir="auto"
                    placeholder="A few letters of its name"
                    aria-label="A few letters of the room’s name"
                    autocomplete="off"
                    autocapitalize="none"
                    spellcheck="false"
                    enterkeyhint="go"
                    autofocus
                    role="combobox"
                    aria-autocomplete="list"
                    aria-expanded="true"
                    aria-controls="switcher-places"
                    aria-activedescendant=move || id_of(chosen.get())
                    bind:value=query
                    on:input=move |_| chosen.set(0)
                    on:keydown=on_keydown
                />
                <ul id="switcher-places" role="listbox" aria-label="Rooms">
                    {move || {
                        let places = places.get();
                        let last = option(places.len(), "all", all_others(query.read().trim()).into_any());
                        let places = places.into_iter().enumerate();
                        let places: Vec<_> = places.map(|(at, place)| option(at, "place", line(place))).collect();
                        view! { {places} {last} }
                    }}
                </ul>
                <p class="hint" role="status">
                    {move || places.read().is_empty().then_some("None of your rooms is called that.")}
                </p>
                <p class="hint keys">
                    <kbd>{label(COMMAND)}</kbd> " " <kbd>"/"</kbd> " shows what other keys do"
                </p>
            </div>
        </Modal>
    }
}

/// My rooms.
fn places() -> Vec<Place> {
    let connection = expect_context::<Connection>();
    let listed = |rooms: &crate::model::rooms::Rooms| {
        let place = |room: &crate::model::rooms::Room| Place {
            id: room.info().id.clone(),
            name: room.info().name.clone(),
            decomposed: decomposed(&room.info().name),
            unread: room.unread(),
            mentions: room.mentions(),
        };
        rooms.listed().into_iter().map(place).collect()
    };
    untrack(|| connection.with_rooms(listed))
}

/// A text with its accents apart from their letters. The browser has the tables for it.
fn decomposed(text: &str) -> String {
    JsString::from(text).normalize("NFD").into()
}

fn line(place: Place) -> AnyView {
    let Place { name, unread, mentions, .. } = place;
    view! {
        <span class="name" dir="auto">
            {name}
        </span>
        <Badge unread mentions />
    }
    .into_any()
}

/// The way to those that aren't mine.
fn all_others(query: &str) -> String {
    if query.is_empty() { "Browse all rooms".to_owned() } else { format!("Look for “{query}” among all rooms") }
}

fn id_of(at: usize) -> String {
    format!("switcher-{at}")
}
