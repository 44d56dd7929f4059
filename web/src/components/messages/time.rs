//! Times in the person's language and zone. The browser knows how.

use std::time::Duration;

use js_sys::{Array, Date, Function, Intl::DateTimeFormat, Object, Reflect};
use leptos::prelude::*;
use wasm_bindgen::JsValue;

use crate::listen;

/// How long after midnight, at the most, yesterday is still called today.
const MINUTE: Duration = Duration::from_secs(60);

/// Tells when it is another day. One for all messages.
#[derive(Clone, Copy)]
pub struct Today(RwSignal<u32>);

impl Today {
    /// Follows the clock.
    #[must_use]
    pub fn follow() -> Self {
        let of_month = || Date::new_0().get_date();
        let today = RwSignal::new(of_month());
        let look = move || {
            let now = of_month();
            if today.get_untracked() != now {
                today.set(now);
            }
        };
        if let Ok(clock) = set_interval_with_handle(look, MINUTE) {
            on_cleanup(move || clock.clear());
        }
        // A page that wasn't seen may not have been woken.
        listen::to(&document(), leptos::ev::visibilitychange, move |_| look());
        Self(today)
    }

    pub(super) fn track(self) {
        self.0.track();
    }
}

thread_local! {
    // Made once: making one costs a hundred times what using it does.
    static TIME: Function = format(&[("hour", "numeric"), ("minute", "2-digit")]);
    static EXACT: Function = format(&[("dateStyle", "full"), ("timeStyle", "medium")]);
    static DAY: Function = format(&[("weekday", "long"), ("month", "long"), ("day", "numeric")]);
    static LONG_AGO: Function = format(&[("year", "numeric"), ("month", "long"), ("day", "numeric")]);
}

/// Hours and minutes.
pub(super) fn time(at: u64) -> String {
    TIME.with(|format| formatted(format, &date(at)))
}

/// Everything, to the second.
pub(super) fn exact(at: u64) -> String {
    EXACT.with(|format| formatted(format, &date(at)))
}

/// As machines read it.
pub(super) fn iso(at: u64) -> String {
    date(at).to_iso_string().into()
}

/// The day, in the words of somebody who reads it today.
pub(super) fn day(at: u64) -> String {
    let (date, today) = (date(at), Date::new_0());
    let yesterday = Date::new_0();
    yesterday.set_date(today.get_date().wrapping_sub(1));
    let is = |other: &Date| date.to_date_string() == other.to_date_string();
    if is(&today) {
        "Today".to_owned()
    } else if is(&yesterday) {
        "Yesterday".to_owned()
    } else if date.get_full_year() == today.get_full_year() {
        DAY.with(|format| formatted(format, &date))
    } else {
        LONG_AGO.with(|format| formatted(format, &date))
    }
}

fn date(at: u64) -> Date {
    Date::new(&JsValue::from_f64(at as f64))
}

fn format(options: &[(&str, &str)]) -> Function {
    let object = Object::new();
    for (name, value) in options {
        let _ = Reflect::set(&object, &(*name).into(), &(*value).into());
    }
    DateTimeFormat::new(&Array::new(), &object).format()
}

fn formatted(format: &Function, date: &Date) -> String {
    format.call1(&JsValue::UNDEFINED, date).ok().and_then(|text| text.as_string()).unwrap_or_default()
}
