//! The commands of the README: `cargo xtask run | build | test | shots | lighthouse | bench | dev | lint | icons`.
//!
//! Each one installs what it lacks, says in one line what it does before it does it, and lets cargo, Trunk and npm
//! print their own progress. There is no build logic here that belongs in a crate: these are the words a person would
//! otherwise type, in the right order.

mod bench;
mod dev;
mod files;
mod icons;
mod lighthouse;
mod lint;
mod npm;
mod page;
mod process;
mod server;
mod split;
mod system;
mod test;
mod tools;

use std::path::Path;
use std::process::ExitCode;

use anyhow::Context;

const HELP: &str = "\
The commands of Hubbub. Each installs what it needs and says so.

Usage: cargo xtask <COMMAND>

  run [-- FLAGS]  Build the page and the server, and start it on http://localhost:5000.
                  FLAGS go to the server: `cargo xtask run -- --listen 127.0.0.1:6000`
                  (`cargo xtask run -- --help` shows them all)
  build           The same, but stop at the binary: target/release/hubbub. It needs no other file.
  dev             Open http://localhost:8080 and edit. A saved change of the page is rebuilt and reloaded (Trunk);
                  of the server, rebuilt and restarted. Ctrl-C ends both.
  test            Run every test: native, in headless Chromium, and against JavaScript peers.
                  CHROME and CHROMEDRIVER name other binaries than the ones on the PATH.
  shots [FOLDER]  Write pictures of the page in all its states, on a laptop and a phone, light and dark.
                  FOLDER is target/shots unless it is named.
  lighthouse      Measure the page by Lighthouse, on a phone and a desktop.
  bench [FLAGS]   Measure the server beside others, for the tables of README.md and docs/bench.md.
                  `cargo xtask bench --quick` tries it, `cargo xtask bench --help` shows what else there is.
  lint            Formatting, clippy and rustdoc, for the native and the WebAssembly target, warnings denied.
  icons           Paint the icons of the installed page from web/icon.svg, after a change of it.
  help            Print this.

Tools that cargo installs (trunk, wasm-bindgen) go to target/tools, unless the PATH has them in a version that fits.
";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let done = match args.as_slice() {
        [] | ["help" | "--help" | "-h"] => {
            print!("{HELP}");
            Ok(())
        }
        ["run"] => in_workspace(|| server::run(&[])),
        ["run", "--", flags @ ..] => in_workspace(|| server::run(flags)),
        ["build"] => in_workspace(server::build),
        ["dev"] => in_workspace(dev::dev),
        ["test"] => in_workspace(test::test),
        ["shots"] => in_workspace(|| test::shots(None)),
        ["shots", folder] => in_workspace(|| test::shots(Some(folder))),
        ["lighthouse"] => in_workspace(lighthouse::lighthouse),
        ["bench"] => in_workspace(|| bench::bench(&[])),
        ["bench", flags @ ..] => in_workspace(|| bench::bench(flags)),
        ["lint"] => in_workspace(lint::lint),
        ["icons"] => in_workspace(icons::icons),
        other => {
            eprint!("`cargo xtask {}` is not a command.\n\n{HELP}", other.join(" "));
            return ExitCode::from(2);
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\nerror: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Commands work from any folder: paths in this crate are relative to the workspace.
fn in_workspace(command: impl FnOnce() -> anyhow::Result<()>) -> anyhow::Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    std::env::set_current_dir(&root).with_context(|| format!("could not enter {}", root.display()))?;
    command()
}
