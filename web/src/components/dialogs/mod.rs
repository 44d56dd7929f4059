//! What opens over the page: one thing at a time. Each gives the focus back to where it was. A browser loads them when the
//! first is opened.

pub mod browse;
pub mod create;
pub mod modal;
pub mod people;
pub mod settings;
pub mod shortcuts;
pub mod switcher;

use leptos::prelude::*;

use self::browse::Browse;
use self::create::Create;
use self::people::People;
use self::settings::SettingsDialog;
use self::shortcuts::Shortcuts;
use self::switcher::Switcher;
use super::dialog::{Dialog, Which};
use super::show::Show;
use crate::later;

later!(open_dialog, || view! { <Open /> }.into_any());

/// What is open over the page, if anything is.
#[component]
pub fn Dialogs() -> impl IntoView {
    let dialog = expect_context::<Dialog>();
    view! {
        <Show when=move || dialog.which().is_some()>{later::show(open_dialog(), "Close", move || dialog.close())}</Show>
    }
}

/// The one that is open.
#[component]
fn Open() -> impl IntoView {
    let dialog = expect_context::<Dialog>();
    move || match dialog.which() {
        None => ().into_any(),
        Some(Which::Browse) => view! { <Browse /> }.into_any(),
        Some(Which::Create) => view! { <Create /> }.into_any(),
        Some(Which::People) => view! { <People /> }.into_any(),
        Some(Which::Shortcuts) => view! { <Shortcuts /> }.into_any(),
        Some(Which::Switcher) => view! { <Switcher /> }.into_any(),
        Some(Which::Settings) => view! { <SettingsDialog /> }.into_any(),
    }
}
