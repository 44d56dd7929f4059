//! What a person chose for this browser: kept in it, for all its tabs, and seen on the page.
//!
//! `web/shell/look.js` does the same for what is seen before the page has started.

use leptos::prelude::*;

use crate::listen;
use crate::model::settings::{Choices, Theme};
use crate::storage;

/// What is chosen. One for the whole page; a cheap handle.
#[derive(Clone, Copy)]
pub struct Settings(RwSignal<Choices>);

impl Settings {
    /// What was chosen before, here or in another tab; the page follows from now on.
    pub fn follow() -> Self {
        let settings = Self(RwSignal::new(read()));
        Effect::new(move || apply(settings.get()));
        listen::to(&window(), leptos::ev::storage, move |event| {
            // No key: everything was removed.
            if event.key().is_none_or(|key| key.starts_with(storage::SETTINGS)) {
                settings.0.set(read());
            }
        });
        settings
    }

    /// What is chosen.
    #[must_use]
    pub fn get(self) -> Choices {
        self.0.get()
    }

    /// The same, for whoever isn't to be told of another choice.
    #[must_use]
    pub fn get_untracked(self) -> Choices {
        self.0.get_untracked()
    }

    /// Chooses something else.
    pub fn change(self, what: impl FnOnce(&mut Choices)) {
        self.0.update(what);
        for (name, word) in self.0.get_untracked().words() {
            match word {
                Some(word) => storage::set(&key(name), word),
                None => storage::remove(&key(name)),
            }
        }
    }
}

fn read() -> Choices {
    Choices::read(|name| storage::get(&key(name)))
}

fn key(name: &str) -> String {
    [storage::SETTINGS, name].concat()
}

/// Shows it: the style sheets know these attributes.
fn apply(choices: Choices) {
    let Some(root) = document().document_element() else { return };
    for (attribute, word) in [("data-theme", choices.theme.word()), ("data-density", choices.density.word())] {
        let _ = match word {
            Some(word) => root.set_attribute(attribute, word),
            None => root.remove_attribute(attribute),
        };
    }
    // And what a phone paints around the page.
    for theme in [Theme::Light, Theme::Dark] {
        let word = theme.word().unwrap_or_default();
        let media = match choices.theme {
            Theme::System => format!("(prefers-color-scheme: {word})"),
            chosen if chosen == theme => "all".to_owned(),
            _ => "not all".to_owned(),
        };
        if let Some(colour) = document().get_element_by_id(&["theme-color-", word].concat()) {
            let _ = colour.set_attribute("media", &media);
        }
    }
}
