//! What one chooses with.

use leptos::html::Input;
use leptos::prelude::*;

/// One of several, of which one is chosen: they have the same `name`.
#[component]
pub fn Radio(
    /// What they have in common.
    name: &'static str,
    /// What it is called.
    label: &'static str,
    /// What tests call it.
    testid: &'static str,
    /// Whether it is the one.
    chosen: Signal<bool>,
    /// It was chosen.
    on_choose: Callback<()>,
) -> impl IntoView {
    view! {
        <label class="radio">
            <input
                type="radio"
                name=name
                data-testid=testid
                prop:checked=chosen
                on:change=move |_| on_choose.run(())
            />
            <span>{label}</span>
        </label>
    }
}

/// On or off. It shows what is, and not what was clicked at: what is wanted may not be possible.
#[component]
pub fn Switch(
    /// What it is called.
    label: &'static str,
    /// What it means, in a sentence.
    hint: &'static str,
    /// What tests call it.
    testid: &'static str,
    /// Whether it is on.
    on: Signal<bool>,
    /// It is wanted on or off.
    on_want: Callback<bool>,
) -> impl IntoView {
    let node = NodeRef::<Input>::new();
    let hint_id = [testid, "-hint"].concat();
    let on_change = move |_| {
        if let Some(input) = node.get_untracked() {
            let wanted = input.checked();
            input.set_checked(on.get_untracked());
            on_want.run(wanted);
        }
    };
    view! {
        <label class="switch">
            <span>{label}</span>
            <input
                type="checkbox"
                role="switch"
                data-testid=testid
                aria-describedby=hint_id.clone()
                node_ref=node
                prop:checked=on
                on:change=on_change
            />
        </label>
        <p class="hint" id=hint_id>
            {hint}
        </p>
    }
}
