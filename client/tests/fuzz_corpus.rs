//! The fuzz corpus as a plain test: every history of it, and mutations of them from a fixed seed. The fuzzer itself, which
//! finds better ones, is `client/fuzz`.

#[path = "../fuzz/history.rs"]
mod history;
mod pieces;

use std::{
    fs,
    panic::{self, AssertUnwindSafe},
};

use fastrand::Rng;
use pieces::PIECES;

/// How many mutations are run: a few seconds' worth.
const MUTATIONS: usize = 50_000;

fn corpus() -> Vec<Vec<u8>> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/fuzz/corpus/frames");
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files.iter().map(|file| fs::read(file).unwrap()).collect()
}

/// Runs a history, and shows it if it fails.
fn run(history: &[u8]) {
    if let Err(failure) = panic::catch_unwind(AssertUnwindSafe(|| history::run(history))) {
        eprintln!("this history fails; as a file in client/fuzz/corpus/frames it is kept:\n{}", history.escape_ascii());
        panic::resume_unwind(failure);
    }
}

#[test]
fn every_history_of_the_corpus_holds() {
    let corpus = corpus();
    assert!(corpus.len() > 20, "the corpus is not there");
    corpus.iter().for_each(|history| run(history));
}

#[test]
fn mutations_of_the_corpus_hold() {
    let corpus = corpus();
    let mut rng = Rng::with_seed(0x4855_4242);
    for _ in 0..MUTATIONS {
        let mut history = rng.choice(&corpus).unwrap().clone();
        for _ in 0..rng.usize(1..6) {
            mutate(&mut history, &corpus, &mut rng);
        }
        run(&history);
    }
}

/// Changes one thing about a history.
fn mutate(history: &mut Vec<u8>, corpus: &[Vec<u8>], rng: &mut Rng) {
    let from = rng.usize(..=history.len());
    let to = (from + rng.usize(..16)).min(history.len());
    match rng.u8(..6) {
        // Something of the protocol's, in the place of something or between.
        0 => drop(history.splice(from..to, PIECES[rng.usize(..PIECES.len())].bytes())),
        1 => drop(history.splice(from..from, PIECES[rng.usize(..PIECES.len())].bytes())),
        // Another frame begins: of text, or of bytes.
        2 => drop(history.splice(from..to, if rng.bool() { "\n" } else { "\nb" }.bytes())),
        // A byte becomes another.
        3 => {
            if let Some(byte) = history.get_mut(from) {
                *byte = rng.u8(..);
            }
        }
        // The end is missing.
        4 => history.truncate(from),
        // Another history goes on from here.
        _ => {
            let other = &corpus[rng.usize(..corpus.len())];
            history.truncate(from);
            history.extend_from_slice(&other[rng.usize(..=other.len())..]);
        }
    }
}
