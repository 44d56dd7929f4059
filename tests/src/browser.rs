//! Headless Chromium, driven by chromedriver.

use std::env;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use fantoccini::elements::Element;
use fantoccini::key::Key;
use fantoccini::wd::{Capabilities, WebDriverCompatibleCommand};
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use tokio::process::Command;

use crate::process::Process;
use crate::wait::{wait_for, wait_until_eq};

/// A window as on a desk; what keeps Chromium from talking to anyone but the server, and lets it run as root.
const ARGS: [&str; 9] = [
    "--headless=new",
    "--window-size=1280,900",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
];

/// A running chromedriver. When it is dropped, it ends with all its browsers.
pub struct Browser {
    port: u16,
    _driver: Process,
}

/// One browser with a fresh profile, on a page.
pub struct Page {
    client: Client,
}

/// A message as the page shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    pub state: String,
    pub text: String,
}

impl Browser {
    /// Starts chromedriver on a free port.
    pub async fn start() -> Self {
        let driver = env::var("CHROMEDRIVER").unwrap_or_else(|_| "chromedriver".to_owned());
        let hint = "Install it (`apt-get install chromium chromium-driver`) or name it by CHROMEDRIVER.";
        let mut driver = Process::start(Command::new(driver).arg("--port=0"), hint);
        let said = driver.stdout();
        let started = said.wait_for(&["started successfully on port"]).await;
        let port = started.rsplit(' ').next().and_then(|port| port.trim_end_matches('.').parse().ok());
        Self { port: port.unwrap_or_else(|| panic!("{started:?} names no port")), _driver: driver }
    }

    /// Opens a page in a browser of its own.
    pub async fn open(&self, url: &str) -> Page {
        let mut options = json!({ "args": ARGS });
        if let Ok(chrome) = env::var("CHROME") {
            options["binary"] = chrome.into();
        }
        let capabilities = json!({
            "goog:chromeOptions": options,
            "goog:loggingPrefs": { "browser": "ALL", "performance": "ALL" },
        });
        let Value::Object(capabilities) = capabilities else { unreachable!("written as an object") };
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(Capabilities::from(capabilities))
            .connect(&format!("http://127.0.0.1:{}", self.port))
            .await
            .unwrap_or_else(|error| panic!("Chromium does not start ({error}). Install it, or name it by CHROME."));
        client.goto(url).await.expect("the page opens");
        Page { client }
    }
}

impl Drop for Browser {
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

impl Page {
    /// The element by its data-testid, as soon as there is one.
    pub async fn find(&self, testid: &str) -> Element {
        let css = format!("[data-testid={testid}]");
        wait_for(testid, async || self.client.find(Locator::Css(&css)).await.map_err(|error| error.to_string())).await
    }

    /// Waits until the page says that its connection is in this state.
    pub async fn wait_for_status(&self, state: &str) {
        let script = "return document.querySelector('[data-testid=status]')?.dataset.state ?? 'no status'";
        wait_until_eq("the page's status", &Value::from(state), async || self.run(script).await).await;
    }

    /// Writes into the composer and sends by the button.
    pub async fn say(&self, text: &str) {
        self.find("composer").await.send_keys(text).await.expect("the composer takes keys");
        self.find("send").await.click().await.expect("the button can be clicked");
    }

    /// Types on whatever has the focus.
    pub async fn type_keys(&self, keys: &str) {
        let focused = self.client.active_element().await.expect("something has the focus");
        focused.send_keys(keys).await.expect("it takes keys");
    }

    /// Presses Tab until the focus is on this element.
    pub async fn tab_to(&self, testid: &str) {
        let script = "return document.activeElement?.dataset.testid ?? ''";
        for _ in 0..30 {
            if self.run(script).await == testid {
                return;
            }
            self.type_keys(&char::from(Key::Tab).to_string()).await;
        }
        panic!("30 times Tab do not lead to {testid}");
    }

    /// The messages, from the first to the last.
    pub async fn messages(&self) -> Vec<Shown> {
        let script = "return [...document.querySelectorAll('[data-testid=messages] [data-testid=message]')].map(
            message => [message.dataset.state, message.querySelector('[data-testid=text]').textContent])";
        let shown = self.run(script).await;
        let text = |value: &Value| value.as_str().unwrap_or("nothing").to_owned();
        let messages = shown.as_array().into_iter().flatten();
        messages.map(|message| Shown { state: text(&message[0]), text: text(&message[1]) }).collect()
    }

    /// Waits until the texts of the messages are these.
    pub async fn wait_for_texts(&self, texts: &[&str]) {
        let texts: Vec<String> = texts.iter().map(ToString::to_string).collect();
        let shown = async || self.messages().await.into_iter().map(|message| message.text).collect::<Vec<_>>();
        wait_until_eq("the page's messages", &texts, shown).await;
    }

    /// Waits until the last message is this one, in one of these states.
    pub async fn wait_for_last(&self, text: &str, states: &[&str]) {
        wait_for(&format!("{text:?}, {states:?}"), async || {
            let messages = self.messages().await;
            let last = messages.last().filter(|last| last.text == text && states.contains(&&*last.state));
            last.map(drop).ok_or_else(|| format!("{messages:?}"))
        })
        .await;
    }

    /// What a script in the page returns.
    pub async fn run(&self, script: &str) -> Value {
        self.client.execute(script, Vec::new()).await.unwrap_or_else(|error| panic!("{script}: {error}"))
    }

    /// The errors that the page logged since the last time.
    pub async fn errors(&self) -> Vec<String> {
        let entries = self.log("browser").await;
        let errors = entries.iter().filter(|entry| entry["level"] == "SEVERE");
        errors.map(|entry| entry["message"].as_str().unwrap_or_default().to_owned()).collect()
    }

    /// The URLs that the page requested since the last time, WebSockets included.
    pub async fn requests(&self) -> Vec<String> {
        let url = |entry: &Value| {
            let event: Value = serde_json::from_str(entry["message"].as_str()?).ok()?;
            let params = &event["message"]["params"];
            let url = match event["message"]["method"].as_str()? {
                "Network.requestWillBeSent" => &params["request"]["url"],
                "Network.webSocketCreated" => &params["url"],
                _ => return None,
            };
            url.as_str().map(str::to_owned)
        };
        self.log("performance").await.iter().filter_map(url).collect()
    }

    async fn log(&self, kind: &'static str) -> Vec<Value> {
        let entries = self.client.issue_cmd(GetLog(kind)).await.expect("chromedriver has the log");
        entries.as_array().cloned().unwrap_or_default()
    }
}

/// Chromedriver's command for what its browser logged since the last time.
#[derive(Debug)]
struct GetLog(&'static str);

impl WebDriverCompatibleCommand for GetLog {
    fn endpoint(&self, base: &url::Url, session: Option<&str>) -> Result<url::Url, url::ParseError> {
        base.join(&format!("session/{}/se/log", session.unwrap_or_default()))
    }

    fn method_and_body(&self, _: &url::Url) -> (hyper::Method, Option<String>) {
        (hyper::Method::POST, Some(json!({ "type": self.0 }).to_string()))
    }
}
