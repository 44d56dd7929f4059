//! Lines: which of them are a quote, a list or code, and which are just text.

use std::iter;

use super::{Block, inlines::inlines};

/// How deep quotes and lists go into each other. What is deeper is text.
const MAX_DEPTH: usize = 3;

const FENCE: &str = "```";

/// How an item of a list begins.
#[derive(Clone, Copy)]
enum Marker {
    Bullet,
    Number(u32),
}

pub(super) fn blocks(text: &str, depth: usize) -> Vec<Block> {
    let lines: Vec<&str> = text.split('\n').collect();
    let mut found = Vec::new();
    let mut loose = Vec::new();
    let mut at = 0;
    // When no line closes this code, none closes later code either.
    let mut may_close = true;
    while let Some(line) = lines.get(at) {
        let rest = &lines[at..];
        let block = if line.starts_with(FENCE) && may_close {
            let block = code(rest);
            may_close = block.is_some();
            block
        } else if depth < MAX_DEPTH {
            quote(rest, depth).or_else(|| list(rest, depth))
        } else {
            None
        };
        match block {
            Some((block, length)) => {
                paragraph(&mut loose, &mut found);
                found.push(block);
                at += length;
            }
            None => {
                loose.push(*line);
                at += 1;
            }
        }
    }
    paragraph(&mut loose, &mut found);
    found
}

/// Makes a paragraph of the lines that nothing else was made of, without the empty ones around it.
fn paragraph(lines: &mut Vec<&str>, found: &mut Vec<Block>) {
    let is_text = |line: &&str| !line.trim().is_empty();
    if let (Some(first), Some(last)) = (lines.iter().position(is_text), lines.iter().rposition(is_text)) {
        found.push(Block::Paragraph(inlines(&lines[first..=last].join("\n"))));
    }
    lines.clear();
}

/// A block of code, up to the first line that ends in a fence. One word beside the first fence is the language; more is
/// code.
fn code(lines: &[&str]) -> Option<(Block, usize)> {
    let (first, rest) = lines.split_first()?;
    let beside = first.strip_prefix(FENCE)?.trim_end();
    if beside.contains('`') {
        return None;
    }
    let length = rest.iter().position(|line| line.trim_end().ends_with(FENCE))?;
    let end = rest[length].trim_end().trim_end_matches('`');
    let mut code: Vec<&str> = rest[..length].to_vec();
    if !end.trim().is_empty() {
        code.push(end);
    }
    let is_language = beside.chars().all(|c| c.is_ascii_alphanumeric() || "+#.-_".contains(c));
    if !is_language || code.is_empty() {
        code.insert(0, beside);
    }
    Some((Block::Code(code.join("\n")), length + 2))
}

fn quote(lines: &[&str], depth: usize) -> Option<(Block, usize)> {
    quoted(lines.first()?).filter(|first| !first.trim().is_empty())?;
    let quoted: Vec<&str> = lines.iter().map_while(|line| quoted(line)).collect();
    Some((Block::Quote(blocks(&quoted.join("\n"), depth + 1)), quoted.len()))
}

/// The space tells a quote from a face like `>:(`.
fn quoted(line: &str) -> Option<&str> {
    line.strip_prefix("> ").or((line == ">").then_some(""))
}

fn list(lines: &[&str], depth: usize) -> Option<(Block, usize)> {
    let (kind, _) = marker(lines.first()?)?;
    let mut bullets = Vec::new();
    let mut numbered = Vec::new();
    let mut at = 0;
    while let Some((marker, first)) = lines.get(at).and_then(|line| marker(line)) {
        let more: Vec<&str> = lines[at + 1..].iter().map_while(|line| indented(line)).collect();
        let item = || blocks(&iter::once(first).chain(more.iter().copied()).collect::<Vec<_>>().join("\n"), depth + 1);
        match (kind, marker) {
            (Marker::Bullet, Marker::Bullet) => bullets.push(item()),
            (Marker::Number(_), Marker::Number(number)) => numbered.push((number, item())),
            _ => break,
        }
        at += 1 + more.len();
    }
    let list = match kind {
        Marker::Bullet => Block::Bullets(bullets),
        Marker::Number(_) => Block::Numbered(numbered),
    };
    Some((list, at))
}

/// How the line begins an item, and the rest of it. A number that wouldn't be shown as it was written begins none.
fn marker(line: &str) -> Option<(Marker, &str)> {
    let (mark, text) = line.split_once(' ').filter(|(_, text)| !text.trim().is_empty())?;
    let marker = match mark {
        "-" | "*" => Marker::Bullet,
        _ => {
            let digits =
                mark.strip_suffix('.').filter(|digits| !digits.starts_with(['0', '+']) && digits.len() < 10)?;
            Marker::Number(digits.parse().ok()?)
        }
    };
    Some((marker, text))
}

/// A line that goes on with an item, without what indents it.
fn indented(line: &str) -> Option<&str> {
    let line = line.strip_prefix('\t').or_else(|| line.strip_prefix("  "))?;
    (!line.trim().is_empty()).then_some(line.strip_prefix(' ').filter(|rest| !rest.starts_with(' ')).unwrap_or(line))
}

#[cfg(test)]
mod tests {
    use super::super::{Inline, parse};
    use super::*;

    fn text(text: &str) -> Block {
        Block::Paragraph(vec![Inline::Text(text.into())])
    }

    #[test]
    fn a_chat_is_not_a_document() {
        for plain in [
            "# no heading",
            "one\ntwo\n\n\nthree",
            "<b>no html</b> &amp; no entities",
            "| no | table |\n|----|-------|",
            "---",
            "line\n===",
            "    four spaces",
            "[no]: reference",
            ">:(",
            ">no quote",
            "-no item",
            "- ",
            "1.no item",
            "007. Bond",
            "1) said he",
            "```\nnot closed",
            "¯\\_(ツ)_/¯",
        ] {
            assert_eq!(parse(plain), [text(plain)], "{plain}");
        }
        assert_eq!(parse(" \n\t\n"), []);
    }

    #[test]
    fn quotes_end_with_their_last_line() {
        assert_eq!(parse("> one\n>\n> two\nthree"), [Block::Quote(vec![text("one\n\ntwo")]), text("three")]);
        assert_eq!(parse("> > deep"), [Block::Quote(vec![Block::Quote(vec![text("deep")])])]);
    }

    #[test]
    fn lists_keep_their_numbers_and_what_is_indented() {
        assert_eq!(
            parse("- one\n* two\n\nno item"),
            [Block::Bullets(vec![vec![text("one")], vec![text("two")]]), text("no item"),]
        );
        assert_eq!(
            parse("3. three\n7. seven"),
            [Block::Numbered(vec![(3, vec![text("three")]), (7, vec![text("seven")])])]
        );
        assert_eq!(
            parse("- one\n  goes on\n  - inner\n- two"),
            [Block::Bullets(vec![
                vec![text("one\ngoes on"), Block::Bullets(vec![vec![text("inner")]])],
                vec![text("two")],
            ])]
        );
        assert_eq!(
            parse("1. one\n   - inner"),
            [Block::Numbered(vec![(1, vec![text("one"), Block::Bullets(vec![vec![text("inner")]])])])]
        );
    }

    #[test]
    fn code_is_left_alone() {
        let code = |text: &str| Block::Code(text.into());
        for (written, expected) in [
            ("```\n*a*\n  <b>\n\n```", code("*a*\n  <b>\n")),
            ("```rust\nfn main() {}\n```", code("fn main() {}")),
            ("```let x = 1;\nlet y = 2;```", code("let x = 1;\nlet y = 2;")),
            ("```rust\n```", code("rust")),
        ] {
            assert_eq!(parse(written), [expected], "{written}");
        }
        assert_eq!(parse("see:\n```\na\n```\nthere"), [text("see:"), code("a"), text("there")]);
        assert_eq!(parse("> ```\n> a\n> ```"), [Block::Quote(vec![code("a")])]);
    }
}
