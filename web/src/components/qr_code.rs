//! A text as a QR code, for the camera of a phone.

use leptos::prelude::*;
use qrcodegen::{QrCode as Code, QrCodeEcc};

/// How many modules around the code must be empty.
const QUIET: i32 = 4;

/// A text as a square of modules. What doesn't fit (some 2,000 bytes) isn't shown.
#[component]
pub fn QrCode(
    /// What a camera reads.
    text: String,
    /// What it is, for those who don't see it.
    label: &'static str,
) -> impl IntoView {
    Code::encode_binary(text.as_bytes(), QrCodeEcc::Medium).ok().map(|code| {
        let size = code.size() + 2 * QUIET;
        view! {
            <svg
                class="qr-code"
                viewBox=format!("{} {} {size} {size}", -QUIET, -QUIET)
                role="img"
                aria-label=label
            >
                <path d=path(&code) />
            </svg>
        }
    })
}

/// The dark modules, those that touch in a row as one.
fn path(code: &Code) -> String {
    let mut path = String::new();
    for y in 0..code.size() {
        let mut x = 0;
        while x < code.size() {
            let wide = (x..code.size()).take_while(|&x| code.get_module(x, y)).count();
            if wide > 0 {
                path += &format!("M{x} {y}h{wide}v1h-{wide}z");
            }
            x += wide as i32 + 1;
        }
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Paints the path again.
    fn is_dark(path: &str, x: i32, y: i32) -> bool {
        path.split('M').skip(1).any(|run| {
            let numbers: Vec<i32> =
                run.split(|c: char| !c.is_ascii_digit()).filter_map(|number| number.parse().ok()).collect();
            numbers[1] == y && (numbers[0]..numbers[0] + numbers[2]).contains(&x)
        })
    }

    #[test]
    fn the_path_has_the_modules_of_the_code() {
        let code = Code::encode_binary(b"https://example.org/link#0123-4567-89AB", QrCodeEcc::Medium).unwrap();
        let path = path(&code);
        for y in 0..code.size() {
            for x in 0..code.size() {
                assert_eq!(is_dark(&path, x, y), code.get_module(x, y), "{x}, {y}");
            }
        }
    }
}
