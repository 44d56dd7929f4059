//! The service worker's other end: registers it, hears of a new version, and changes over to it.
//!
//! What it does itself stands in `web/shell/service_worker.js`.

use js_sys::{Function, Reflect};
use leptos::{prelude::*, task::spawn_local};
use wasm_bindgen::{JsCast, prelude::Closure};
use wasm_bindgen_futures::JsFuture;
use web_sys::{ServiceWorkerContainer, ServiceWorkerRegistration};

use crate::listen;

const SCRIPT: &str = "/service_worker.js";
/// What makes a worker that waits go on; it listens for this very text.
const TAKE_OVER: &str = "take over";

/// The versions of the page that the browser keeps. A cheap handle; copies are the same.
#[derive(Clone, Copy)]
pub struct Versions {
    newer: RwSignal<bool>,
    /// `None` until the browser has registered it, and where there is none.
    registration: StoredValue<Option<ServiceWorkerRegistration>, LocalStorage>,
}

impl Versions {
    /// Registers the service worker. Without effect where there are none (a browser has them for `https` and localhost),
    /// and while developing, when it would keep what has just been changed.
    pub fn keep() -> Self {
        let versions = Self { newer: RwSignal::new(false), registration: StoredValue::new_local(None) };
        if let (false, Some(container)) = (cfg!(debug_assertions), container()) {
            spawn_local(versions.register(container));
        }
        versions
    }

    /// Whether a newer version than the one that runs is ready.
    pub fn newer(self) -> ReadSignal<bool> {
        self.newer.read_only()
    }

    /// Asks the server for a newer version. A browser does so by itself only when a page is opened.
    pub fn look(self) {
        self.registration.with_value(|registration| {
            if let Some(Ok(asked)) = registration.as_ref().map(ServiceWorkerRegistration::update) {
                // It is fetched, or it is not, as without a network; either way we hear of it as of any other.
                spawn_local(async move { drop(JsFuture::from(asked).await) });
            }
        });
    }

    /// Loads the page anew, in the newer version.
    pub fn change_over(self) {
        let waiting = self.registration.with_value(|registration| registration.as_ref()?.waiting());
        let told = waiting.zip(container()).is_some_and(|(worker, container)| {
            container.set_oncontrollerchange(Some(&callback(reload)));
            worker.post_message(&TAKE_OVER.into()).is_ok()
        });
        // Another tab has changed over already.
        if !told {
            reload();
        }
    }

    async fn register(self, container: ServiceWorkerContainer) {
        // A person may have turned them off: then the page is as it is, without one.
        let Ok(registration) = JsFuture::from(container.register(SCRIPT)).await else { return };
        let registration: ServiceWorkerRegistration = registration.unchecked_into();
        let watched = registration.clone();
        let check = move || {
            // The first one waits for nothing: no page has a version yet.
            if watched.waiting().is_some() && container.controller().is_some() {
                self.newer.set(true);
            }
        };
        check();
        let check = callback(check);
        let found = registration.clone();
        registration.set_onupdatefound(Some(&callback(move || {
            if let Some(worker) = found.installing() {
                worker.set_onstatechange(Some(&check));
            }
        })));
        self.registration.set_value(Some(registration));
    }
}

/// The one that serves the page, if there is one.
pub async fn active() -> Option<ServiceWorkerRegistration> {
    let registration = JsFuture::from(container()?.get_registration()).await.ok()?;
    registration.dyn_into::<ServiceWorkerRegistration>().ok().filter(|registration| registration.active().is_some())
}

/// Calls `hear` with the path that a click at a notification leads to, until the component that listens is gone.
pub fn hear_of_clicks(hear: impl Fn(&str) + 'static) {
    if let Some(container) = container() {
        listen::to(&container, leptos::ev::message, move |event| {
            if let Some(path) = event.data().as_string() {
                hear(&path);
            }
        });
    }
}

fn container() -> Option<ServiceWorkerContainer> {
    let navigator = window().navigator();
    // Where there are none, this isn't there either.
    let has = Reflect::has(&navigator, &"serviceWorker".into()).unwrap_or(false);
    has.then(|| navigator.service_worker())
}

fn reload() {
    // Fails only in documents that can't be loaded at all.
    let _ = window().location().reload();
}

/// A function for the browser, which frees it when it needs it no longer.
fn callback(act: impl Fn() + 'static) -> Function {
    Closure::<dyn Fn()>::new(act).into_js_value().unchecked_into()
}
