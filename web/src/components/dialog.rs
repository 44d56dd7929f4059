//! What is open over the page, for whoever opens it. What it looks like stands in [`dialogs`](super::dialogs).

use leptos::prelude::*;

/// What is open over the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// Rooms to join.
    Browse,
    /// A new room.
    Create,
    /// Who is in the room, its link, and the way out.
    People,
    /// What a person chooses for this browser.
    Settings,
    /// What keys do.
    Shortcuts,
    /// To go to a room by a few letters of its name.
    Switcher,
}

/// What is open over the page, and whether the drawer with the rooms is, on a phone.
#[derive(Clone, Copy, Default)]
pub struct Dialog {
    which: RwSignal<Option<Which>>,
    rooms: RwSignal<bool>,
    sought: StoredValue<String>,
}

impl Dialog {
    /// Opens this, instead of what was open.
    pub fn open(self, which: Which) {
        self.sought.set_value(String::new());
        self.rooms.set(false);
        self.which.set(Some(which));
    }

    /// Opens what there is to join, with this in its search field.
    pub fn open_browse_for(self, name: &str) {
        self.open(Which::Browse);
        self.sought.set_value(name.trim().to_owned());
    }

    /// What is looked for from the first.
    #[must_use]
    pub fn sought(self) -> String {
        self.sought.get_value()
    }

    /// Opens this, or closes it if it is what is open.
    pub fn toggle(self, which: Which) {
        match self.which.get_untracked() == Some(which) {
            true => self.close(),
            false => self.open(which),
        }
    }

    /// Whether something is, at this moment.
    #[must_use]
    pub fn is_open_untracked(self) -> bool {
        self.which.read_untracked().is_some()
    }

    /// Nothing is open any more.
    pub fn close(self) {
        self.which.set(None);
    }

    /// What is open.
    #[must_use]
    pub fn which(self) -> Option<Which> {
        self.which.get()
    }

    /// Opens or closes the drawer with the rooms.
    pub fn toggle_rooms(self) {
        self.rooms.update(|open| *open = !*open);
    }

    /// Closes the drawer with the rooms.
    pub fn close_rooms(self) {
        if *self.rooms.read_untracked() {
            self.rooms.set(false);
        }
    }

    /// Whether the drawer with the rooms is open.
    #[must_use]
    pub fn rooms_are_open(self) -> bool {
        self.rooms.get()
    }
}
