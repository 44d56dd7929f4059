//! The page as a whole: who sees what at which address.

use std::time::Duration;

use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::components::Router;
use leptos_router::hooks::use_location;
use leptos_router::location::{BrowserUrl, LocationProvider};

use crate::account::{Account, Who};
use crate::address::{self, Place};
use crate::components::lead_to::LeadTo;
use crate::components::update_notice::UpdateNotice;
use crate::later;
use crate::pages::chat::open_chat;
use crate::pages::join::Join;
use crate::pages::link::Link;
use crate::pages::nowhere::Nowhere;
use crate::service_worker::Versions;
use crate::settings::Settings;

/// The page.
#[component]
pub fn App() -> impl IntoView {
    provide_context(Account::find());
    provide_context(Settings::follow());
    let versions = Versions::keep();
    provide_context(versions);
    view! {
        <UpdateNotice versions />
        <Router>
            <Page />
        </Router>
    }
}

/// What there is to see. The router's own table of routes would be a thirteenth of the page.
#[component]
fn Page() -> impl IntoView {
    let path = use_location().pathname;
    let browser = expect_context::<BrowserUrl>();
    // A link that was followed goes into the history once what it leads to is shown.
    Effect::new(move || {
        path.track();
        browser.ready_to_complete();
    });
    provide_context(Memo::new(move |_| Place::at(&path.read())));
    let account = expect_context::<Account>();
    move || match account.who() {
        Who::Unknown => ().into_any(),
        Who::Nobody => {
            end_start();
            view! { <Front /> }.into_any()
        }
        Who::Here(me) => {
            provide_context(me);
            let chat = async {
                let chat = open_chat().await;
                end_start();
                chat
            };
            later::show(chat, "Reload", || drop(window().location().reload())).into_any()
        }
    }
}

/// What somebody sees who isn't here yet. Meanwhile the chat comes.
#[component]
fn Front() -> impl IntoView {
    // It begins when this is painted, so as not to take from what comes first. If it doesn't come, it is asked for again with
    // the name, and missed then.
    request_animation_frame(|| set_timeout(|| spawn_local(async { drop(open_chat().await) }), Duration::ZERO));
    let place = expect_context::<Memo<Place>>();
    let path = use_location().pathname;
    move || match place.get() {
        Place::Join => view! { <Join /> }.into_any(),
        Place::Link => view! { <Link /> }.into_any(),
        Place::Chat => view! { <LeadTo path=address::of_join(&path.read_untracked()) /> }.into_any(),
        Place::Nowhere => view! { <Nowhere /> }.into_any(),
    }
}

/// There is something to see from now on: what index.html shows until then goes.
fn end_start() {
    if let Some(start) = document().get_element_by_id("start") {
        start.remove();
    }
}
