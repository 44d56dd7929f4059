//! How the page looks.

use leptos::prelude::*;

use super::controls::Radio;
use crate::model::settings::{Density, Theme};
use crate::settings::Settings;

/// Theme and density.
#[component]
pub fn Look() -> impl IntoView {
    let settings = expect_context::<Settings>();
    let theme = move |label, testid, theme| {
        let chosen = Signal::derive(move || settings.get().theme == theme);
        let on_choose = Callback::new(move |()| settings.change(|choices| choices.theme = theme));
        view! { <Radio name="theme" label testid chosen on_choose /> }
    };
    let density = move |label, testid, density| {
        let chosen = Signal::derive(move || settings.get().density == density);
        let on_choose = Callback::new(move |()| settings.change(|choices| choices.density = density));
        view! { <Radio name="density" label testid chosen on_choose /> }
    };
    view! {
        <section aria-labelledby="settings-look">
            <h3 id="settings-look">"Look"</h3>
            <fieldset>
                <legend>"Theme"</legend>
                <div class="radios">
                    {theme("System", "theme-system", Theme::System)}
                    {theme("Light", "theme-light", Theme::Light)} {theme("Dark", "theme-dark", Theme::Dark)}
                </div>
            </fieldset>
            <fieldset>
                <legend>"Messages"</legend>
                <div class="radios">
                    {density("Comfortable", "density-comfortable", Density::Comfortable)}
                    {density("Compact", "density-compact", Density::Compact)}
                </div>
            </fieldset>
        </section>
    }
}
