//! How long a text is to be seen, roughly: a page shows a beginning of what is very long.

use super::{Block, Inline};

/// A text of more lines than this is long.
const MANY: usize = 40;
/// How many characters fit on a line of a wide screen.
const WIDTH: usize = 80;
/// A block of code is never shown higher than this: it scrolls.
const MOST_OF_CODE: usize = 16;

/// Whether it takes more than a screen.
#[must_use]
pub fn is_long(text: &[Block]) -> bool {
    lines(text) > MANY
}

fn lines(blocks: &[Block]) -> usize {
    let of = |block: &Block| match block {
        Block::Paragraph(text) => lines_of(text),
        Block::Quote(inner) => lines(inner),
        Block::Bullets(items) => items.iter().map(|item| lines(item)).sum(),
        Block::Numbered(items) => items.iter().map(|(_, item)| lines(item)).sum(),
        Block::Code(code) => code.lines().count().min(MOST_OF_CODE),
    };
    blocks.iter().map(of).sum()
}

fn lines_of(text: &[Inline]) -> usize {
    let (mut breaks, mut bytes) = (0, 0);
    measure(text, &mut breaks, &mut bytes);
    1 + breaks + bytes / WIDTH
}

fn measure(text: &[Inline], breaks: &mut usize, bytes: &mut usize) {
    for inline in text {
        match inline {
            Inline::Text(text) | Inline::Code(text) => {
                *breaks += text.matches('\n').count();
                *bytes += text.len();
            }
            Inline::Strong(inner) | Inline::Emphasis(inner) => measure(inner, breaks, bytes),
            Inline::Link { label, url } => *bytes += label.as_deref().unwrap_or(url.href()).len(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::parse;
    use super::*;

    #[test]
    fn what_takes_more_than_a_screen_is_long() {
        for (text, expected) in [
            (String::new(), false),
            ("short".to_owned(), false),
            ("line\n".repeat(MANY / 2), false),
            ("line\n".repeat(2 * MANY), true),
            ("**bold**\n".repeat(2 * MANY), true),
            ("- item\n".repeat(2 * MANY), true),
            ("> quoted\n".repeat(2 * MANY), true),
            ("1. item\n".repeat(2 * MANY), true),
            ("word ".repeat(MANY * WIDTH / 10), false),
            ("word ".repeat(MANY * WIDTH / 4), true),
            // It scrolls within its frame.
            (format!("```\n{}```", "code\n".repeat(500)), false),
        ] {
            assert_eq!(is_long(&parse(&text)), expected, "{text:?}");
        }
    }
}
