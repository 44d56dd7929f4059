//! The page as a whole.

use leptos::{html::Textarea, prelude::*};

use crate::{
    components::{composer::Composer, connection_state::ConnectionState, echoes::Echoes, messages::Messages},
    connection::Connection,
};

/// The page: who is connected, what was said, where to say more, and what the server echoed.
#[component]
pub fn App() -> impl IntoView {
    let connection = Connection::open();
    let composer = NodeRef::<Textarea>::new();
    view! {
        <header class="masthead">
            <h1>"Hubbub"</h1>
            <ConnectionState connection composer />
        </header>
        <main>
            <section class="conversation" aria-label="Conversation">
                <Messages connection composer />
                <Composer connection field=composer />
            </section>
            <Echoes connection />
        </main>
    }
}
