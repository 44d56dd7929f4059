//! Cuts the page: what every visit needs stays in one file, and what is only reached through a `later!` of `web` goes into
//! others, which the browser loads when they are needed.
//!
//! Trunk knows nothing of this. It has cargo compile the page, with the feature `split`, and binds it to JavaScript as one
//! piece. We take what cargo compiled, cut it, have the piece that begins bound again, and put all of them into the place of
//! Trunk's.

mod join;
mod order;

use std::collections::HashMap;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow};
use wasm_split_cli_support::{Options, transform};

use self::join::join;
use self::order::order;
use crate::files::{Files, files};
use crate::process::{command, run, step, target_dir};
use crate::tools::WASM;

/// The page's binary, by which Trunk names its files too.
const NAME: &str = "hubbub-web";

/// The part that whoever is here sees: the `later!` that it is named by, and its file.
const CHAT: &str = "open_chat";
const CHAT_FILE: &str = "split_open_chat.wasm";
/// What loads the parts.
const LOADER: &str = "__wasm_split.js";

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
    let cut = transform(options).map_err(|error| anyhow!("could not cut the page: {error:#}"))?;
    let chat = cut.prefetch_map.get(CHAT).context("the chat isn't cut off")?;

    // The pieces call each other by what the linker exported, and by the names that it gave.
    let words = [
        "--target=web",
        "--no-typescript",
        "--keep-lld-exports",
        "--no-demangle",
        "--remove-producers-section",
        "--remove-name-section",
    ];
    let bind = &mut command("wasm-bindgen", &words)?;
    run(bind.arg("--out-name").arg(NAME).arg("--out-dir").arg(&pieces).arg(&first))?;
    let mut pieces = files(&pieces)?;
    join_chat(&mut pieces, chat)?;
    for (path, piece) in pieces.iter_mut().filter(|(path, _)| path.extension().is_some_and(|ending| ending == "wasm")) {
        *piece = order(piece).with_context(|| path.display().to_string())?;
    }
    number_names(&mut pieces);
    replace(staging, pieces).context("could not put the pieces into the place of the whole")
}

/// Makes one file of all that the chat needs. Others need some of it, but are only ever loaded after the chat.
fn join_chat(pieces: &mut Files, chat: &[String]) -> Result<()> {
    let mut joined = vec![];
    for piece in chat {
        joined.push(pieces.remove(&PathBuf::from(format!("{piece}.wasm"))).with_context(|| format!("no {piece}"))?);
    }
    let joined: Vec<_> = joined.iter().map(Vec::as_slice).collect();
    pieces.insert(CHAT_FILE.into(), join(&joined)?);

    let loader = pieces.get_mut(Path::new(LOADER)).context("nothing loads the parts")?;
    let mut script = str::from_utf8(loader)?.to_owned();
    for chunk in chat.iter().filter(|piece| piece.starts_with("chunk_")) {
        let found = script.split_once(&format!("const __{chunk} = "));
        let found = found.and_then(|(before, rest)| Some((before, rest.split_once(", []);\n")?.1)));
        let (before, after) = found.with_context(|| format!("nothing loads {chunk}"))?;
        script = [before, after].concat().replace(&format!("__{chunk}, "), "").replace(&format!("__{chunk}]"), "]");
    }
    *loader = script.into_bytes();
    Ok(())
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
///
/// index.html names the chat too, so that `web/shell/start.js` can ask for it without waiting for the page.
fn replace(staging: &Path, pieces: Files) -> Result<()> {
    let mut hasher = DefaultHasher::new();
    pieces.hash(&mut hasher);
    let folder = format!("{NAME}-{:016x}", hasher.finish());

    let index = staging.join("index.html");
    let html = fs::read_to_string(&index)?;
    let (_, rest) = html.split_once(&format!("/{NAME}-")).context("index.html doesn't name the page's script")?;
    let (hash, _) = rest.split_once('.').context("the page's script has no ending")?;
    let whole = format!("{NAME}-{hash}");
    let html = html.replace(&whole, &format!("{folder}/{NAME}"));
    let chat = format!(r#"<meta name="chat" content="/{folder}/{CHAT_FILE}">"#);
    fs::write(&index, html.replacen("</head>", &(chat + "</head>"), 1))?;
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
