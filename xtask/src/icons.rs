//! The icons of the installed page: `web/icon.svg` as pictures, painted by the browser that tests use.
//!
//! They change when the mark does, which is rare: so they are committed, and building the page needs no browser.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use crate::process::{command, run, step, target_dir};
use crate::system;

const MARK: &str = "web/icon.svg";
const ICONS: &str = "web/shell/icons";
/// The page's background, `--paper` of tokens.css and the manifest's.
const PAPER: &str = "#faf8f4";

/// One picture, square.
struct Icon {
    name: &'static str,
    pixels: u32,
    /// How much of it the mark fills, in percent.
    mark: u32,
    background: &'static str,
}

const ALL: [Icon; 4] = [
    Icon { name: "192", pixels: 192, mark: 100, background: "transparent" },
    Icon { name: "512", pixels: 512, mark: 100, background: "transparent" },
    // Systems cut their own shape out of it: the mark stays within the circle that all of them leave.
    Icon { name: "maskable-512", pixels: 512, mark: 56, background: PAPER },
    // It rounds the corners, and makes black of what is transparent.
    Icon { name: "apple", pixels: 180, mark: 72, background: PAPER },
];

/// Paints all of them anew.
pub(crate) fn icons() -> Result<()> {
    let chrome = system::for_tests()?.chrome;
    let mark = fs::read_to_string(MARK).with_context(|| format!("could not read {MARK}"))?;
    fs::create_dir_all(ICONS)?;
    for Icon { name, pixels, mark: percent, background } in ALL {
        let picture = Path::new(ICONS).join(format!("{name}.png"));
        step(&format!("Painting {} ({pixels} pixels)", picture.display()));
        let page = target_dir()?.join("icon.html");
        let style = format!(
            "html,body{{margin:0;block-size:100%}} body{{display:grid;place-items:center;background:{background}}} \
             svg{{inline-size:{percent}vmin;block-size:{percent}vmin}}"
        );
        fs::write(&page, format!("<!DOCTYPE html><style>{style}</style>{mark}"))?;
        run(command(&chrome, &[])?
            .args(system::CHROME_FLAGS.lines())
            .args(["--hide-scrollbars", "--default-background-color=00000000"])
            .arg(format!("--window-size={pixels},{pixels}"))
            .arg(format!("--screenshot={}", std::path::absolute(&picture)?.display()))
            .arg(format!("file://{}", std::path::absolute(&page)?.display())))?;
    }
    Ok(())
}
