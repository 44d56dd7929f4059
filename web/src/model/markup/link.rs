//! Links: where one may go, and where in a text there is one.

use super::Inline;

/// An address that a link may go to: http, https or mailto, and nothing in it that can't be seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Url {
    href: String,
    /// Who gets to hear of it: in bytes of `href`, from where to where.
    host: (usize, usize),
}

impl Url {
    fn new(href: &str) -> Option<Self> {
        let (scheme, rest) = split_scheme(href)?;
        let host = &rest[..rest.find(['/', '?', '#']).unwrap_or(rest.len())];
        let is_good = match host.split_once('@') {
            // Before an @ there can be a name that looks like the host.
            None => !is_mail(scheme) && is_host(host),
            Some((name, host)) => is_mail(scheme) && !name.is_empty() && is_host(host),
        };
        let host = (scheme.len(), scheme.len() + host.len());
        (is_good && href.chars().all(is_of_url)).then(|| Self { href: href.into(), host })
    }

    /// The address, as it was written.
    #[must_use]
    pub fn href(&self) -> &str {
        &self.href
    }

    /// Who gets to hear of it: the host with its port, or the one who gets the mail.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.href[self.host.0..self.host.1]
    }
}

/// An address at the beginning of a text; or how much of the text is none.
pub(super) fn bare(text: &str) -> (usize, Option<Inline>) {
    let Some((scheme, rest)) = split_scheme(text) else {
        return (text.chars().next().map_or(0, char::len_utf8), None);
    };
    let end = scheme.len() + rest.find(|c| !is_of_url(c)).unwrap_or(rest.len());
    let href = without_punctuation(&text[..end]);
    match Url::new(href) {
        Some(url) => (href.len(), Some(Inline::Link { label: None, url })),
        None => (end, None),
    }
}

/// `[label](address)` at the beginning of a text; or how much of the text is none.
pub(super) fn labelled(text: &str) -> (usize, Option<Inline>) {
    let link = || {
        let inner = text.strip_prefix('[')?;
        let (label, rest) = inner.split_at(inner.find(['[', ']', '\n'])?);
        let target = rest.strip_prefix("](")?;
        let href = &target[..closing_parenthesis(target)?];
        let url = Url::new(href).filter(|_| !label.trim().is_empty())?;
        let length = "[](".len() + label.len() + href.len() + ")".len();
        Some((length, Inline::Link { label: Some(label.into()), url }))
    };
    link().map_or((1, None), |(length, link)| (length, Some(link)))
}

/// Where the parenthesis is closed that was open before this address.
fn closing_parenthesis(target: &str) -> Option<usize> {
    let mut depth = 1;
    for (at, c) in target.char_indices() {
        match c {
            '(' => depth += 1,
            ')' => depth -= 1,
            // So that each piece of the text is looked at once, however many links it seems to begin.
            '[' => return None,
            _ if !is_of_url(c) => return None,
            _ => {}
        }
        if depth == 0 {
            return Some(at);
        }
    }
    None
}

/// The scheme with what follows it always, and the rest.
fn split_scheme(text: &str) -> Option<(&str, &str)> {
    ["https://", "http://", "mailto:"].into_iter().find_map(|scheme| {
        let (start, rest) = text.split_at_checked(scheme.len())?;
        start.eq_ignore_ascii_case(scheme).then_some((start, rest))
    })
}

fn is_mail(scheme: &str) -> bool {
    !scheme.ends_with('/')
}

/// Whether this may be a host, with a port or without. A browser reads more than this as one (`%65xample.org`, or an
/// address of version 6); such a link is text.
fn is_host(host: &str) -> bool {
    host.starts_with(char::is_alphanumeric)
        && host.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | ':'))
}

/// What can stand in an address as people write them. (A backslash a browser reads as a slash.)
fn is_of_url(c: char) -> bool {
    let ends_it = matches!(c, '<' | '>' | '"' | '`' | '\\' | '{' | '}' | '|' | '^');
    !(ends_it || c.is_whitespace() || c.is_control() || is_unseen(c) || is_wide_punctuation(c))
}

/// Punctuation of Chinese and Japanese, which no space sets off from an address.
fn is_wide_punctuation(c: char) -> bool {
    matches!(c, '\u{3001}'..='\u{303F}' | '\u{FF01}'..='\u{FF0F}' | '\u{FF1A}'..='\u{FF20}')
}

/// Without width, or changing the direction of others: it could make an address look like another.
fn is_unseen(c: char) -> bool {
    matches!(c, '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}' | '\u{180B}'..='\u{180F}'
        | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{2800}' | '\u{3164}'
        | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFA0}' | '\u{FFF0}'..='\u{FFFB}' | '\u{E0000}'..='\u{E0FFF}')
}

/// Without what ends the sentence that the address stands in, or closes what was opened before it.
fn without_punctuation(mut url: &str) -> &str {
    let count = |mark: char| url.matches(mark).count();
    let mut unopened = count(')').saturating_sub(count('('));
    let mut unopened_square = count(']').saturating_sub(count('['));
    while let Some(last) = url.chars().next_back() {
        match last {
            ')' if unopened > 0 => unopened -= 1,
            ']' if unopened_square > 0 => unopened_square -= 1,
            '.' | ',' | ':' | ';' | '!' | '?' | '\'' | '’' | '”' | '…' | '*' | '_' | '~' => {}
            _ => break,
        }
        url = &url[..url.len() - last.len_utf8()];
    }
    url
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_these_schemes_and_what_is_plain_to_see() {
        for (href, host) in [
            ("https://a.example", "a.example"),
            ("HTTP://A.example:80/b?c#d", "A.example:80"),
            ("https://münchen.example/ü", "münchen.example"),
            ("mailto:ada@a.example?subject=b", "ada@a.example"),
        ] {
            assert_eq!(Url::new(href).as_ref().map(Url::host), Some(host), "{href}");
        }
        for href in [
            "javascript:alert(1)",
            "data:text/html,a",
            "ftp://a.example",
            "//a.example",
            "/a",
            "https://",
            "https:///a.example",
            "https:a.example",
            "mailto:ada",
            "mailto:@a.example",
            "https://bank.example@evil.example",
            "https://bank.example\\@evil.example",
            "https://bank.example\u{200B}.evil.example",
            "https://a.example/\u{202E}gpj",
            "https://%65vil.example",
            "https://.a",
            "https://a b",
        ] {
            assert_eq!(Url::new(href), None, "{href}");
        }
    }

    #[test]
    fn punctuation_stays_outside() {
        for (text, href) in [
            ("https://a.example.", "https://a.example"),
            ("https://a.example/?b!?...", "https://a.example/?b"),
            ("https://a.example/b_(c)", "https://a.example/b_(c)"),
            ("https://a.example/b_(c)))", "https://a.example/b_(c)"),
            ("https://a.example/?b[]=1]", "https://a.example/?b[]=1"),
            ("https://a.example'", "https://a.example"),
            ("https://a.example。再", "https://a.example"),
            ("https://a.example>", "https://a.example"),
            ("https://a.example/", "https://a.example/"),
        ] {
            let (length, link) = bare(text);
            assert_eq!((length, link.is_some()), (href.len(), true), "{text}");
        }
    }
}
