//! What a person chooses for this browser, and what they do about their session: a file for each group.

pub mod controls;
pub mod link_device;
pub mod look;
pub mod mentions;
pub mod sign_out;

use leptos::prelude::*;

use self::link_device::LinkDevice;
use self::look::Look;
use self::mentions::Mentions;
use self::sign_out::SignOut;
use super::modal::Modal;

/// The settings. What is chosen counts at once: there is nothing to save.
#[component]
pub fn SettingsDialog() -> impl IntoView {
    view! {
        <Modal title="Settings">
            <div class="settings" data-testid="settings-dialog">
                <Look />
                <Mentions />
                <SignOut />
                // At the end: it grows, and nothing comes under the pointer in its place.
                <LinkDevice />
            </div>
        </Modal>
    }
}
