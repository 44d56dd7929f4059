//! Names of users and rooms: how they are shown, and what makes two of them the same.

use hubbub_shared::name::{self, NameError};
use icu_casemap::CaseMapper;
use icu_normalizer::properties::CanonicalCombiningClassMapBorrowed;
use icu_normalizer::{ComposingNormalizerBorrowed, DecomposingNormalizerBorrowed};

/// The most characters of a slug, as of the room id that is made of it.
const MAX_SLUG: usize = 40;

/// A name that may be used, if nobody has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Name {
    /// As it is shown.
    pub(crate) shown: String,
    /// Names with the same key are the same: they are [folded](fold) alike.
    pub(crate) key: String,
}

impl Name {
    /// The name of a user.
    pub(crate) fn of_user(text: &str) -> Result<Self, NameError> {
        Self::of(text, name::MAX_USER)
    }

    /// The name of a room.
    pub(crate) fn of_room(text: &str) -> Result<Self, NameError> {
        Self::of(text, name::MAX_ROOM)
    }

    fn of(text: &str, max: usize) -> Result<Self, NameError> {
        let shown = ComposingNormalizerBorrowed::new_nfc().normalize(text.trim()).into_owned();
        name::check(&shown, max)?;
        let key = fold(&shown);
        // Not only in these very letters: `ｇｕｅｓｔ－` looks the same.
        if key.starts_with(name::GUEST) { Err(NameError::Guest) } else { Ok(Self { shown, key }) }
    }

    /// The name in `[a-z0-9-]`, for addresses: diacritics are dropped, and whatever else is in between becomes one dash.
    /// None if nothing is left.
    pub(crate) fn slug(&self) -> Option<String> {
        let marks = CanonicalCombiningClassMapBorrowed::new();
        let apart = DecomposingNormalizerBorrowed::new_nfkd().normalize(&self.key);
        let mut slug = String::with_capacity(MAX_SLUG);
        let mut dash = false;
        for c in apart.chars().filter(|&c| marks.get_u8(c) == 0) {
            if !c.is_ascii_alphanumeric() {
                dash = !slug.is_empty();
                continue;
            }
            if slug.len() + usize::from(dash) >= MAX_SLUG {
                break;
            }
            if std::mem::take(&mut dash) {
                slug.push('-');
            }
            slug.push(c);
        }
        Some(slug).filter(|slug| !slug.is_empty())
    }
}

/// What texts have in common that differ in case or in form only: NFKC, then the full case fold, then NFKC again, as a
/// fold may leave what that composes. To fold once more changes nothing.
pub(crate) fn fold(text: &str) -> String {
    let nfkc = ComposingNormalizerBorrowed::new_nfkc();
    let folded = CaseMapper::new().fold_string(&nfkc.normalize(text)).into_owned();
    nfkc.normalize(&folded).into_owned()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn key(name: &str) -> String {
        Name::of_user(name).unwrap().key
    }

    fn slug(name: &str) -> Option<String> {
        Name::of_room(name).unwrap().slug()
    }

    #[test]
    fn a_name_is_shown_composed_and_without_space_around_it() {
        for (text, shown) in [
            ("Ada", "Ada"),
            (" \u{3000}Ada Lovelace\n", "Ada Lovelace"),
            ("Zoe\u{308}", "Zoë"),
            ("ﬁ", "ﬁ"),
            ("👩\u{200D}🔬", "👩\u{200D}🔬"),
        ] {
            assert_eq!(Name::of_user(text).unwrap().shown, shown);
        }
    }

    #[test]
    fn names_are_the_same_that_look_the_same() {
        for (one, other) in [
            ("Ada", "aDA"),
            ("Ada", "Ａｄａ"),
            ("Zoë", "ZOE\u{308}"),
            ("Straße", "STRASSE"),
            ("ΣΊΣΥΦΟΣ", "σίσυφος"),
            ("ﬁnn", "FINN"),
            ("ᾳ", "ΑΙ"),
            ("㎏", "KG"),
            ("ⅷ", "VIII"),
            ("\u{212B}sa", "åsa"),
        ] {
            assert_eq!(key(one), key(other), "{one} and {other}");
        }
        for (one, other) in [("Ada", "Adam"), ("Zoë", "Zoe"), ("a b", "ab"), ("I", "ı")] {
            assert_ne!(key(one), key(other), "{one} and {other}");
        }
    }

    #[test]
    fn what_is_no_name_is_refused_with_the_reason() {
        let long = "e\u{301}".repeat(name::MAX_USER);
        assert_eq!(Name::of_user(&long).map(|name| name.shown), Ok("é".repeat(name::MAX_USER)), "counted as composed");
        for (text, expected) in [
            ("", NameError::Empty),
            (" \t\u{3000}", NameError::Empty),
            (&*format!("{long}x"), NameError::TooLong(name::MAX_USER)),
            ("a\u{202E}b", NameError::Forbidden('\u{202E}')),
            (" \u{FEFF}", NameError::Forbidden('\u{FEFF}')),
            ("guest-1", NameError::Guest),
            (" Guest-1", NameError::Guest),
            ("ｇｕｅｓｔ-1", NameError::Guest),
            ("guest－1", NameError::Guest),
            ("guest\u{FE63}", NameError::Guest),
            ("gue\u{17F}t-1", NameError::Guest),
            ("gueﬆ-1", NameError::Guest),
        ] {
            assert_eq!(Name::of_user(text), Err(expected), "{text:?}");
        }
        assert_eq!(Name::of_room(&"x".repeat(name::MAX_ROOM)).map(|_| ()), Ok(()));
        assert_eq!(Name::of_room(&"x".repeat(name::MAX_ROOM + 1)), Err(NameError::TooLong(name::MAX_ROOM)));
    }

    #[test]
    fn a_slug_is_what_can_be_typed() {
        for (name, expected) in [
            ("Lobby", Some("lobby")),
            ("Rust & WebAssembly!", Some("rust-webassembly")),
            ("Crème brûlée", Some("creme-brulee")),
            ("  --a--b--  ", Some("a-b")),
            ("Straße №5", Some("strasse-no5")),
            ("ｆｕｌｌ", Some("full")),
            ("日本語", None),
            ("日本 2026", Some("2026")),
            ("👋", None),
            ("-", None),
        ] {
            assert_eq!(slug(name).as_deref(), expected, "{name}");
        }
    }

    #[test]
    fn a_long_slug_is_cut_and_ends_in_no_dash() {
        assert_eq!(slug(&"x".repeat(41)), Some("x".repeat(40)));
        assert_eq!(slug(&format!("{} y", "x".repeat(38))), Some(format!("{}-y", "x".repeat(38))));
        assert_eq!(slug(&format!("{} y", "x".repeat(39))), Some("x".repeat(39)));
        assert_eq!(slug(&format!("{} y", "x".repeat(40))), Some("x".repeat(40)));
    }

    /// Every character there is.
    #[test]
    fn each_character_folds_to_what_folds_to_itself() {
        for c in '\0'..=char::MAX {
            let folded = fold(c.encode_utf8(&mut [0; 4]));
            assert_eq!(fold(&folded), folded, "U+{:04X}", u32::from(c));
            if c.is_uppercase() {
                let small: String = c.to_lowercase().collect();
                assert_eq!(fold(&small), folded, "U+{:04X} in small letters", u32::from(c));
            }
        }
    }

    /// Letters of many kinds, and what normalization moves, composes and takes apart.
    fn texts() -> impl Strategy<Value = String> {
        let tricky = proptest::sample::select(
            "aAkKsSßẞſtﬆﬁiIıİ\u{307}\u{308}\u{345}\u{323}åÅ\u{212B}ᾳᾼΑΙςσΣǆǅ각\u{1100}\u{1161}ｇＧ㎏Ⅷ½ -—.\u{200D}👩漢字\u{F900}"
                .chars()
                .collect::<Vec<_>>(),
        );
        proptest::collection::vec(prop_oneof![4 => tricky, 1 => any::<char>()], 0..40).prop_map(String::from_iter)
    }

    proptest! {
        #[test]
        fn a_fold_is_final(text in texts()) {
            let folded = fold(&text);
            prop_assert_eq!(&fold(&folded), &folded);
        }

        #[test]
        fn a_name_made_of_a_name_is_the_same(text in texts()) {
            if let Ok(name) = Name::of_room(&text) {
                prop_assert_eq!(name.shown.trim(), &name.shown);
                prop_assert_eq!(&Name::of_room(&name.shown), &Ok(name.clone()));
                prop_assert!(!name.key.is_empty() && !name.key.starts_with(name::GUEST));
            }
        }

        #[test]
        fn form_makes_no_other_name(text in texts()) {
            if let Ok(name) = Name::of_room(&text) {
                let apart = DecomposingNormalizerBorrowed::new_nfd().normalize(&text).into_owned();
                prop_assert_eq!(Name::of_room(&apart), Ok(name.clone()));
                if let Ok(same) = Name::of_room(&name.key) {
                    prop_assert_eq!(same.key.trim(), name.key.trim());
                }
            }
        }

        #[test]
        fn a_slug_can_be_a_room_id(text in texts()) {
            if let Some(slug) = Name::of_room(&text).ok().and_then(|name| name.slug()) {
                prop_assert!((1..=MAX_SLUG).contains(&slug.len()));
                prop_assert!(slug.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-'));
                prop_assert!(!slug.starts_with('-') && !slug.ends_with('-') && !slug.contains("--"), "{slug}");
                prop_assert_eq!(Name::of_room(&slug).map(|name| name.slug()), Ok(Some(slug)));
            }
        }
    }
}
