//! What opens over the page: one thing at a time. Each gives the focus back to where it was. A browser loads them a while
//! after the rooms, or when the first is opened.

pub mod browse;
pub mod create;
pub mod modal;
pub mod people;
pub mod settings;
pub mod shortcuts;
pub mod switcher;

use std::time::Duration;

use leptos::prelude::*;
use leptos::task::spawn_local;

use self::browse::Browse;
use self::create::Create;
use self::people::People;
use self::settings::SettingsDialog;
use self::shortcuts::Shortcuts;
use self::switcher::Switcher;
use super::dialog::{Dialog, Which};
use super::show::Show;
use crate::later;

/// So long after the rooms they are loaded: a shortcut that is followed by words opens its dialog before the first word.
const UNHURRIED: Duration = Duration::from_secs(4);

later!(open_dialog, || view! { <Open /> }.into_any());

/// What is open over the page, if anything is.
#[component]
pub fn Dialogs() -> impl IntoView {
    let dialog = expect_context::<Dialog>();
    // If they don't come, whoever opens one is told.
    set_timeout(|| spawn_local(async { drop(open_dialog().await) }), UNHURRIED);
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
