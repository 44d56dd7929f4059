//! What a page is looked at on.

use serde_json::{Value, json};

/// A screen, and how the system's colours are set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Look {
    /// In CSS pixels.
    pub width: u32,
    pub height: u32,
    /// With a touch screen, and the page as wide as that.
    pub is_phone: bool,
    pub is_dark: bool,
}

impl Look {
    pub const LAPTOP: Self = Self { width: 1280, height: 800, is_phone: false, is_dark: false };
    pub const PHONE: Self = Self { width: 390, height: 844, is_phone: true, is_dark: false };
    /// The narrowest that must do; as wide as a laptop's screen at 400 %.
    pub const NARROW: Self = Self { width: 320, height: 640, is_phone: true, is_dark: false };
    /// A laptop's screen with everything at twice its size.
    pub const ZOOMED: Self = Self { width: 640, height: 400, is_phone: false, is_dark: false };

    /// The two that everything must look good on, in light and dark.
    pub const ALL: [Self; 4] = [Self::LAPTOP, Self::LAPTOP.dark(), Self::PHONE, Self::PHONE.dark()];

    #[must_use]
    pub const fn dark(self) -> Self {
        Self { is_dark: true, ..self }
    }

    /// As a part of a file's name.
    #[must_use]
    pub fn name(self) -> String {
        format!("{}x{}-{}", self.width, self.height, if self.is_dark { "dark" } else { "light" })
    }

    /// The commands of the developer tools that bring it about.
    pub(super) fn commands(self) -> [(&'static str, Value); 3] {
        let scheme = if self.is_dark { "dark" } else { "light" };
        let metrics =
            json!({"width": self.width, "height": self.height, "deviceScaleFactor": 1, "mobile": self.is_phone});
        [
            ("Emulation.setDeviceMetricsOverride", metrics),
            ("Emulation.setTouchEmulationEnabled", json!({"enabled": self.is_phone})),
            ("Emulation.setEmulatedMedia", json!({"features": [{"name": "prefers-color-scheme", "value": scheme}]})),
        ]
    }
}
