//! Pictures of every state, on a laptop and a phone, light and dark: `cargo xtask shots`.

use std::path::PathBuf;
use std::{env, fs};

use futures_util::{StreamExt, stream};
use hubbub_tests::browser::{Look, Stage};

use crate::table::STATES;

/// As many as there are cores on a small machine.
const AT_ONCE: usize = 2;

#[tokio::test]
#[ignore = "makes pictures and proves nothing"]
async fn pictures() {
    let folder = env::var_os("HUBBUB_SHOTS").map(PathBuf::from).expect("HUBBUB_SHOTS names a folder");
    fs::create_dir_all(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let visits = STATES.iter().flat_map(|state| Look::ALL.map(|look| (state, look)));
    stream::iter(visits)
        .for_each_concurrent(AT_ONCE, async |(state, look)| {
            let mut stage = Stage::new().await;
            let person = state.reach(&mut stage, look).await;
            person.wait_until_at_rest().await;
            person.screenshot(&folder.join(format!("{}-{}.png", state.name, look.name()))).await;
            stage.end().await;
        })
        .await;
}
