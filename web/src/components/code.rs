//! The line for the code that lets one more device in.

use hubbub_shared::api::NewSession;
use hubbub_shared::chat::User;
use leptos::prelude::*;

use crate::address;
use crate::components::sign_in::SignIn;
use crate::session_api::Beginning;

/// The line. What stands in the address is in it already.
#[component]
pub fn Code(
    /// Begins the session.
    begin: fn(NewSession) -> Beginning,
    /// They have come in.
    on_in: Callback<User>,
) -> impl IntoView {
    view! {
        <SignIn
            id="code"
            label="The code from your other device"
            hint="You find it there under Settings, Link a device."
            submit="use-code"
            autocomplete="off"
            autocapitalize="characters"
            value=address::code()
            read=|written| Ok(NewSession::Code(written))
            begin
            on_in
        />
    }
}
