//! Where messages are written.

use leptos::{
    ev::{KeyboardEvent, SubmitEvent},
    html::Textarea,
    prelude::*,
};

use crate::{connection::Connection, model::Draft};

/// A field and a button. Enter sends; Shift and Enter break the line. What is refused stays in the field.
#[component]
pub fn Composer(
    /// The id of the room that is written to.
    room: Memo<String>,
) -> impl IntoView {
    let connection = expect_context::<Connection>();
    let field = NodeRef::<Textarea>::new();
    let text = RwSignal::new(String::new());
    let refusal = RwSignal::new(None);
    let count = Memo::new(move |_| Draft(&text.read()).count());

    let send = move || {
        if text.read_untracked().is_empty() {
            return;
        }
        let said = connection.say(&room.read_untracked(), &text.read_untracked());
        if said.is_ok() {
            text.set(String::new());
        }
        refusal.set(said.err());
    };
    let on_submit = move |event: SubmitEvent| {
        event.prevent_default();
        send();
        if let Some(field) = field.get_untracked() {
            let _ = field.focus();
        }
    };
    let on_keydown = move |event: KeyboardEvent| {
        if is_plain_enter(&event) {
            event.prevent_default();
            send();
        }
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
                aria-describedby="composer-hint composer-count"
                aria-invalid=move || refusal.get().is_some().to_string()
                node_ref=field
                bind:value=text
                on:input=move |_| {
                    refusal.set(None);
                    connection.typing(&room.read_untracked());
                }
                on:keydown=on_keydown
            ></textarea>
            <button class="primary" type="submit" data-testid="send">
                "Send"
            </button>
            <div class="notes">
                <p class="refusal" role="alert">
                    {move || refusal.get().map(|refusal| refusal.to_string())}
                </p>
                <p id="composer-hint" class="hint">
                    <kbd>"Enter"</kbd>
                    " sends, "
                    <kbd>"Shift"</kbd>
                    " + "
                    <kbd>"Enter"</kbd>
                    " breaks the line"
                </p>
                <p id="composer-count" class="count">
                    {move || count.get()}
                </p>
            </div>
        </form>
    }
}

/// Enter, by itself, and not the Enter that ends the composing of a character (229 is how Safari says so).
fn is_plain_enter(event: &KeyboardEvent) -> bool {
    event.key() == "Enter"
        && !(event.shift_key() || event.ctrl_key() || event.alt_key() || event.meta_key())
        && !event.is_composing()
        && event.key_code() != 229
}
