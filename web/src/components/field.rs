//! A line to write in, with its name above it and, where what was written is refused, why below it.

use leptos::html::Input;
use leptos::prelude::*;

/// The line. Whoever asks for it gives the focus back to it with a refusal.
#[component]
pub fn Field(
    /// What tests call it too.
    id: &'static str,
    /// What it is called.
    label: &'static str,
    /// Said beside that, more softly.
    #[prop(optional)]
    aside: &'static str,
    /// The id of a hint that belongs to it.
    #[prop(optional)]
    hint: &'static str,
    /// What the browser may fill in.
    #[prop(default = "off")]
    autocomplete: &'static str,
    /// What a keyboard on the screen writes in upper case.
    #[prop(default = "sentences")]
    autocapitalize: &'static str,
    /// Whether one begins here.
    #[prop(optional)]
    autofocus: bool,
    /// What stands in it at first.
    #[prop(optional, into)]
    value: Signal<String>,
    /// To read it, and to give it the focus.
    node: NodeRef<Input>,
    /// Why not what was written.
    #[prop(into)]
    refusal: Signal<Option<String>>,
    /// Something else is written.
    on_write: Callback<()>,
) -> impl IntoView {
    let refusal_id = [id, "-refusal"].concat();
    view! {
        <label for=id>{label} " " <span class="hint">{aside}</span></label>
        <input
            id=id
            data-testid=id
            type="text"
            dir="auto"
            autocomplete=autocomplete
            autocapitalize=autocapitalize
            spellcheck="false"
            enterkeyhint="go"
            autofocus=autofocus
            prop:value=value
            aria-describedby=[&refusal_id, " ", hint].concat()
            aria-invalid=move || refusal.read().is_some().to_string()
            node_ref=node
            on:input=move |_| on_write.run(())
        />
        <p id=refusal_id.clone() class="refusal" role="alert" data-testid=refusal_id>
            {move || refusal.get()}
        </p>
    }
}
