//! What chromedriver can do beyond WebDriver.

use fantoccini::Client;
use fantoccini::error::CmdError;
use fantoccini::wd::WebDriverCompatibleCommand;
use hyper::Method;
use serde_json::{Value, json};
use url::{ParseError, Url};

/// A command of chromedriver's own: a path below the session's, and what is posted there.
#[derive(Debug)]
struct Command {
    path: &'static str,
    body: Value,
}

impl WebDriverCompatibleCommand for Command {
    fn endpoint(&self, base: &Url, session: Option<&str>) -> Result<Url, ParseError> {
        base.join(&format!("session/{}/{}", session.unwrap_or_default(), self.path))
    }

    fn method_and_body(&self, _: &Url) -> (Method, Option<String>) {
        (Method::POST, Some(self.body.to_string()))
    }
}

/// A command of the DevTools protocol, to the tab in front.
pub(super) async fn devtools(client: &Client, cmd: &str, params: Value) -> Result<Value, CmdError> {
    client.issue_cmd(Command { path: "goog/cdp/execute", body: json!({"cmd": cmd, "params": params}) }).await
}

/// What this log took down since the last time.
pub(super) async fn log(client: &Client, kind: &str) -> Result<Vec<Value>, CmdError> {
    let entries = client.issue_cmd(Command { path: "se/log", body: json!({"type": kind}) }).await?;
    Ok(entries.as_array().cloned().unwrap_or_default())
}
