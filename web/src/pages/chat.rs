//! The chat: the rooms at its side, and one of them open.

use hubbub_shared::chat::LOBBY;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::components::Redirect;
use leptos_router::hooks::{use_location, use_navigate};

use crate::account::{Account, Who};
use crate::attention;
use crate::components::announcer::{Announce, Announcer};
use crate::components::banner::Banner;
use crate::components::dialog::Dialog;
use crate::components::dialogs::Dialogs;
use crate::components::going::use_here;
use crate::components::shortcuts;
use crate::components::sidebar::Sidebar;
use crate::components::wire::{Wire, WirePanel};
use crate::connection::memory;
use crate::model::link::Link;
use crate::pages::room::Room;
use crate::service_worker::Versions;
use crate::settings::Settings;

/// The rooms, and the one that is open. Whoever has not signed in goes to `/join` first.
#[component]
pub fn Chat() -> impl IntoView {
    let account = expect_context::<Account>();
    let settings = expect_context::<Settings>();
    let path = use_location().pathname;
    let room = use_here();
    let is_home = Memo::new(move |_| room.read().is_empty());
    move || match account.who() {
        Who::Unknown => ().into_any(),
        Who::Nobody => {
            let path = path.get_untracked();
            let to = path.strip_prefix("/r/").map_or("/join".to_owned(), |room| format!("/join?room={room}"));
            view! { <Redirect path=to options=NavigateOptions { replace: true, ..NavigateOptions::default() } /> }
                .into_any()
        }
        Who::Here(connection) => {
            provide_context(connection);
            let dialog = Dialog::default();
            provide_context(dialog);
            provide_context(WirePanel::default());
            provide_context(Announce::default());
            shortcuts::listen();
            attention::draw(connection, settings);
            // A server that is back may be a new one.
            let versions = expect_context::<Versions>();
            Effect::new(move || {
                if *connection.link().read() == Link::Connected {
                    versions.look();
                }
            });
            view! {
                <div class="chat" data-testid="chat">
                    <Sidebar />
                    <main class="main">
                        <Banner />
                        {move || if is_home.get() { view! { <Home /> }.into_any() } else { view! { <Room room /> }.into_any() }}
                    </main>
                    <Wire />
                </div>
                <Announcer />
                <Dialogs />
            }
            .into_any()
        }
    }
}

/// `/`: the room that was open last.
#[component]
pub fn Home() -> impl IntoView {
    let to = format!("/r/{}", memory::last_room().unwrap_or_else(|| LOBBY.to_owned()));
    let navigate = use_navigate();
    Effect::new(move || navigate(&to, NavigateOptions { replace: true, ..NavigateOptions::default() }));
}
