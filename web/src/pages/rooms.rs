//! `/` and `/r/:room`: the rooms at the page's side, and one of them open.

use hubbub_shared::chat::LOBBY;
use leptos::prelude::*;

use crate::attention;
use crate::components::announcer::{Announce, Announcer};
use crate::components::banner::Banner;
use crate::components::dialog::Dialog;
use crate::components::dialogs::Dialogs;
use crate::components::going::use_here;
use crate::components::lead_to::LeadTo;
use crate::components::shortcuts;
use crate::components::sidebar::Sidebar;
use crate::components::wire::{Wire, WirePanel};
use crate::connection::{Connection, memory};
use crate::model::link::Link;
use crate::pages::room::Room;
use crate::service_worker::Versions;
use crate::settings::Settings;

/// The rooms, and the one that the address names; where it names none, it is the one that was open last.
#[component]
pub fn Rooms() -> impl IntoView {
    let connection = expect_context::<Connection>();
    provide_context(Dialog::default());
    provide_context(WirePanel::default());
    provide_context(Announce::default());
    shortcuts::listen();
    attention::draw(connection, expect_context::<Settings>());
    // A server that is back may be a new one.
    let versions = expect_context::<Versions>();
    Effect::new(move || {
        if *connection.link().read() == Link::Connected {
            versions.look();
        }
    });
    let room = use_here();
    let is_home = Memo::new(move |_| room.read().is_empty());
    view! {
        <div class="chat" data-testid="chat">
            <Sidebar />
            <main class="main">
                <Banner />
                {move || {
                    if is_home.get() {
                        let last = memory::last_room().unwrap_or_else(|| LOBBY.to_owned());
                        view! { <LeadTo path=format!("/r/{last}") /> }.into_any()
                    } else {
                        view! { <Room room /> }.into_any()
                    }
                }}
            </main>
            <Wire />
        </div>
        <Announcer />
        <Dialogs />
    }
}
