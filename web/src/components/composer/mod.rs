//! Where messages are written.
//!
//! The field keeps its own text, as a browser does: no signal is bound to it, so nothing that happens elsewhere can take
//! back a character that was typed.

mod drafts;
mod suggestions;

use std::time::Duration;

use leptos::{
    ev::{InputEvent, KeyboardEvent, SubmitEvent},
    html::Textarea,
    leptos_dom::helpers::debounce,
    prelude::*,
};
use wasm_bindgen::JsCast;

use self::{drafts::Drafts, suggestions::Suggestions};
use crate::components::dialog::Dialog;
use crate::connection::Connection;
use crate::listen;
use crate::model::{Count, Draft};

/// How long somebody pauses before their draft is kept.
const PAUSE: Duration = Duration::from_millis(400);

/// A field and a button. Enter sends; Shift and Enter break the line. What is refused stays in the field.
#[component]
pub fn Composer(
    /// The id of the room that is written to.
    room: Memo<String>,
) -> impl IntoView {
    let connection = expect_context::<Connection>();
    let dialog = expect_context::<Dialog>();
    let field = NodeRef::<Textarea>::new();
    let refusal = RwSignal::new(None);
    let count = RwSignal::new(None::<Count>);
    let suggestions = Suggestions::new(connection, room, field);
    let drafts = Drafts::new(connection);

    let written = move || field.get_untracked().map(|field| field.value()).unwrap_or_default();
    // As it was shown or kept last. What nobody changed here isn't kept: another tab may know better.
    let known = StoredValue::new(String::new());
    let keep_for = move |room: &str| {
        let text = written();
        if known.with_value(|known| *known != text) {
            drafts.keep(room, &text);
            known.set_value(text);
        }
    };
    let keep = move || keep_for(&room.get_untracked());
    let show = move |text: &str| {
        if let Some(field) = field.get_untracked() {
            field.set_value(text);
        }
        count.set(Draft(text).count());
        refusal.set(None);
        suggestions.close();
    };

    // Each room has its own draft.
    Effect::new(move |before: Option<Option<String>>| {
        field.get()?;
        let room = room.get();
        if let Some(before) = before.flatten().filter(|before| *before != room) {
            keep_for(&before);
        }
        let draft = drafts.of(&room);
        show(&draft);
        known.set_value(draft);
        Some(room)
    });
    listen::to(&window(), leptos::ev::pagehide, move |_| keep());

    let send = move || {
        let text = written();
        if text.is_empty() {
            return;
        }
        match connection.say(&room.get_untracked(), &text) {
            Ok(()) => {
                show("");
                keep();
            }
            Err(why) => refusal.set(Some(why)),
        }
    };
    let on_submit = move |event: SubmitEvent| {
        event.prevent_default();
        send();
        if let Some(field) = field.get_untracked() {
            let _ = field.focus();
        }
    };
    let on_keydown = move |event: KeyboardEvent| {
        if is_composing(&event) {
            return;
        }
        if dialog.is_open_untracked() {
            return wait_for(dialog, &event);
        }
        if suggestions.take(&event) {
            event.prevent_default();
        } else if is_plain_enter(&event) {
            event.prevent_default();
            send();
        }
    };
    let mut keep_soon = debounce(PAUSE, move |()| keep());
    let on_input = move |event: leptos::ev::Event| {
        // In the middle of composing a character, the text is the keyboard's.
        if !event.dyn_ref::<InputEvent>().is_some_and(InputEvent::is_composing) {
            suggestions.finish_shortcodes();
        }
        suggestions.look();
        let count_now = Draft(&written()).count();
        if *count.read_untracked() != count_now {
            count.set(count_now);
        }
        if refusal.read_untracked().is_some() {
            refusal.set(None);
        }
        keep_soon(());
        connection.typing(&room.read_untracked());
    };

    view! {
        <form class="composer" on:submit=on_submit>
            <label class="visually-hidden" for="composer">
                "Message"
            </label>
            <textarea
                id="composer"
                data-testid="composer"
                dir="auto"
                rows="1"
                placeholder="Write a message"
                enterkeyhint="send"
                autocomplete="off"
                autofocus
                aria-describedby="composer-refusal composer-hint composer-count"
                aria-invalid=move || refusal.read().is_some().to_string()
                aria-autocomplete="list"
                aria-haspopup="listbox"
                aria-controls="suggestions"
                aria-activedescendant=move || suggestions.active_id()
                node_ref=field
                on:input=on_input
                on:keydown=on_keydown
                on:click=move |_| suggestions.close()
                on:blur=move |_| {
                    // It also loses the focus by going, and then knows nothing any more.
                    if field.try_get_untracked().flatten().is_some() {
                        suggestions.close();
                        keep();
                    }
                }
            ></textarea>
            <button class="primary" type="submit" data-testid="send">
                "Send"
            </button>
            {suggestions::list(suggestions)}
            <div class="notes">
                <p id="composer-refusal" class="refusal" role="alert" data-testid="composer-refusal">
                    {move || refusal.get().map(|refusal| refusal.to_string())}
                </p>
                <p id="composer-hint" class="hint keys">
                    <kbd>"Enter"</kbd>
                    " sends, "
                    <kbd>"Shift"</kbd>
                    " + "
                    <kbd>"Enter"</kbd>
                    " breaks the line"
                </p>
                <p
                    id="composer-count"
                    class="count"
                    class:over=move || count.read().as_ref().is_some_and(|count| count.is_over)
                    data-testid="composer-count"
                >
                    {move || count.get().map(|count| count.sentence)}
                </p>
            </div>
        </form>
    }
}

/// What follows the shortcut of a dialog is not for the room while that is on its way, and it may never come.
fn wait_for(dialog: Dialog, event: &KeyboardEvent) {
    let writes = event.key().chars().count() == 1 && !(event.ctrl_key() || event.alt_key() || event.meta_key());
    if writes || is_plain_enter(event) {
        event.prevent_default();
    } else if event.key() == "Escape" {
        dialog.close();
    }
}

fn is_plain_enter(event: &KeyboardEvent) -> bool {
    event.key() == "Enter" && !(event.shift_key() || event.ctrl_key() || event.alt_key() || event.meta_key())
}

/// Whether the key belongs to the composing of a character, like the Enter that ends it (229 is how Safari says so).
fn is_composing(event: &KeyboardEvent) -> bool {
    event.is_composing() || event.key_code() == 229
}
