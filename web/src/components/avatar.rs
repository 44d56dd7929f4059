//! A person as a letter in a colour: always the same for the same person.

use hubbub_shared::chat::User;
use leptos::prelude::*;

/// How many colours `avatar.css` has.
const COLOURS: u32 = 10;

/// The first letter of a name, in the person's colour. The name stands beside it, so nobody is read it twice.
#[component]
pub fn Avatar(
    /// Whose.
    user: User,
) -> impl IntoView {
    let letter = user.name.chars().next();
    view! {
        <span class=format!("avatar colour-{}", colour(&user.id)) aria-hidden="true">
            {letter}
        </span>
    }
}

/// The person's colour.
fn colour(id: &str) -> u32 {
    id.bytes().fold(0_u32, |hash, byte| hash.wrapping_mul(31).wrapping_add(byte.into())) % COLOURS
}
