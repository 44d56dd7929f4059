//! The page as a whole: which address shows what.

use leptos::prelude::*;
use leptos_router::components::Router;
use leptos_router::hooks::{use_location, use_navigate};
use leptos_router::location::{BrowserUrl, LocationProvider};

use crate::account::Account;
use crate::components::update_notice::UpdateNotice;
use crate::later;
use crate::pages::chat::Chat;
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

/// What stands at an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// `/join`
    Join,
    /// `/link`
    Link,
    /// `/`, and `/r/` with the id of a room
    Chat,
    /// No other.
    Nowhere,
}

impl Place {
    fn at(path: &str) -> Self {
        match path.trim_end_matches('/') {
            "/join" => Self::Join,
            "/link" => Self::Link,
            "" => Self::Chat,
            path if path.strip_prefix("/r/").is_some_and(|room| !room.contains('/')) => Self::Chat,
            _ => Self::Nowhere,
        }
    }
}

// Few come with a code for one more device.
later!(open_link, || view! { <Link /> }.into_any());

/// What stands at this address. The router's own table of routes would be a thirteenth of the page.
#[component]
fn Page() -> impl IntoView {
    let path = use_location().pathname;
    let browser = expect_context::<BrowserUrl>();
    // A link that was followed goes into the history once what it leads to is shown.
    Effect::new(move || {
        path.track();
        browser.ready_to_complete();
    });
    let navigate = use_navigate();
    let leave = move || navigate("/", Default::default());
    let place = Memo::new(move |_| Place::at(&path.read()));
    move || match place.get() {
        Place::Join => view! { <Join /> }.into_any(),
        Place::Link => later::show(open_link(), leave.clone()).into_any(),
        Place::Chat => view! { <Chat /> }.into_any(),
        Place::Nowhere => view! { <Nowhere /> }.into_any(),
    }
}
