//! What happens when somebody mentions me.

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::controls::Switch;
use crate::attention::notification::{self, Permission};
use crate::attention::sound;
use crate::settings::Settings;

/// Notifications and sound. Turning one on shows what it is like.
#[component]
pub fn Mentions() -> impl IntoView {
    let settings = expect_context::<Settings>();
    let permission = RwSignal::new(notification::permission());
    // Whether they were just wanted in vain: before that nobody needs to know why they can't be.
    let in_vain = RwSignal::new(false);
    let chosen = move || settings.get().notifications;
    let notifies = Signal::derive(move || chosen() && permission.get() == Permission::Granted);
    let why_not = move || (in_vain.get() || chosen() && !notifies.get()).then(|| why_not(permission.get()));

    let want_notifications = Callback::new(move |wanted: bool| {
        in_vain.set(false);
        if !wanted {
            settings.change(|choices| choices.notifications = false);
            return;
        }
        spawn_local(async move {
            let mut answer = notification::ask().await;
            if answer == Permission::Granted
                && !notification::show("Hubbub", "A mention of you will look like this.", "sample", "/").await
            {
                answer = Permission::Unsupported;
            }
            settings.change(|choices| choices.notifications = answer == Permission::Granted);
            permission.set(answer);
            in_vain.set(answer != Permission::Granted);
        });
    });
    let sounds = Signal::derive(move || settings.get().sound);
    let want_sound = Callback::new(move |wanted: bool| {
        settings.change(|choices| choices.sound = wanted);
        if wanted {
            sound::play();
        }
    });

    view! {
        <section aria-labelledby="settings-mentions">
            <h3 id="settings-mentions">"When somebody mentions you"</h3>
            <Switch
                label="Notifications"
                hint="While you look at something else. Your browser asks whether it may."
                testid="notifications"
                on=notifies
                on_want=want_notifications
            />
            <p class="refusal" role="alert" data-testid="notifications-refusal">
                {move || why_not()}
            </p>
            <Switch label="Sound" hint="Two soft notes." testid="sound" on=sounds on_want=want_sound />
        </section>
    }
}

/// Why there are no notifications, and what to do.
fn why_not(permission: Permission) -> &'static str {
    match permission {
        Permission::Denied => {
            "Your browser blocks notifications from Hubbub. Allow them in what it knows of this site, mostly behind the \
             sign beside the address, and turn them on again."
        }
        Permission::Insecure => "Browsers show notifications only for pages that come over https.",
        Permission::Unsupported => {
            "This browser can’t show notifications for a page. On an iPhone or iPad, add Hubbub to the home screen first."
        }
        Permission::NotAsked | Permission::Granted => {
            "Your browser wasn’t told whether it may. Turn them on again, and allow them when it asks."
        }
    }
}
