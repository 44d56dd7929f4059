//! Chromedriver, as a process.

use std::env;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use fantoccini::ClientBuilder;
use fantoccini::wd::Capabilities;
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use tokio::process::Command;

use super::{Look, Page};
use crate::process::Process;
use crate::wait::wait_for;

/// What lets Chromium run as root and without a screen, and keeps it from talking to anyone but the server.
const FLAGS: &str = include_str!("../../chromium.flags");

/// A machine without a screen has no mouse either: this one has, which can point finely and hover.
const MOUSE: &str =
    "--blink-settings=primaryHoverType=2,availableHoverTypes=2,primaryPointerType=4,availablePointerTypes=4";

/// A running chromedriver. When it is dropped, it ends with all its browsers.
pub struct Driver {
    port: u16,
    _process: Process,
}

impl Driver {
    /// Starts chromedriver on a free port.
    pub async fn start() -> Self {
        let driver = env::var("CHROMEDRIVER").unwrap_or_else(|_| "chromedriver".to_owned());
        let hint = "Install it (`apt-get install chromium chromium-driver`) or name it by CHROMEDRIVER.";
        loop {
            let mut process = Process::start(Command::new(&driver).arg("--port=0"), hint);
            let said = process.stdout();
            // A port that is free for one version of IP may be taken for the other: it gives up then, and finds another one
            // next time.
            let outcome = wait_for("chromedriver", async || {
                let outcome = ["started successfully on port", "port not available"].iter();
                outcome.flat_map(|words| said.with(&[words])).next().ok_or_else(|| said.last_lines())
            })
            .await;
            let port = outcome.rsplit(' ').next().and_then(|port| port.trim_end_matches('.').parse().ok());
            if let Some(port) = port {
                return Self { port, _process: process };
            }
        }
    }

    /// An empty tab in a browser of its own, with a fresh profile.
    pub async fn browser(&self, look: Look) -> Page {
        let mouse = (!look.is_phone).then_some(MOUSE);
        let mut options = json!({ "args": FLAGS.lines().chain(mouse).collect::<Vec<_>>() });
        if let Ok(chrome) = env::var("CHROME") {
            options["binary"] = chrome.into();
        }
        let capabilities = json!({
            "goog:chromeOptions": options,
            "goog:loggingPrefs": { "browser": "ALL", "performance": "ALL" },
            // A page that asks before it goes is asked by a test, not by chromedriver.
            "unhandledPromptBehavior": "ignore",
        });
        let Value::Object(capabilities) = capabilities else { unreachable!("written as an object") };
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(Capabilities::from(capabilities))
            .connect(&format!("http://127.0.0.1:{}", self.port))
            .await
            .unwrap_or_else(|error| panic!("Chromium does not start ({error}). Install it, or name it by CHROME."));
        Page::first(client, look).await
    }
}

impl Drop for Driver {
    /// A killed chromedriver would leave its browsers behind; one that is asked ends them first.
    fn drop(&mut self) {
        let asked = TcpStream::connect(("127.0.0.1", self.port)).and_then(|mut driver| {
            driver.set_read_timeout(Some(Duration::from_secs(10)))?;
            driver.write_all(b"GET /shutdown HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
            driver.read_to_end(&mut Vec::new())
        });
        if let Err(error) = asked {
            eprintln!("chromedriver did not end its browsers: {error}");
        }
    }
}
