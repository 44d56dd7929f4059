//! What opens over the page: one thing at a time. Each gives the focus back to where it was.

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

/// What is open over the page.
#[component]
pub fn Dialogs() -> impl IntoView {
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
