//! What the page's addresses say.

use hubbub_shared::chat::LOBBY;
use leptos::prelude::*;
use leptos_router::hooks::{use_location, use_query_map};

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
    /// What stands at this path.
    #[must_use]
    pub fn at(path: &str) -> Self {
        match path.trim_end_matches('/') {
            "/join" => Self::Join,
            "/link" => Self::Link,
            "" => Self::Chat,
            path if path.strip_prefix("/r/").is_some_and(|room| !room.contains('/')) => Self::Chat,
            _ => Self::Nowhere,
        }
    }
}

/// Where nobody is asked for more than a name on the way to what is at `path`.
#[must_use]
pub fn of_join(path: &str) -> String {
    path.strip_prefix("/r/").map_or("/join".to_owned(), |room| ["/join?room=", room].concat())
}

/// The room that somebody is on the way to who is asked for a name, or was.
#[must_use]
pub fn room_behind_join() -> String {
    use_query_map().read_untracked().get("room").unwrap_or_else(|| LOBBY.to_owned())
}

/// The code that lets one more device in. It stands behind the `#`, which no server is told.
#[must_use]
pub fn code() -> Memo<String> {
    let hash = use_location().hash;
    Memo::new(move |_| hash.read().trim_start_matches('#').to_owned())
}
