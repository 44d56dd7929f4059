//! What was measured on, and with.

use std::fs;
use std::num::NonZero;
use std::process::Command;
use std::thread::available_parallelism;

use serde::Serialize;

use crate::contender::source;

/// The machine and the versions, as far as they can be told.
#[derive(Debug, Serialize)]
pub(crate) struct Machine {
    pub(crate) cores: usize,
    pub(crate) processor: String,
    pub(crate) kernel: String,
    pub(crate) rustc: String,
    pub(crate) node: String,
    pub(crate) socket_io: String,
    pub(crate) socketioxide: String,
}

impl Machine {
    pub(crate) fn here() -> Self {
        Self {
            cores: available_parallelism().map_or(0, NonZero::get),
            processor: processor(),
            kernel: format!("Linux {}", kernel()),
            rustc: said_by("rustc"),
            node: said_by("node"),
            socket_io: installed("socket.io"),
            socketioxide: locked("socketioxide"),
        }
    }
}

const UNKNOWN: &str = "unknown";

fn processor() -> String {
    let info = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = info.lines().find(|line| line.starts_with("model name")).and_then(|line| line.split_once(": "));
    model.map_or(UNKNOWN, |(_, model)| model).to_owned()
}

/// Its version, without what its builder calls it.
fn kernel() -> String {
    let release = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    release.trim().split('-').next().unwrap_or(UNKNOWN).to_owned()
}

fn said_by(program: &str) -> String {
    let said = Command::new(program).arg("--version").output().map(|said| said.stdout).unwrap_or_default();
    let said = String::from_utf8_lossy(&said);
    let version = said.split_whitespace().find(|word| word.contains('.'));
    version.unwrap_or(UNKNOWN).trim_start_matches('v').to_owned()
}

/// The version of an npm package beside the Node contender.
fn installed(package: &str) -> String {
    let path = source("contenders/node/node_modules").join(package).join("package.json");
    let json = fs::read(path).ok().and_then(|json| serde_json::from_slice::<serde_json::Value>(&json).ok());
    json.and_then(|json| Some(json["version"].as_str()?.to_owned())).unwrap_or(UNKNOWN.to_owned())
}

/// The version of a crate in the workspace's lock.
fn locked(package: &str) -> String {
    let lock = fs::read_to_string(source("../../Cargo.lock")).unwrap_or_default();
    let name = format!("name = \"{package}\"");
    let mut lines = lock.lines().skip_while(|line| *line != name);
    let version = lines.nth(1).and_then(|line| line.strip_prefix("version = "));
    version.map_or(UNKNOWN, |version| version.trim_matches('"')).to_owned()
}
