//! The page as a whole: which address shows what.

use leptos::prelude::*;
use leptos_router::components::{ParentRoute, Route, Router, Routes};
use leptos_router::path;

use crate::account::Account;
use crate::components::update_notice::UpdateNotice;
use crate::pages::chat::{Chat, Home};
use crate::pages::join::Join;
use crate::pages::link::Link;
use crate::pages::nowhere::Nowhere;
use crate::pages::room::Room;
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
            <Routes fallback=Nowhere>
                <Route path=path!("/join") view=Join />
                <Route path=path!("/link") view=Link />
                <ParentRoute path=path!("") view=Chat>
                    <Route path=path!("") view=Home />
                    <Route path=path!("/r/:room") view=Room />
                </ParentRoute>
            </Routes>
        </Router>
    }
}
