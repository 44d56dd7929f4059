//! What holds of any text.

use proptest::prelude::*;

use super::{Block, Inline, Names, Piece, parse};

/// The deepest that a tree may be: quotes and lists, a paragraph, and each mark once.
const MAX_DEPTH: usize = 3 + 1 + 3 + 1;

/// Everything that is shown, in order, and how deep the tree is.
fn shown(blocks: &[Block], out: &mut String) -> usize {
    let depths = blocks.iter().map(|block| match block {
        Block::Paragraph(inlines) => shown_inlines(inlines, out),
        Block::Quote(blocks) => shown(blocks, out),
        Block::Bullets(items) => items.iter().map(|item| shown(item, out)).max().unwrap_or(0),
        Block::Numbered(items) => {
            let depths = items.iter().map(|(number, item)| {
                *out += &number.to_string();
                shown(item, out)
            });
            depths.max().unwrap_or(0)
        }
        Block::Code(code) => {
            *out += code;
            1
        }
    });
    depths.max().unwrap_or(0) + 1
}

fn shown_inlines(inlines: &[Inline], out: &mut String) -> usize {
    let depths = inlines.iter().map(|inline| match inline {
        Inline::Text(text) | Inline::Code(text) => {
            *out += text;
            0
        }
        Inline::Strong(inlines) | Inline::Emphasis(inlines) => shown_inlines(inlines, out),
        Inline::Link { label, url } => {
            *out += label.as_deref().unwrap_or(url.href());
            0
        }
    });
    depths.max().unwrap_or(0) + 1
}

fn is_subsequence(part: &str, whole: &str) -> bool {
    let mut whole = whole.chars();
    part.chars().all(|c| whole.any(|other| other == c))
}

/// Checks what holds of this one.
fn check(text: &str) {
    let mut out = String::new();
    let depth = shown(&parse(text), &mut out);
    assert!(depth <= MAX_DEPTH, "{depth} deep: {text:?}");
    let visible = |text: &str| text.split_whitespace().collect::<String>();
    let (shown, written) = (visible(&out), visible(text));
    assert!(is_subsequence(&shown, &written), "{shown:?} has more than {written:?}");
    // The address behind a label and the language of a block aren't shown.
    if !text.contains("](") && !text.contains("```") {
        let marks = ['*', '_', '`', '>', '-', '.'];
        assert_eq!(shown.replace(marks, ""), written.replace(marks, ""));
    }
}

/// Texts in which everything that means something comes often.
fn any_text() -> impl Strategy<Value = String> {
    let token = prop_oneof![
        4 => "[a-c ü\\u{202E}\\u{200B}😀]{1,3}",
        4 => prop::sample::select(vec![
            "*", "**", "***", "_", "`", "``", "```", "\n", "\n\n", "> ", ">", "- ", "* ", "1. ", "07. ", "  ", "\t", "[",
            "](", ")", "(", "]", "https://", "http://a.b", "mailto:a@b", "javascript:", "@", "\\", ".", ",", "<b>", "&amp;",
            "。", "\r\n", "\u{0}",
        ]).prop_map(String::from),
        1 => "\\PC{1,4}",
    ];
    prop::collection::vec(token, 0..40).prop_map(|tokens| tokens.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn nothing_is_lost_or_invented(text in any_text()) {
        check(&text);
    }

    #[test]
    fn pieces_are_the_text(text in "[@aAbB *]{0,30}", me in "[ab]{1,2}", other in "[ab@ ]{1,3}") {
        let names = Names::new(&me, [&*other]);
        let whole: String = names.pieces(&text).iter().map(|piece| match piece {
            Piece::Plain(text) | Piece::Me(text) | Piece::Other(text) => *text,
        }).collect();
        prop_assert_eq!(whole, text);
    }
}

#[test]
fn hostile_texts_cost_no_more_than_others() {
    let pieces = [
        "*",
        "**",
        "* ",
        "*a",
        "*a ",
        "**a *b ",
        "_",
        "_a ",
        "_*",
        "`",
        "` ``",
        "`` ` ",
        "[",
        "[a",
        "[a](",
        "[a](b",
        "](",
        "[a](https://b",
        "(",
        ">",
        "> ",
        "> > ",
        "\n",
        "\n\n",
        "\n> ",
        "\n- ",
        "\n  - ",
        "- ",
        "1. ",
        "\n1. ",
        "\n  ",
        "```",
        "```\n",
        "```a\n",
        "http://",
        "https://@",
        "https://a.b)",
        "h",
        "mailto:",
        "mailto:a@",
        "@",
        "@a",
        "\u{202E}",
        "\u{200B}",
        "a",
        "😀",
    ];
    // Many times what a message may have: what grows with the square would take minutes.
    for piece in pieces {
        check(&piece.repeat(100_000 / piece.chars().count()));
    }
    let nested: String = (0..500).map(|depth| format!("{}- a\n", "  ".repeat(depth))).collect();
    check(&nested);
    check(&"> ".repeat(2_000));
    let growing: String = (1..90).map(|length| "`".repeat(length) + " ").collect();
    check(&growing);
}
