use hubbub_web::components::qr_code::QrCode;
use leptos::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::Element;

use crate::shown::Shown;

#[wasm_bindgen_test]
fn a_code_is_a_picture_with_a_name_and_a_quiet_edge() {
    let code = Shown::new(|| {
        let text = "https://chat.example/link#0123-4567-89AB".to_owned();
        view! { <QrCode text label="A code for your phone" /> }
    });
    let svg: Element = code.one("svg");
    // Drawn as an image is, and not as an element of a name that browsers don't know.
    assert_eq!(svg.namespace_uri().as_deref(), Some("http://www.w3.org/2000/svg"));
    assert_eq!(svg.get_attribute("role").as_deref(), Some("img"));
    assert_eq!(svg.get_attribute("aria-label").as_deref(), Some("A code for your phone"));
    // Version 3: 29 modules, and 4 that are empty at each side.
    assert_eq!(svg.get_attribute("viewBox").as_deref(), Some("-4 -4 37 37"));
    let path = code.one::<Element>("svg > path").get_attribute("d").unwrap_or_default();
    // The upper edge of the first of the three squares in its corners.
    assert!(path.starts_with("M0 0h7v1h-7z"), "{path}");
}

#[wasm_bindgen_test]
fn what_does_not_fit_is_not_shown() {
    let code = Shown::new(|| view! { <QrCode text="x".repeat(3_000) label="Too much" /> });
    assert_eq!(code.all("*").len(), 0, "{}", code.html());
}
