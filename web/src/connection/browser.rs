//! What only the browser knows: the time, the time zone, and what nobody can guess.

use hubbub_shared::chat::MessageId;
use uuid::Builder;
use wasm_bindgen::JsValue;

/// The time, in milliseconds since 1970.
#[must_use]
pub fn now() -> u64 {
    // Whole, and after 1970.
    js_sys::Date::now() as u64
}

/// How many minutes local time is ahead of UTC at a time.
pub(super) fn offset(at: u64) -> i64 {
    let behind = js_sys::Date::new(&JsValue::from_f64(at as f64)).get_timezone_offset();
    -(behind as i64)
}

/// An id that was never used before: a UUID of version 7, whose order is that of its time.
pub(super) fn new_id(now: u64) -> MessageId {
    let mut random = [0; 10];
    let crypto = web_sys::window().and_then(|window| window.crypto().ok());
    if crypto.is_none_or(|crypto| crypto.get_random_values_with_u8_array(&mut random).is_err()) {
        // Where there is no crypto, chance is enough: an id has to differ from my others only.
        random.fill_with(|| (js_sys::Math::random() * 256.0) as u8);
    }
    Builder::from_unix_timestamp_millis(now, &random).into_uuid().into()
}
