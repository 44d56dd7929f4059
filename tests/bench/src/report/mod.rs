//! What is made of the figures: [`results`] holds them, [`goals`] says which are met, [`table`] and [`chart`] show them, on this
//! [`machine`], by [`numbers`].

pub(crate) mod chart;
pub(crate) mod goals;
pub(crate) mod machine;
pub(crate) mod numbers;
pub(crate) mod results;
pub(crate) mod table;

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use self::goals::Verdict;
use self::results::Results;

const BEGIN: &str = "<!-- cargo xtask bench: begin -->";
const END: &str = "<!-- cargo xtask bench: end -->";

/// Writes all of it into a folder that is nobody's.
pub(crate) fn write_to(folder: &Path, results: &Results, verdicts: &[Verdict]) -> Result<()> {
    fs::create_dir_all(folder)?;
    write(&folder.join("bench.md"), &table::whole(results, verdicts))?;
    write_machine_readable(folder, results)
}

/// Writes it where readers find it: the documentation's table and chart, and the README's goals.
pub(crate) fn publish(workspace: &Path, results: &Results, verdicts: &[Verdict]) -> Result<()> {
    write_between(&workspace.join("docs/bench.md"), &table::whole(results, verdicts))?;
    write_between(&workspace.join("README.md"), &table::short(results, verdicts))?;
    write_machine_readable(&workspace.join("docs/bench"), results)
}

fn write_machine_readable(folder: &Path, results: &Results) -> Result<()> {
    fs::create_dir_all(folder)?;
    write(&folder.join("results.json"), &format!("{}\n", serde_json::to_string_pretty(results)?))?;
    write(&folder.join("chart.svg"), &chart::svg(results))
}

fn write(path: &Path, content: &str) -> Result<()> {
    fs::write(path, content).with_context(|| format!("could not write {}", path.display()))
}

fn write_between(path: &Path, content: &str) -> Result<()> {
    let text = fs::read_to_string(path).with_context(|| format!("could not read {}", path.display()))?;
    let text = between(&text, content).with_context(|| format!("no `{BEGIN}` and `{END}` in {}", path.display()))?;
    write(path, &text)
}

/// The text with other content between the two marks.
fn between(text: &str, content: &str) -> Option<String> {
    let (before, after) = text.split_once(BEGIN)?;
    let (_, after) = after.split_once(END)?;
    Some(format!("{before}{BEGIN}\n\n{}\n\n{END}{after}", content.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_between_the_marks_is_replaced_and_nothing_else() {
        let text = format!("# Title\n\n{BEGIN}\nold\n{END}\nend\n");
        let new = between(&text, "\nnew\n").unwrap();
        assert_eq!(new, format!("# Title\n\n{BEGIN}\n\nnew\n\n{END}\nend\n"));
        assert_eq!(between(&new, "new"), Some(new.clone()));
        assert_eq!(between("nothing", "new"), None);
    }
}
