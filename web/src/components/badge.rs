//! How much of a room is unread, as a number beside its name.

use leptos::prelude::*;

/// The most that is counted for the eye.
const MOST: u64 = 99;

/// Nothing, where nothing is unread.
#[component]
pub fn Badge(
    /// How many messages are unread.
    unread: u64,
    /// How many of them mention me.
    mentions: usize,
) -> impl IntoView {
    (unread > 0).then(|| {
        let words = match mentions {
            0 => format!("{unread} unread"),
            1 => format!("{unread} unread, one mentions you"),
            _ => format!("{unread} unread, {mentions} mention you"),
        };
        view! {
            <span class="badge" class:mention={mentions > 0} data-testid="unread">
                <span aria-hidden="true">{if unread > MOST { format!("{MOST}+") } else { unread.to_string() }}</span>
                <span class="visually-hidden">{words}</span>
            </span>
        }
    })
}
