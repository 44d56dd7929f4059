//! What keys do.

use leptos::prelude::*;

use super::modal::Modal;
use crate::components::shortcuts::{ALL, label};

/// The list of all shortcuts.
#[component]
pub fn Shortcuts() -> impl IntoView {
    let lines = ALL.map(|(what, keys)| {
        let keys: Vec<_> = keys.iter().map(|&key| view! { <kbd>{label(key)}</kbd> " " }).collect();
        view! {
            <dt>{what}</dt>
            <dd>{keys}</dd>
        }
    });
    view! {
        <Modal title="Shortcuts">
            <dl class="shortcuts" data-testid="shortcuts">
                {lines.into_iter().collect_view()}
            </dl>
        </Modal>
    }
}
