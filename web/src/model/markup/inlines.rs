//! What stands in a line: code, links, bold and italic.

use super::{Inline, link};

/// What opens and closes bold or italic.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mark {
    /// `**`
    Strong,
    /// `*`
    Star,
    /// `_`
    Underscore,
}

/// The inlines so far. Each mark is open once at most, so this is never deep.
#[derive(Default)]
struct Tree {
    closed: Vec<Inline>,
    /// Marks that are open, each with what came after it.
    open: Vec<(Mark, Vec<Inline>)>,
}

pub(super) fn inlines(text: &str) -> Vec<Inline> {
    let mut tree = Tree::default();
    // By how many backticks: nothing closes them any more.
    let mut never_closed = [false; 3];
    let mut at = 0;
    while let Some(&byte) = text.as_bytes().get(at) {
        let rest = &text[at..];
        let before = text[..at].chars().next_back();
        let (length, inline) = match byte {
            b'`' => code(rest, &mut never_closed),
            b'*' | b'_' => {
                let length = rest.len() - rest.trim_start_matches(char::from(byte)).len();
                tree.marks(&rest[..length], before, rest[length..].chars().next());
                at += length;
                continue;
            }
            b'[' => link::labelled(rest),
            b'h' | b'H' | b'm' | b'M' if !before.is_some_and(char::is_alphanumeric) => link::bare(rest),
            _ => (plain(rest), None),
        };
        match inline {
            Some(inline) => tree.here().push(inline),
            None => tree.text(&rest[..length]),
        }
        at += length;
    }
    tree.finished()
}

/// How much of the text, its first character included, begins nothing.
fn plain(text: &str) -> usize {
    let first = text.chars().next().map_or(0, char::len_utf8);
    text[first..].find(['`', '*', '_', '[', 'h', 'H', 'm', 'M']).map_or(text.len(), |at| first + at)
}

/// Code between as many backticks on either side, three at most.
fn code(text: &str, never_closed: &mut [bool; 3]) -> (usize, Option<Inline>) {
    let backticks = |text: &str| text.len() - text.trim_start_matches('`').len();
    let length = backticks(text);
    let Some(never_closed) = never_closed.get_mut(length - 1).filter(|never| !**never) else {
        return (length, None);
    };
    let mut at = length;
    while let Some(gap) = text[at..].find('`') {
        let end = at + gap;
        at = end + backticks(&text[end..]);
        if at - end == length {
            let code = &text[length..end];
            // A space on either side keeps backticks within from those around.
            let within = code.strip_prefix(' ').and_then(|code| code.strip_suffix(' '));
            return (at, Some(Inline::Code(within.filter(|code| !code.trim().is_empty()).unwrap_or(code).into())));
        }
    }
    *never_closed = true;
    (length, None)
}

impl Mark {
    fn as_str(self) -> &'static str {
        match self {
            Self::Strong => "**",
            Self::Star => "*",
            Self::Underscore => "_",
        }
    }

    fn around(self, inlines: Vec<Inline>) -> Inline {
        match self {
            Self::Strong => Inline::Strong(inlines),
            Self::Star | Self::Underscore => Inline::Emphasis(inlines),
        }
    }
}

impl Tree {
    fn here(&mut self) -> &mut Vec<Inline> {
        self.open.last_mut().map_or(&mut self.closed, |(_, inlines)| inlines)
    }

    fn text(&mut self, text: &str) {
        match self.here().last_mut() {
            Some(Inline::Text(before)) => before.push_str(text),
            _ => self.here().push(Inline::Text(text.into())),
        }
    }

    /// A run of stars or underscores. A mark clings to what it is around: it opens before anything but white space and
    /// closes after anything but white space, and never within a word of ASCII (`2*3*4`, `snake_case`) or after a
    /// backslash. What neither opens nor closes is text.
    fn marks(&mut self, run: &str, before: Option<char>, after: Option<char>) {
        let is_of_word = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
        let clings_to = |c: Option<char>| c.is_some_and(|c| !c.is_whitespace());
        let is_mark = before != Some('\\')
            && match run.as_bytes()[0] {
                b'*' => run.len() <= 3,
                _ => run.len() == 1,
            };
        let mut rest = run;
        if is_mark && clings_to(before) && !is_of_word(after) {
            while let Some(mark) =
                self.open.iter().rev().map(|(mark, _)| *mark).find(|mark| rest.starts_with(mark.as_str()))
            {
                self.close(mark);
                rest = &rest[mark.as_str().len()..];
            }
        }
        if is_mark && clings_to(after) && !is_of_word(before) {
            for mark in [Mark::Strong, Mark::Star, Mark::Underscore] {
                if rest.starts_with(mark.as_str()) && self.open.iter().all(|(open, _)| *open != mark) {
                    self.open.push((mark, Vec::new()));
                    rest = &rest[mark.as_str().len()..];
                }
            }
        }
        if !rest.is_empty() {
            self.text(rest);
        }
    }

    /// Closes a mark that is open. Those that were opened within and not closed are text.
    fn close(&mut self, mark: Mark) {
        while let Some((open, inlines)) = self.open.pop() {
            if open == mark {
                return self.here().push(mark.around(inlines));
            }
            self.spill(open, inlines);
        }
    }

    /// Takes a mark for text, with what came after it.
    fn spill(&mut self, mark: Mark, inlines: Vec<Inline>) {
        self.text(mark.as_str());
        for inline in inlines {
            match inline {
                Inline::Text(text) => self.text(&text),
                inline => self.here().push(inline),
            }
        }
    }

    fn finished(mut self) -> Vec<Inline> {
        while let Some((mark, inlines)) = self.open.pop() {
            self.spill(mark, inlines);
        }
        self.closed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The tree as HTML would have it, to be read at a glance.
    fn shown(inlines: &[Inline]) -> String {
        let one = |inline: &Inline| match inline {
            Inline::Text(text) => text.clone(),
            Inline::Code(code) => format!("<c>{code}</c>"),
            Inline::Strong(inner) => format!("<b>{}</b>", shown(inner)),
            Inline::Emphasis(inner) => format!("<i>{}</i>", shown(inner)),
            Inline::Link { label: None, url } => format!("<a>{}</a>", url.href()),
            Inline::Link { label: Some(label), url } => format!("<a {}>{label}</a>", url.href()),
        };
        inlines.iter().map(one).collect()
    }

    #[test]
    fn marks_cling_to_what_they_are_around() {
        for (written, expected) in [
            ("**bold** and *italic* and _italic_", "<b>bold</b> and <i>italic</i> and <i>italic</i>"),
            ("***both***", "<b><i>both</i></b>"),
            ("**a *b***", "<b>a <i>b</i></b>"),
            ("*a **b***", "<i>a <b>b</b></i>"),
            ("**two\nlines**", "<b>two\nlines</b>"),
            ("(**a**), *b*!", "(<b>a</b>), <i>b</i>!"),
            ("这是**重点**内容", "这是<b>重点</b>内容"),
            ("*a _b* c_", "<i>a _b</i> c_"),
            ("**a* b**", "<b>a* b</b>"),
            ("2*3*4, 2 * 3 * 4, 2**8", "2*3*4, 2 * 3 * 4, 2**8"),
            ("snake_case_name, __init__", "snake_case_name, __init__"),
            ("*.rs and *.toml", "*.rs and *.toml"),
            ("**/*.rs", "**/*.rs"),
            ("****, ** **, * *, **", "****, ** **, * *, **"),
            ("\\*no\\* mark", "\\*no\\* mark"),
            ("**not closed", "**not closed"),
            ("*not **closed", "*not **closed"),
        ] {
            assert_eq!(shown(&inlines(written)), expected, "{written}");
        }
    }

    #[test]
    fn code_is_left_alone() {
        for (written, expected) in [
            ("`a` and `*b*`", "<c>a</c> and <c>*b*</c>"),
            ("``a`b`` and `` ` ``", "<c>a`b</c> and <c>`</c>"),
            ("```on one line```", "<c>on one line</c>"),
            ("**`a`**", "<b><c>a</c></b>"),
            ("*a `b* c`", "*a <c>b* c</c>"),
            ("`https://a.example`", "<c>https://a.example</c>"),
            ("``, ` ``` ````", "``, ` ``` ````"),
        ] {
            assert_eq!(shown(&inlines(written)), expected, "{written}");
        }
    }

    #[test]
    fn addresses_are_links() {
        for (written, expected) in [
            ("see https://a.example/b, or", "see <a>https://a.example/b</a>, or"),
            ("**https://a.example**", "<b><a>https://a.example</a></b>"),
            ("hhttp://a.example", "hhttp://a.example"),
            ("(http://a.example/(b))", "(<a>http://a.example/(b)</a>)"),
            ("[a *b*](https://a.example/x_y_z)", "<a https://a.example/x_y_z>a *b*</a>"),
            ("[a](javascript:alert(1))", "[a](javascript:alert(1))"),
            ("[a][b] and [c] (d) ![e](f)", "[a][b] and [c] (d) ![e](f)"),
        ] {
            assert_eq!(shown(&inlines(written)), expected, "{written}");
        }
    }
}
