//! Parts of the page that a browser loads after the rest: nobody waits for what they don't use yet.
//!
//! A [`later!`](crate::later!) is where `cargo xtask build` cuts (`xtask/src/split/mod.rs`): what only it leads to goes into
//! files of its own. Without the feature `split`, as while developing, nothing is cut, and all is here from the start.

use leptos::prelude::*;
use leptos::task::spawn_local;
pub use wasm_split_helpers::SplitLoaderError;

use crate::model::Failed;

/// What shows a part, once it is here.
pub type Part = fn() -> AnyView;

/// Names a part, by the function that shows it. What it names is an async function that loads the part.
#[macro_export]
macro_rules! later {
    ($(#[$doc:meta])* $vis:vis $name:ident, $part:expr) => {
        #[cfg(feature = "split")]
        #[wasm_split_helpers::wasm_split($name, fallible)]
        $(#[$doc])*
        $vis fn $name() -> Result<$crate::later::Part, $crate::later::SplitLoaderError> {
            Ok($part)
        }

        #[cfg(not(feature = "split"))]
        $(#[$doc])*
        $vis async fn $name() -> Result<$crate::later::Part, $crate::later::SplitLoaderError> {
            Ok($part)
        }
    };
}

/// Where a part is.
#[derive(Clone, Copy)]
enum State {
    OnItsWay,
    Here(Part),
    Missing,
}

/// Shows a part as soon as it is here. If it can't be had this says so, with a button on which the `way_out` is written: it
/// has to take this away, and the next one tries anew.
pub fn show(
    load: impl Future<Output = Result<Part, SplitLoaderError>> + 'static,
    way_out: &'static str,
    go: impl Fn() + Clone + Send + 'static,
) -> impl IntoView {
    let state = RwSignal::new(State::OnItsWay);
    spawn_local(async move {
        let loaded = load.await;
        // It may not be wanted any more.
        state.try_set(loaded.map_or(State::Missing, State::Here));
    });
    move || match state.get() {
        State::OnItsWay => ().into_any(),
        State::Here(part) => part(),
        State::Missing => {
            let go = go.clone();
            view! {
                <div class="missing strip" role="alert" data-testid="missing">
                    <p>{Failed::NotLoaded.to_string()}</p>
                    <button type="button" data-testid="missing-way-out" on:click=move |_| go()>
                        {way_out}
                    </button>
                </div>
            }
            .into_any()
        }
    }
}
