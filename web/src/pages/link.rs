//! `/link`: one more device of somebody who is here already.
//!
//! A code does nothing by itself: whoever follows a link isn't made somebody else without a click.

use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;

use crate::account::Account;
use crate::come_in::come_in;
use crate::components::brand::Brand;
use crate::components::code::Code;

/// Asks for the code, or takes the one in the address.
#[component]
pub fn Link() -> impl IntoView {
    let account = expect_context::<Account>();
    let navigate = use_navigate();
    let on_in = Callback::new(move |me| {
        account.let_in(me);
        navigate("/", NavigateOptions { replace: true, ..NavigateOptions::default() });
    });
    view! {
        <main class="front">
            <Brand />
            <h1>"One more device"</h1>
            <Code begin=come_in on_in />
            <p class="hint">
                "Nobody here yet? "
                <a href="/join">"Choose a name"</a>
            </p>
        </main>
    }
}
