//! Cuts the page: what every visit needs stays in one file, and what is only reached through a `later!` of `web` goes into
//! others, which the browser loads when they are needed.
//!
//! Trunk knows nothing of this. It has cargo compile the page, with the feature `split`, and binds it to JavaScript as one
//! piece. We take what cargo compiled, cut it, have the piece that begins bound again, and put all of them into the place of
//! Trunk's.

use std::collections::HashMap;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::Path;

use anyhow::{Context, Result, anyhow};
use wasm_split_cli_support::{Options, transform};

use crate::files::{Files, files};
use crate::process::{command, run, step, target_dir};
use crate::tools::WASM;

/// The page's binary, by which Trunk names its files too.
const NAME: &str = "hubbub-web";

/// Cuts the page that Trunk has laid out in `staging`.
pub(crate) fn split(staging: &Path) -> Result<()> {
    step("Cutting the page into what is needed at once and what later");
    let target = target_dir()?;
    let whole = fs::read(target.join(WASM).join("wasm-release").join(NAME).with_extension("wasm"))?;
    let work = target.join("page-pieces");
    let (pieces, first) = (work.join("pieces"), work.join("first.wasm"));
    if work.exists() {
        fs::remove_dir_all(&work)?;
    }

    let mut options = Options::new(&whole);
    let main_module = format!("./{NAME}.js");
    options.output_dir = &pieces;
    options.main_out_path = &first;
    options.main_module = &main_module;
    transform(options).map_err(|error| anyhow!("could not cut the page: {error:#}"))?;

    // The pieces call each other by what the linker exported, and by the names that it gave.
    let words =
        ["--target=web", "--no-typescript", "--keep-lld-exports", "--no-demangle", "--remove-producers-section"];
    let bind = &mut command("wasm-bindgen", &words)?;
    run(bind.arg("--out-name").arg(NAME).arg("--out-dir").arg(&pieces).arg(&first))?;
    let mut pieces = files(&pieces)?;
    number_names(&mut pieces);
    replace(staging, pieces).context("could not put the pieces into the place of the whole")
}

/// What wasm-bindgen takes from the browser it calls `__wbg_focus_` and then a hash of 16 digits: once in the script and once
/// in the WebAssembly, and nothing compresses worse. A number of as many digits is as good.
fn number_names(pieces: &mut Files) {
    const BEGIN: &[u8] = b"__wbg_";
    const DIGITS: usize = 16;
    let mut numbers: HashMap<Vec<u8>, usize> = HashMap::new();
    for content in pieces.values_mut() {
        let mut at = 0;
        while let Some(found) = content[at..].windows(BEGIN.len()).position(|window| window == BEGIN) {
            let name = at + found;
            let length = content[name..].iter().take_while(|c| c.is_ascii_alphanumeric() || **c == b'_').count();
            at = name + length;
            let hash = at.saturating_sub(DIGITS).max(name)..at;
            if content[hash.clone()].iter().all(|c| c.is_ascii_digit() || (b'a'..=b'f').contains(c)) {
                let next = numbers.len();
                let number = *numbers.entry(content[name..at].to_owned()).or_insert(next);
                content[hash].copy_from_slice(format!("{number:0DIGITS$}").as_bytes());
            }
        }
    }
}

/// Puts the pieces into the place of what Trunk made. They name each other, so their names stay; the folder's changes with
/// what is in it, so that a browser may keep them for ever.
fn replace(staging: &Path, pieces: Files) -> Result<()> {
    let mut hasher = DefaultHasher::new();
    pieces.hash(&mut hasher);
    let folder = format!("{NAME}-{:016x}", hasher.finish());

    let index = staging.join("index.html");
    let html = fs::read_to_string(&index)?;
    let (_, rest) = html.split_once(&format!("/{NAME}-")).context("index.html doesn't name the page's script")?;
    let (hash, _) = rest.split_once('.').context("the page's script has no ending")?;
    let whole = format!("{NAME}-{hash}");
    fs::write(&index, html.replace(&whole, &format!("{folder}/{NAME}")))?;
    for ending in [".js", "_bg.wasm"] {
        fs::remove_file(staging.join(whole.clone() + ending))?;
    }
    fs::create_dir(staging.join(&folder))?;
    for (path, content) in pieces {
        fs::write(staging.join(&folder).join(path), content)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_one_number_wherever_it_stands() {
        let script = b"__wbg_focus_0123456789abcdef: __wbg_get_00ff00ff00ff00ff, __wbg_get_imports()".to_vec();
        let wasm = b"\x1c__wbg_get_00ff00ff00ff00ff\x00__wbg_ptr".to_vec();
        let mut pieces = Files::from([("a.js".into(), script), ("b.wasm".into(), wasm)]);
        number_names(&mut pieces);
        let texts: Vec<_> = pieces.values().map(|content| String::from_utf8_lossy(content)).collect();
        assert_eq!(texts[0], "__wbg_focus_0000000000000000: __wbg_get_0000000000000001, __wbg_get_imports()");
        assert_eq!(texts[1], "\x1c__wbg_get_0000000000000001\x00__wbg_ptr");
    }
}
