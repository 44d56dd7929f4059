//! No state of the page has what axe knows to keep people out: colours too close, controls without a name or too small, roles
//! that don't fit.

use std::fs;

use futures_util::{StreamExt, stream};
use hubbub_tests::browser::{Look, Page, Stage};
use hubbub_tests::process::workspace;
use serde_json::Value;

use crate::table::{STATES, State};

/// As many as there are cores on a small machine.
const AT_ONCE: usize = 2;

#[tokio::test]
async fn no_state_keeps_anybody_out() {
    let axe = fs::read_to_string(workspace().join("tests/peers/node_modules/axe-core/axe.min.js"));
    let axe = axe.expect("axe-core is not installed: type `npm ci` in tests/peers, or `cargo xtask test`");
    let looks = [Look::LAPTOP, Look::PHONE];
    let visits = STATES.iter().flat_map(|state| looks.map(|look| (state, look)));
    let found: Vec<String> = stream::iter(visits)
        .map(|(state, look)| violations_of(state, look, &axe))
        .buffer_unordered(AT_ONCE)
        .flat_map(stream::iter)
        .collect()
        .await;
    assert!(found.is_empty(), "{} violations:\n{}", found.len(), found.join("\n"));
}

/// What is wrong with a state, in light and dark.
async fn violations_of(state: &State, look: Look, axe: &str) -> Vec<String> {
    let mut stage = Stage::new().await;
    let person = state.reach(&mut stage, look).await;
    let mut found = Vec::new();
    for look in [look, look.dark()] {
        person.look_on(look).await;
        person.wait_until_at_rest().await;
        for violation in violations(&person, axe).await {
            found.push(format!("{}, {}: {violation}", state.name, look.name()));
        }
    }
    stage.end().await;
    found
}

/// What axe says of the page as it is.
async fn violations(page: &Page, axe: &str) -> Vec<String> {
    let script = format!(
        "{axe};
        // Under a drawer that is open nobody can reach the page's main part, and so nobody misses it.
        const main = document.querySelector('main');
        const is_bare = !main || (!main.inert && main.checkVisibility({{ visibilityProperty: true }}));
        const rules = {{
            // The size of targets is asked for by WCAG 2.2, and not looked at unless one says so.
            'target-size': {{ enabled: true }},
            'landmark-one-main': {{ enabled: is_bare }},
            'page-has-heading-one': {{ enabled: is_bare }},
        }};
        return axe.run({{ resultTypes: ['violations'], rules }}).then(
            found => found.violations.flatMap(violation => violation.nodes.map(
                node => `${{violation.id}}: ${{node.html}}: ${{node.failureSummary}}`)))"
    );
    let found = page.run(&script).await;
    let texts = found.as_array().expect("a list").iter().map(Value::as_str);
    texts.map(|text| text.expect("a text").to_owned()).collect()
}
