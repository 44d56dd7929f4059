//! What a person chooses for this browser. What they didn't choose isn't kept: so a later version may choose better.

/// Light or dark.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Theme {
    /// As the system has it.
    #[default]
    System,
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
}

/// How much room a message takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Density {
    /// With room around it.
    #[default]
    Comfortable,
    /// As many on the page as can be read.
    Compact,
}

/// Everything that can be chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Choices {
    /// Light or dark.
    pub theme: Theme,
    /// How much room a message takes.
    pub density: Density,
    /// Whether a mention is notified of while the page is hidden.
    pub notifications: bool,
    /// Whether a mention is heard.
    pub sound: bool,
}

impl Theme {
    /// The word that it is kept as, and that style sheets know; `None` is the rule.
    #[must_use]
    pub fn word(self) -> Option<&'static str> {
        match self {
            Self::System => None,
            Self::Light => Some("light"),
            Self::Dark => Some("dark"),
        }
    }
}

impl Density {
    /// The word that it is kept as, and that style sheets know; `None` is the rule.
    #[must_use]
    pub fn word(self) -> Option<&'static str> {
        match self {
            Self::Comfortable => None,
            Self::Compact => Some("compact"),
        }
    }
}

impl Choices {
    /// What was chosen, of what is kept under a name. A word that nobody knows is as good as none.
    pub fn read(kept: impl Fn(&str) -> Option<String>) -> Self {
        let word = |name| kept(name).unwrap_or_default();
        Self {
            theme: match &*word("theme") {
                "light" => Theme::Light,
                "dark" => Theme::Dark,
                _ => Theme::System,
            },
            density: match &*word("density") {
                "compact" => Density::Compact,
                _ => Density::Comfortable,
            },
            notifications: word("notifications") == "on",
            sound: word("sound") == "on",
        }
    }

    /// What is to be kept, and under which name.
    #[must_use]
    pub fn words(self) -> [(&'static str, Option<&'static str>); 4] {
        let on = |is_on: bool| is_on.then_some("on");
        [
            ("theme", self.theme.word()),
            ("density", self.density.word()),
            ("notifications", on(self.notifications)),
            ("sound", on(self.sound)),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_is_read_again() {
        for theme in [Theme::System, Theme::Light, Theme::Dark] {
            for density in [Density::Comfortable, Density::Compact] {
                for (notifications, sound) in [(false, false), (false, true), (true, false)] {
                    let choices = Choices { theme, density, notifications, sound };
                    let words = choices.words();
                    let kept = |name: &str| words.iter().find(|(of, _)| *of == name)?.1.map(str::to_owned);
                    assert_eq!(Choices::read(kept), choices);
                }
            }
        }
    }

    #[test]
    fn nothing_is_on_that_nobody_turned_on() {
        assert_eq!(Choices::read(|_| None), Choices::default());
        assert_eq!(Choices::read(|_| Some("pink".into())), Choices::default());
        assert!(Choices::default().words().iter().all(|(_, word)| word.is_none()));
    }
}
