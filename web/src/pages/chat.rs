//! What whoever is here sees, at each address. A browser loads it while a name is being chosen.

use hubbub_shared::chat::User;
use leptos::prelude::*;

use crate::address::{self, Place};
use crate::components::lead_to::LeadTo;
use crate::connection::Connection;
use crate::later;
use crate::pages::link_again::LinkAgain;
use crate::pages::nowhere::Nowhere;
use crate::pages::rooms::Rooms;

later!(
    /// Loads the chat.
    pub open_chat,
    || view! { <Chat /> }.into_any()
);

/// The page of whoever is here, whose connection is opened with it.
#[component]
pub fn Chat() -> impl IntoView {
    let connection = Connection::open(expect_context::<User>());
    provide_context(connection);
    let place = expect_context::<Memo<Place>>();
    move || match place.get() {
        Place::Join => {
            let room = address::room_behind_join();
            connection.join_when_synced(&room);
            view! { <LeadTo path=format!("/r/{room}") /> }.into_any()
        }
        Place::Link => view! { <LinkAgain /> }.into_any(),
        Place::Chat => view! { <Rooms /> }.into_any(),
        Place::Nowhere => view! { <Nowhere /> }.into_any(),
    }
}
