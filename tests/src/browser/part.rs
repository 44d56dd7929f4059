//! Elements of a page, looked for when they are needed.

use fantoccini::elements::{Element, ElementRef};
use fantoccini::error::CmdError;
use serde_json::{Value, json};

use super::Page;
use crate::wait::{wait_for, wait_until_eq};

/// Those elements that a way of steps leads to, in the order of the page. Finding none is an answer like another: what is
/// done to a part waits for its first element, and is done again if the page has replaced that in between.
#[derive(Clone)]
pub struct Part<'a> {
    page: &'a Page,
    steps: Vec<Step>,
}

#[derive(Clone)]
enum Step {
    /// Into all that this selector finds.
    Css(String),
    /// Only those that have this text in them.
    With(String),
    /// Only the first of them, or only the last (-1).
    At(i32),
}

impl Step {
    fn json(&self) -> Value {
        match self {
            Self::Css(selector) => json!({ "css": selector }),
            Self::With(text) => json!({ "with": text }),
            Self::At(index) => json!({ "at": index }),
        }
    }
}

/// Follows the steps: `elements` is what they lead to.
const FIND: &str = "
    let elements = [document];
    for (const step of arguments[0]) {
        if ('css' in step) elements = [...new Set(elements.flatMap(element => [...element.querySelectorAll(step.css)]))];
        if ('with' in step) elements = elements.filter(element => element.textContent.includes(step.with));
        if ('at' in step) elements = elements.slice(step.at, step.at + 1 || undefined);
    }";

impl<'a> Part<'a> {
    pub(super) fn of(page: &'a Page) -> Self {
        Self { page, steps: Vec::new() }
    }

    fn step(mut self, step: Step) -> Self {
        self.steps.push(step);
        self
    }

    /// The elements in these of this data-testid.
    #[must_use]
    pub fn by_testid(self, testid: &str) -> Self {
        self.step(Step::Css(format!("[data-testid={testid:?}]")))
    }

    /// The elements in these that this selector finds.
    #[must_use]
    pub fn by_css(self, selector: &str) -> Self {
        self.step(Step::Css(selector.to_owned()))
    }

    /// Only those of these that have this text in them.
    #[must_use]
    pub fn with(self, text: &str) -> Self {
        self.step(Step::With(text.to_owned()))
    }

    #[must_use]
    pub fn first(self) -> Self {
        self.step(Step::At(0))
    }

    #[must_use]
    pub fn last(self) -> Self {
        self.step(Step::At(-1))
    }

    /// Clicks on it, as soon as it is there and nothing lies over it.
    pub async fn click(&self) {
        self.act("click on", async |element| element.click().await).await;
    }

    /// Types into it.
    pub async fn type_keys(&self, keys: &str) {
        self.act("type into", async |element| element.send_keys(keys).await).await;
    }

    /// Empties a field.
    pub async fn clear(&self) {
        self.act("clear", async |element| element.clear().await).await;
    }

    /// Gives it the focus.
    pub async fn focus(&self) {
        self.wait().await;
        self.run("elements[0].focus()").await;
    }

    /// Brings the pointer over it.
    pub async fn hover(&self) {
        let at = self.middle().await;
        let moved = json!({"type": "mouseMoved", "x": at[0], "y": at[1]});
        self.page.devtools("Input.dispatchMouseEvent", moved).await;
    }

    /// Turns the wheel over it: down by so many pixels, or up if they are negative.
    pub async fn turn_wheel(&self, pixels: i32) {
        let at = self.middle().await;
        let turned = json!({"type": "mouseWheel", "x": at[0], "y": at[1], "deltaX": 0, "deltaY": pixels});
        self.page.devtools("Input.dispatchMouseEvent", turned).await;
    }

    /// Waits until there is one.
    pub async fn wait(&self) {
        self.wait_for_some("return elements.length > 0").await;
    }

    /// Waits until the first is in sight, with nothing over it.
    pub async fn wait_for_sight(&self) {
        let script = "const box = elements[0]?.getBoundingClientRect();
            const seen = box && document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
            return Boolean(seen) && elements[0].contains(seen)";
        self.wait_for_some(script).await;
    }

    /// Waits until there is none.
    pub async fn wait_for_end(&self) {
        self.wait_for_some("return elements.length === 0").await;
    }

    /// Waits until there are so many.
    pub async fn wait_for_count(&self, count: usize) {
        wait_until_eq(&self.name(), &count, async || self.count().await).await;
    }

    /// Waits until the text of the first is this.
    pub async fn wait_for_text(&self, text: &str) {
        let script = "return elements[0]?.textContent.trim() ?? null";
        wait_until_eq(&self.name(), &Value::from(text), async || self.run(script).await).await;
    }

    /// Waits until the texts of all are these.
    pub async fn wait_for_texts(&self, texts: &[&str]) {
        let texts: Vec<String> = texts.iter().map(ToString::to_string).collect();
        wait_until_eq(&self.name(), &texts, async || self.texts().await).await;
    }

    /// Waits until an attribute of the first is this.
    pub async fn wait_for_attribute(&self, name: &str, value: &str) {
        let what = format!("{name} of {}", self.name());
        wait_until_eq(&what, &Some(value.to_owned()), async || self.attribute(name).await).await;
    }

    /// Waits until the first has the focus.
    pub async fn wait_for_focus(&self) {
        self.wait_for_some("return elements.length > 0 && elements[0] === document.activeElement").await;
    }

    /// How many there are at the moment.
    pub async fn count(&self) -> usize {
        let count = self.run("return elements.length").await;
        count.as_u64().and_then(|count| usize::try_from(count).ok()).expect("a length")
    }

    /// Whether there is one at the moment.
    pub async fn is_there(&self) -> bool {
        self.count().await > 0
    }

    /// The text of the first.
    pub async fn text(&self) -> String {
        self.wait_for_some("return elements[0]?.textContent.trim()").await.as_str().expect("a text").to_owned()
    }

    /// The texts of all at the moment.
    pub async fn texts(&self) -> Vec<String> {
        let texts = self.run("return elements.map(element => element.textContent.trim())").await;
        texts.as_array().into_iter().flatten().map(|text| text.as_str().expect("a text").to_owned()).collect()
    }

    /// An attribute of the first at the moment.
    pub async fn attribute(&self, name: &str) -> Option<String> {
        let script = format!("return elements[0]?.getAttribute({name:?}) ?? null");
        self.run(&script).await.as_str().map(str::to_owned)
    }

    /// What stands in a field.
    pub async fn value(&self) -> String {
        self.wait_for_some("return elements[0]?.value").await.as_str().expect("a text").to_owned()
    }

    /// What a script returns that has `elements`.
    pub async fn run(&self, script: &str) -> Value {
        self.try_run(script).await.unwrap_or_else(|error| panic!("{script} on {}: {error}", self.name()))
    }

    /// Waits until such a script returns something true, and gives that.
    pub async fn wait_for_some(&self, script: &str) -> Value {
        wait_for(&format!("{}: {script}", self.name()), async || match self.try_run(script).await {
            Ok(Value::Null | Value::Bool(false)) => Err(self.seen().await),
            Ok(answer) => Ok(answer),
            Err(error) => Err(error.to_string()),
        })
        .await
    }

    async fn middle(&self) -> Value {
        let script = "const box = elements[0]?.getBoundingClientRect();
            return box && [box.x + box.width / 2, box.y + box.height / 2]";
        self.wait_for_some(script).await
    }

    async fn try_run(&self, script: &str) -> Result<Value, CmdError> {
        let steps = self.steps.iter().map(Step::json).collect();
        self.page.try_run(&format!("{FIND}{script}"), vec![steps]).await
    }

    async fn act(&self, what: &str, act: impl AsyncFn(Element) -> Result<(), CmdError>) {
        wait_for(&format!("a chance to {what} {}", self.name()), async || {
            let found = self.try_run("return elements[0] ?? null").await.map_err(|error| error.to_string())?;
            // WebDriver names an element by an object with one field.
            let id = found.as_object().and_then(|reference| reference.values().next()?.as_str());
            let Some(id) = id else { return Err(self.seen().await) };
            let client = self.page.client().await.clone();
            let element = Element::from_element_id(client, ElementRef::from(id.to_owned()));
            act(element).await.map_err(|error| error.to_string())
        })
        .await;
    }

    /// For the message of a failure: the texts of the elements, or, if there are none, of the page.
    async fn seen(&self) -> String {
        let script = "const seen = elements.length ? elements : [document.body];
            return seen.slice(0, 20).map(element => element.innerText.slice(0, 2000))";
        self.try_run(script).await.map_or_else(|error| error.to_string(), |texts| texts.to_string())
    }

    fn name(&self) -> String {
        self.steps.iter().map(|step| step.json().to_string()).collect::<Vec<_>>().join(" ")
    }
}
