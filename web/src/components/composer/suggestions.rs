//! The list from which an emoji or a name is chosen while one writes.
//!
//! To assistive technology the field is a text box with a list box that it controls: the focus stays in the field, and
//! `aria-activedescendant` says which option is the active one. (A text box of several lines can't have the role of a
//! combo box.)

use leptos::{ev::KeyboardEvent, html::Textarea, prelude::*, task::spawn_local};

use crate::connection::Connection;
use crate::emoji_list;
use crate::model::completion::{Asked, Candidate, Edit, Emojis, Kind, shortcodes};

/// What may be chosen now. A cheap handle.
#[derive(Clone, Copy)]
pub(super) struct Suggestions {
    connection: Connection,
    room: Memo<String>,
    field: NodeRef<Textarea>,
    emojis: StoredValue<Emojis>,
    /// The list of emoji has been asked for, and hasn't failed to come.
    emojis_come: StoredValue<bool>,
    asked: StoredValue<Option<Asked>>,
    candidates: RwSignal<Vec<Candidate>>,
    active: RwSignal<usize>,
    /// The person doesn't want any for what is before the caret.
    dismissed: StoredValue<bool>,
}

impl Suggestions {
    pub(super) fn new(connection: Connection, room: Memo<String>, field: NodeRef<Textarea>) -> Self {
        Self {
            connection,
            room,
            field,
            emojis: StoredValue::default(),
            emojis_come: StoredValue::new(false),
            asked: StoredValue::new(None),
            candidates: RwSignal::default(),
            active: RwSignal::new(0),
            dismissed: StoredValue::new(false),
        }
    }

    /// Looks at what is before the caret.
    pub(super) fn look(self) {
        let Some((text, caret)) = self.text_and_caret() else { return };
        let asked = Asked::at(&text, caret);
        if asked.is_none() {
            self.dismissed.set_value(false);
        }
        let candidates = match &asked {
            Some(asked) if !self.dismissed.get_value() => self.candidates_for(asked),
            _ => Vec::new(),
        };
        self.asked.set_value(asked);
        self.active.set(0);
        if !(candidates.is_empty() && self.candidates.read_untracked().is_empty()) {
            self.candidates.set(candidates);
        }
    }

    pub(super) fn close(self) {
        if !self.candidates.read_untracked().is_empty() {
            self.candidates.set(Vec::new());
        }
    }

    /// Puts emoji in the place of shortcodes that are there in full, written or pasted.
    pub(super) fn finish_shortcodes(self) {
        let Some(field) = self.field.get_untracked() else { return };
        let text = field.value();
        let shortcodes = shortcodes(&text);
        if !shortcodes.is_empty() {
            self.fetch_emojis();
            self.emojis
                .with_value(|emojis| emojis.finished(&text, shortcodes))
                .iter()
                .for_each(|edit| self.apply(edit));
        }
    }

    /// Takes a key that is for the list. Tells whether it was.
    pub(super) fn take(self, event: &KeyboardEvent) -> bool {
        let count = self.candidates.read_untracked().len();
        if count == 0 || event.ctrl_key() || event.alt_key() || event.meta_key() || event.shift_key() {
            return false;
        }
        let active = self.active.get_untracked();
        match event.key().as_str() {
            "ArrowDown" => self.active.set((active + 1) % count),
            "ArrowUp" => self.active.set((active + count - 1) % count),
            "Enter" | "Tab" => self.choose(active),
            "Escape" => {
                self.dismissed.set_value(true);
                self.close();
            }
            // The caret leaves what would be completed.
            "ArrowLeft" | "ArrowRight" | "Home" | "End" => {
                self.close();
                return false;
            }
            _ => return false,
        }
        true
    }

    /// The id of the active option, if there is any.
    pub(super) fn active_id(self) -> Option<String> {
        let active = self.active.get();
        (active < self.candidates.read().len()).then(|| option_id(active))
    }

    fn choose(self, at: usize) {
        let chosen = self.candidates.read_untracked().get(at).cloned();
        let asked = self.asked.get_value();
        if let (Some(chosen), Some(asked), Some((text, _))) = (chosen, asked, self.text_and_caret()) {
            self.apply(&asked.choose(&text, &chosen));
            // What is put in by this page makes no such event, and is text like any other.
            if let (Some(field), Ok(event)) = (self.field.get_untracked(), web_sys::Event::new("input")) {
                let _ = field.dispatch_event(&event);
            }
        }
        self.close();
    }

    fn apply(self, edit: &Edit) {
        if let Some(field) = self.field.get_untracked() {
            let is_before_caret = field.selection_end().ok().flatten() == Some(edit.at.end);
            // The caret is behind it, or stays where it is in the text.
            let mode = if is_before_caret { "end" } else { "preserve" };
            let _ = field.set_range_text_with_start_and_end_and_mode(&edit.with, edit.at.start, edit.at.end, mode);
        }
    }

    fn candidates_for(self, asked: &Asked) -> Vec<Candidate> {
        match asked.kind {
            Kind::Emoji => {
                self.fetch_emojis();
                self.emojis.with_value(|emojis| asked.candidates(emojis, []))
            }
            Kind::Person => untrack(|| {
                self.connection.with_rooms(|rooms| {
                    let me = self.connection.me();
                    let people = rooms.get(&self.room.read()).into_iter().flat_map(|room| room.people());
                    let others = people.filter(|user| user.id != me.id);
                    asked.candidates(&Emojis::default(), others.map(|user| &*user.name))
                })
            }),
        }
    }

    /// Gets the names of emoji, for the first who wants one. Without them, what is written stays as it is.
    fn fetch_emojis(self) {
        if self.emojis_come.get_value() {
            return;
        }
        self.emojis_come.set_value(true);
        spawn_local(async move {
            let emojis = emoji_list::fetch().await;
            // Whoever has left in the meantime needs none.
            if self.emojis_come.try_set_value(emojis.is_some()).is_none() {
                self.emojis.set_value(emojis.unwrap_or_default());
                self.finish_shortcodes();
                self.look();
            }
        });
    }

    fn text_and_caret(self) -> Option<(String, u32)> {
        let field = self.field.get_untracked()?;
        let caret = field.selection_end().ok()??;
        (field.selection_start().ok()?? == caret).then(|| (field.value(), caret))
    }
}

/// The list, above the field.
pub(super) fn list(suggestions: Suggestions) -> impl IntoView {
    let Suggestions { candidates, active, .. } = suggestions;
    let option = move |(at, Candidate { sign, name })| {
        view! {
            <li
                id=option_id(at)
                role="option"
                data-testid="suggestion"
                aria-selected=move || (active.get() == at).to_string()
                on:click=move |_| suggestions.choose(at)
            >
                <span class="sign" aria-hidden="true">
                    {sign}
                </span>
                <span class="name" dir="auto">
                    {name}
                </span>
            </li>
        }
    };
    let options = move || candidates.get().into_iter().enumerate().map(option).collect_view();
    let count = move || match candidates.read().len() {
        0 => String::new(),
        1 => "1 suggestion".to_owned(),
        count => format!("{count} suggestions"),
    };
    view! {
        // Pressing the list leaves the focus in the field.
        <ul
            id="suggestions"
            class="suggestions"
            role="listbox"
            aria-label="Suggestions"
            data-testid="suggestions"
            hidden=move || candidates.read().is_empty()
            on:mousedown=|event| event.prevent_default()
        >
            {move || options()}
        </ul>
        <p class="visually-hidden" role="status">
            {move || count()}
        </p>
    }
}

fn option_id(at: usize) -> String {
    format!("suggestion-{at}")
}
