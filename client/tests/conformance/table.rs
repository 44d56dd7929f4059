//! The README's table is complete: every row has an answer in every column and a test that is here, and every test has a
//! row.

use std::{collections::BTreeSet, fs, path::Path};

/// `file::test` for all tests of the client's behaviour.
fn tests() -> BTreeSet<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/conformance");
    let mut tests = BTreeSet::new();
    for entry in fs::read_dir(folder).expect("this folder") {
        let path = entry.expect("a file").path();
        let source = fs::read_to_string(&path).expect("a source");
        let file = path.file_stem().expect("a name").to_string_lossy().into_owned();
        for (_, after) in source.match_indices("#[conformance]\n").map(|(at, mark)| source.split_at(at + mark.len())) {
            let name = after.split_once("fn ").and_then(|(_, name)| name.split_once('(')).expect("a function").0;
            tests.insert(format!("{file}::{name}"));
        }
    }
    tests
}

/// The cells of each row of the table.
fn rows() -> Vec<Vec<String>> {
    let readme = include_str!("../../README.md");
    let (_, table) = readme.split_once("\n## Conformance").expect("a chapter");
    let lines = table.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| behaviour"));
    lines.map(|line| line.trim_matches('|').split(" | ").map(|cell| cell.trim().to_owned()).collect()).collect()
}

/// The tests that a cell names.
fn named(cell: &str) -> impl Iterator<Item = String> {
    cell.split('`').filter(|word| word.contains("::")).map(str::to_owned)
}

#[test]
fn every_row_is_complete_and_names_a_test_that_is_here() {
    let tests = tests();
    for row in rows() {
        assert_eq!(row.len(), 6, "{row:?}");
        assert!(row.iter().all(|cell| !cell.is_empty()), "{row:?}");
        let proofs: Vec<String> = named(&row[5]).collect();
        assert!(!proofs.is_empty(), "{row:?} names no test");
        for proof in proofs {
            assert!(tests.contains(&proof), "{proof} is no test");
        }
    }
}

#[test]
fn every_test_has_a_row() {
    let in_table: BTreeSet<String> = rows().iter().flat_map(|row| named(&row[5]).collect::<Vec<_>>()).collect();
    let missing: Vec<_> = tests().difference(&in_table).cloned().collect();
    assert!(missing.is_empty(), "{missing:?} are not in the table");
}
