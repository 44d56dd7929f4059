//! Completing what is being written: `:smi` to an emoji, `@ad` to a name.
//!
//! The page counts in UTF-16 units where a caret stands, and so do the arguments and answers here.

use std::ops::Range;

use super::case;

/// The most that are offered.
const MOST: usize = 8;
/// A name has no more characters: beyond, an `@` has nothing to do with the caret.
const LONGEST_NAME: usize = 32;

/// What the page knows the names of: a line for each emoji, which is the emoji and its names with spaces between.
/// Lines that begin with `#` say what the list is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Emojis(String);

/// What stands before the caret and may be completed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// What it is to be.
    pub kind: Kind,
    /// What of it is written, without the mark before it.
    pub written: String,
    /// Where it stands, with the mark.
    at: Range<usize>,
}

/// What can be completed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// After `:`.
    Emoji,
    /// After `@`.
    Person,
}

/// Something to choose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// What it is: an emoji, or `@`.
    pub sign: String,
    /// What it is called.
    pub name: String,
}

/// What to put in the place of what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// From where to where, in UTF-16 units.
    pub at: Range<u32>,
    /// The caret is behind it afterwards.
    pub with: String,
}

impl Asked {
    /// What may be completed at the caret.
    #[must_use]
    pub fn at(text: &str, caret: u32) -> Option<Self> {
        let caret = byte_offset(text, caret);
        let before = &text[..caret];
        let asked = |kind, mark: usize| {
            let clings = before[..mark].chars().next_back().is_none_or(|c| !c.is_ascii_alphanumeric());
            clings.then(|| Self { kind, written: before[mark + 1..].into(), at: mark..caret })
        };
        let code = before.trim_end_matches(is_of_shortcode);
        if let Some(outside) = code.strip_suffix(':').filter(|_| code.len() < before.len()) {
            return asked(Kind::Emoji, outside.len());
        }
        // A name may have spaces in it.
        let (back, _) =
            before.chars().rev().take(LONGEST_NAME + 1).enumerate().find(|(_, c)| matches!(c, '@' | '\n'))?;
        let mark = before.char_indices().rev().nth(back)?.0;
        before[mark..].starts_with('@').then(|| asked(Kind::Person, mark))?
    }

    /// What it may become, the likeliest first.
    ///
    /// An emoji takes two characters (so that `:D` and `:p` stay faces), and a name that is written in full, with no other
    /// to choose, is complete.
    pub fn candidates<'a>(&self, emojis: &Emojis, people: impl IntoIterator<Item = &'a str>) -> Vec<Candidate> {
        let written = case::lower(&self.written);
        match self.kind {
            Kind::Emoji if written.len() < 2 => Vec::new(),
            Kind::Emoji => emojis.like(&written),
            Kind::Person => {
                let people = people.into_iter().map(|name| ("@", name, case::lower(name)));
                let found = ranked(&written, people);
                let is_complete = found.len() == 1 && found[0].name == self.written;
                if is_complete { Vec::new() } else { found }
            }
        }
    }

    /// Puts the chosen one where the written is, and a space behind it.
    #[must_use]
    pub fn choose(&self, text: &str, chosen: &Candidate) -> Edit {
        let with = match self.kind {
            Kind::Emoji => format!("{} ", chosen.sign),
            Kind::Person => format!("@{} ", chosen.name),
        };
        edit(text, self.at.clone(), with)
    }
}

impl Emojis {
    /// Reads a list.
    #[must_use]
    pub fn new(list: String) -> Self {
        Self(list)
    }

    /// Puts the emoji in the place of each of these [`shortcodes`] that has one. From the end, so that no edit moves
    /// another.
    #[must_use]
    pub fn finished(&self, text: &str, shortcodes: Vec<Range<usize>>) -> Vec<Edit> {
        let mut edits = Vec::new();
        for at in shortcodes.into_iter().rev() {
            let written = &text[at.start + 1..at.end - 1];
            if let Some((emoji, _)) = self.names().find(|(_, name)| *name == written) {
                edits.push(edit(text, at, emoji.into()));
            }
        }
        edits
    }

    fn like(&self, written: &str) -> Vec<Candidate> {
        ranked(written, self.names().map(|(emoji, name)| (emoji, name, name)))
    }

    fn names(&self) -> impl Iterator<Item = (&str, &str)> {
        let emojis = self.0.lines().filter(|line| !line.starts_with("# ")).filter_map(|line| line.split_once(' '));
        emojis.flat_map(|(emoji, names)| names.split(' ').map(move |name| (emoji, name)))
    }
}

/// Where something stands in full that may be the name of an emoji, like `:smile:`, with its colons. Never within code, be
/// it between backticks or not closed yet.
#[must_use]
pub fn shortcodes(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let (mut begins, mut in_block) = (0, false);
    for line in text.split_inclusive('\n') {
        if line.starts_with("```") {
            in_block = !in_block;
        } else if !in_block {
            shortcodes_of(line, begins, &mut found);
        }
        begins += line.len();
    }
    found
}

fn shortcodes_of(line: &str, begins: usize, found: &mut Vec<Range<usize>>) {
    let (mut open, mut in_code, mut before) = (None, false, ' ');
    for (at, c) in line.char_indices() {
        match (c, open) {
            ('`', _) => (open, in_code) = (None, !in_code),
            (':', Some(colon)) if colon + 1 < at => {
                found.push(begins + colon..begins + at + 1);
                open = None;
            }
            (':', _) => open = (!in_code && !before.is_ascii_alphanumeric()).then_some(at),
            _ if !is_of_shortcode(c) => open = None,
            _ => {}
        }
        before = c;
    }
}

/// First what is just that, then what begins with it, then what has it within; a sign once.
fn ranked<'a, K: AsRef<str>>(written: &str, all: impl Iterator<Item = (&'a str, &'a str, K)>) -> Vec<Candidate> {
    let mut found: [Vec<(&str, &str)>; 3] = Default::default();
    for (sign, name, key) in all {
        let rank = match key.as_ref().find(written) {
            Some(0) if key.as_ref().len() == written.len() => 0,
            Some(0) => 1,
            Some(_) => 2,
            None => continue,
        };
        if found[rank].len() < MOST && !found[rank].iter().any(|(other, _)| *other == sign && sign != "@") {
            found[rank].push((sign, name));
        }
    }
    let mut candidates: Vec<Candidate> = Vec::new();
    for (sign, name) in found.into_iter().flatten() {
        let is_new = sign == "@" || !candidates.iter().any(|other| other.sign == sign);
        if is_new && candidates.len() < MOST {
            candidates.push(Candidate { sign: sign.into(), name: name.into() });
        }
    }
    candidates
}

fn is_of_shortcode(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '+' | '-')
}

fn edit(text: &str, at: Range<usize>, with: String) -> Edit {
    let units = |end: usize| u32::try_from(text[..end].encode_utf16().count()).unwrap_or(u32::MAX);
    Edit { at: units(at.start)..units(at.end), with }
}

/// Where this many UTF-16 units end, in bytes: at most at the end, and never within a character.
fn byte_offset(text: &str, units: u32) -> usize {
    let mut left = units;
    let end = text.char_indices().find(|(_, c)| {
        let units = u32::from(c.len_utf16() == 2) + 1;
        let fits = left >= units;
        left = left.saturating_sub(units);
        !fits
    });
    end.map_or(text.len(), |(at, _)| at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn emojis() -> Emojis {
        Emojis::new("# a list\n😃 smiley\n😄 smile grin_smile\n😼 smirk_cat\n❤️ heart\n😍 heart_eyes\n#️⃣ hash\n👍 +1 thumbsup\n".into())
    }

    fn units(text: &str) -> u32 {
        u32::try_from(text.encode_utf16().count()).unwrap()
    }

    /// The candidates where `|` is.
    fn offered(marked: &str) -> Vec<String> {
        let (before, after) = marked.split_once('|').unwrap();
        let asked = Asked::at(&format!("{before}{after}"), units(before));
        let people = ["Ada", "Ada Lovelace", "Bob", "Lada", "Zoë"];
        asked
            .map_or(Vec::new(), |asked| asked.candidates(&emojis(), people))
            .into_iter()
            .map(|candidate| candidate.name)
            .collect()
    }

    fn applied(text: &str, edit: &Edit) -> String {
        let units: Vec<u16> = text.encode_utf16().collect();
        let (start, end) = (edit.at.start as usize, edit.at.end as usize);
        let all: Vec<u16> = units[..start]
            .iter()
            .copied()
            .chain(edit.with.encode_utf16())
            .chain(units[end..].iter().copied())
            .collect();
        String::from_utf16(&all).unwrap()
    }

    #[test]
    fn what_is_before_the_caret_is_completed() {
        for (marked, expected) in [
            (":smi|", &["smiley", "smile", "smirk_cat"][..]),
            ("hi :SMILE| there", &["smile", "smiley"]),
            (":heart|", &["heart", "heart_eyes"]),
            ("(:eyes|", &["heart_eyes"]),
            (":has|", &["hash"]),
            (":+1|", &["+1"]),
            (":s|", &[]),
            (":|", &[]),
            (":D|", &[]),
            ("10:30|", &[]),
            ("https://smi|", &[]),
            (": smi|", &[]),
            ("@ad|", &["Ada", "Ada Lovelace", "Lada"]),
            ("😀 @|", &["Ada", "Ada Lovelace", "Bob", "Lada", "Zoë"]),
            ("@ada l|ovelace", &["Ada Lovelace"]),
            ("@ZOË|", &["Zoë"]),
            ("@Zoë|", &[]),
            ("@bob|", &["Bob"]),
            ("@bob hello|", &[]),
            ("mail@ad|", &[]),
            ("@\nad|", &[]),
            ("|@ad", &[]),
        ] {
            assert_eq!(offered(marked), expected, "{marked}");
        }
    }

    #[test]
    fn the_chosen_takes_the_place_of_the_written() {
        let text = "😀 :smi there";
        let asked = Asked::at(text, units("😀 :smi")).unwrap();
        let chosen = &asked.candidates(&emojis(), [])[1];
        let edit = asked.choose(text, chosen);
        assert_eq!(edit, Edit { at: 3..7, with: "😄 ".into() });
        assert_eq!(applied(text, &edit), "😀 😄  there");

        let asked = Asked::at("@ada l", 6).unwrap();
        let chosen = &asked.candidates(&emojis(), ["Ada Lovelace"])[0];
        assert_eq!(asked.choose("@ada l", chosen), Edit { at: 0..6, with: "@Ada Lovelace ".into() });
    }

    /// What becomes of a text with shortcodes in it.
    fn finished(text: &str) -> String {
        let edits = emojis().finished(text, shortcodes(text));
        edits.iter().fold(text.to_owned(), |text, edit| applied(&text, edit))
    }

    #[test]
    fn a_shortcode_in_full_becomes_its_emoji() {
        for (written, expected) in [
            (":smile:", "😄"),
            ("é :thumbsup:", "é 👍"),
            ("pasted :smile: and\n:heart::+1:, (:smiley:)", "pasted 😄 and\n❤️👍, (😃)"),
            ("::smile:", ":😄"),
            (":nobody: :smile:", ":nobody: 😄"),
            ("`a` :smile: `b`", "`a` 😄 `b`"),
            ("```\n:smile:\n```\n:smile:", "```\n:smile:\n```\n😄"),
        ] {
            assert_eq!(finished(written), expected, "{written}");
        }
        for same in [
            ":smile",
            ":smil:",
            "a:smile:",
            "10:30:+1:",
            "::",
            "@ada:",
            ":smi le:",
            "`:smile:`",
            "`let a = :smile:",
            "```\n:smile:",
            "```\na\n:smile:\n```",
        ] {
            assert_eq!(finished(same), same);
        }
        assert!(Emojis::default().finished(":smile:", shortcodes(":smile:")).is_empty());
    }

    #[test]
    fn a_caret_is_never_within_a_character() {
        assert_eq!([0, 1, 2, 3, 4, 99].map(|units| byte_offset("a😀b", units)), [0, 1, 1, 5, 6, 6]);
    }

    proptest! {
        #[test]
        fn any_choice_fits(text in "[:@a-c \\n😀é]{0,20}", caret in 0_u32..30, name in "[a-c ]{1,4}") {
            if let Some(asked) = Asked::at(&text, caret) {
                let candidates = asked.candidates(&emojis(), [&*name]);
                prop_assert!(candidates.len() <= MOST);
                for candidate in &candidates {
                    let edit = asked.choose(&text, candidate);
                    prop_assert!(edit.at.start < edit.at.end && edit.at.end <= caret);
                    prop_assert!(applied(&text, &edit).contains(&edit.with));
                }
            }
            finished(&text);
        }
    }
}
