//! How a session begins: one field, one button.

use hubbub_shared::api::NewSession;
use hubbub_shared::chat::User;
use leptos::ev::SubmitEvent;
use leptos::html::Input;
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::components::field::Field;
use crate::session_api::Beginning;

/// The form. What is refused is said beside the field, which has the focus again.
#[component]
pub fn SignIn(
    /// The field, as tests call it too.
    id: &'static str,
    /// What is to be written.
    label: &'static str,
    /// What else there is to know.
    hint: &'static str,
    /// What tests call the button.
    submit: &'static str,
    /// What the browser may fill in.
    autocomplete: &'static str,
    /// What a keyboard on the screen writes in upper case.
    autocapitalize: &'static str,
    /// What stands in the field at first.
    #[prop(optional, into)]
    value: Signal<String>,
    /// Reads what was written, or says why it can't be right.
    read: fn(String) -> Result<NewSession, String>,
    /// Begins the session.
    begin: fn(NewSession) -> Beginning,
    /// The session has begun, as theirs.
    on_in: Callback<User>,
) -> impl IntoView {
    let node = NodeRef::<Input>::new();
    let refusal = RwSignal::new(None::<String>);
    let is_busy = RwSignal::new(false);
    let refuse = move |why: String| {
        refusal.set(Some(why));
        if let Some(field) = node.get_untracked() {
            let _ = field.focus();
        }
    };
    let on_submit = move |event: SubmitEvent| {
        event.prevent_default();
        if is_busy.get_untracked() {
            return;
        }
        let written = node.get_untracked().map(|field| field.value()).unwrap_or_default();
        match read(written.trim().to_owned()) {
            Err(why) => refuse(why),
            Ok(session) => {
                is_busy.set(true);
                spawn_local(async move {
                    match begin(session).await {
                        Ok(me) => on_in.run(me),
                        Err(failed) => {
                            is_busy.set(false);
                            refuse(failed.to_string());
                        }
                    }
                });
            }
        }
    };
    // By `autofocus` a browser begins only once: not where a link of ours leads.
    Effect::new(move || {
        if let Some(field) = node.get() {
            let _ = field.focus();
        }
    });
    view! {
        <form on:submit=on_submit novalidate>
            <Field
                id
                label
                hint="sign-in-hint"
                autocomplete
                autocapitalize
                autofocus=true
                value
                node
                refusal
                on_write=Callback::new(move |()| refusal.set(None))
            />
            <button class="primary" type="submit" data-testid=submit aria-disabled=move || is_busy.get().to_string()>
                {move || if is_busy.get() { "One moment" } else { "Come in" }}
            </button>
            <p id="sign-in-hint" class="hint">
                {hint}
            </p>
        </form>
    }
}
