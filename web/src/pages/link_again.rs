//! `/link`, where somebody is here already: they would be somebody else in this browser.

use leptos::prelude::*;

use crate::address;
use crate::components::brand::Brand;
use crate::components::code::Code;
use crate::components::lead_to::LeadTo;
use crate::connection::Connection;
use crate::session_api;

/// Says whose session would be gone from this browser, and leads back to it. Whoever has no code has nothing to do here.
#[component]
pub fn LinkAgain() -> impl IntoView {
    let connection = expect_context::<Connection>();
    let code = address::code();
    move || {
        if code.read().is_empty() {
            return view! { <LeadTo path="/".to_owned() /> }.into_any();
        }
        let name = connection.me().name;
        let unsent = move || connection.with_outbox(|outbox| !outbox.is_empty());
        view! {
            <main class="front">
                <Brand />
                <h1>"One more device"</h1>
                <div class="here-already" data-testid="here-already">
                    <p>
                        "You’re here as " <bdi>{name.clone()}</bdi>
                        ". If the code is somebody else’s, you’ll be them in this browser, and " <bdi>{name}</bdi>
                        " no longer."
                        {move || unsent().then_some(" What you wrote and isn’t sent yet will be lost.")}
                    </p>
                    <a class="button" href="/" data-testid="stay">
                        "Stay"
                    </a>
                </div>
                <Code
                    begin=|session| Box::pin(session_api::sign_in(session))
                    on_in=Callback::new(move |me| connection.make_way_for(&me))
                />
            </main>
        }
        .into_any()
    }
}
