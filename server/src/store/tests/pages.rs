//! Pages of history, and the arithmetic under them.

use hubbub_shared::chat::{MAX_PAGE, PAGE};
use proptest::prelude::*;

use super::super::page::{Budget, Stretch, json_bytes};
use super::*;

#[test]
fn a_page_is_just_before_or_just_after_its_cursor() {
    on_every_engine(|mut world| {
        let ada = world.user("Ada");
        world.fill(ada, LOBBY, 250);
        let nothing = [];
        for (cursor, limit, expected, more) in [
            (Cursor::Before(11), 5, vec![6, 7, 8, 9, 10], true),
            (Cursor::Before(6), 5, vec![1, 2, 3, 4, 5], false),
            (Cursor::Before(2), 5, vec![1], false),
            (Cursor::Before(1), 5, nothing.to_vec(), false),
            (Cursor::Before(0), 5, nothing.to_vec(), false),
            (Cursor::Before(251), 1, vec![250], true),
            (Cursor::Before(u64::MAX), 2, vec![249, 250], true),
            (Cursor::Before(1 << 63), 2, vec![249, 250], true),
            (Cursor::After(0), 3, vec![1, 2, 3], true),
            (Cursor::After(247), 3, vec![248, 249, 250], false),
            (Cursor::After(248), 3, vec![249, 250], false),
            (Cursor::After(250), 3, nothing.to_vec(), false),
            (Cursor::After(251), 3, nothing.to_vec(), false),
            (Cursor::After(u64::MAX), 3, nothing.to_vec(), false),
        ] {
            let page = world.history(ada, LOBBY, cursor, limit).unwrap();
            assert_eq!((seqs(&page.messages), page.more), (expected, more), "{cursor:?}");
        }
        for limit in [200, 201, u64::MAX] {
            assert_eq!(world.history(ada, LOBBY, Cursor::After(0), limit).unwrap().messages.len(), 200);
            assert_eq!(world.history(ada, LOBBY, Cursor::Before(u64::MAX), limit).unwrap().messages.len(), 200);
        }
        assert_eq!(world.history(ada, LOBBY, Cursor::After(0), 0), Err(ErrorCode::BadRequest));
        assert_eq!(world.history(ada, "nowhere", Cursor::After(0), 1), Err(ErrorCode::NoSuchRoom));
        let bob = world.user("Bob");
        let room = world.room(bob, "Rust");
        assert_eq!(world.history(ada, &room, Cursor::After(0), 1), Err(ErrorCode::NotAMember));
    });
}

/// What a room with messages 1 to `head` should answer, straight from the contract.
fn expected(cursor: Cursor, limit: u64, head: u64) -> Vec<u64> {
    let limit = usize::try_from(limit.min(MAX_PAGE)).unwrap();
    match cursor {
        Cursor::After(seq) => (1..=head).filter(|&each| each > seq).take(limit).collect(),
        Cursor::Before(seq) => {
            let before: Vec<_> = (1..=head).filter(|&each| each < seq).collect();
            before[before.len().saturating_sub(limit)..].to_vec()
        }
    }
}

fn any_seq() -> impl Strategy<Value = u64> {
    prop_oneof![0..1_000_u64, Just(u64::MAX), Just(1 << 63), Just((1 << 63) - 1), any::<u64>()]
}

fn any_cursor() -> impl Strategy<Value = Cursor> {
    prop_oneof![any_seq().prop_map(Cursor::Before), any_seq().prop_map(Cursor::After)]
}

proptest! {
    #[test]
    fn a_stretch_is_what_the_contract_says(cursor in any_cursor(), limit in 1..500_u64, head in 0..600_u64) {
        let stretch = Stretch::new(cursor, limit, head);
        prop_assert_eq!(stretch.seqs.collect::<Vec<_>>(), expected(cursor, limit, head));
    }

    #[test]
    fn no_number_is_too_large(cursor in any_cursor(), limit in 1_u64.., head: u64) {
        let stretch = Stretch::new(cursor, limit, head);
        prop_assert!(stretch.seqs.is_empty() || (*stretch.seqs.start() >= 1 && *stretch.seqs.end() <= head));
        prop_assert!(stretch.seqs.is_empty() || stretch.seqs.end() - stretch.seqs.start() < MAX_PAGE);
    }

    #[test]
    fn what_is_synced_follows_what_is_held(held in proptest::option::of(any_seq()), head in 0..600_u64) {
        let expected = match held {
            Some(held) if held <= head => expected(Cursor::After(held), MAX_PAGE, head),
            _ => expected(Cursor::Before(u64::MAX), PAGE, head),
        };
        prop_assert_eq!(Stretch::to_sync(held, head).seqs.collect::<Vec<_>>(), expected);
    }

    #[test]
    fn a_list_has_what_fits_and_always_one(sizes in proptest::collection::vec(1..300_000_usize, 0..20)) {
        let mut budget = Budget::of_reply();
        let taken: Vec<_> = sizes.iter().copied().take_while(|&size| budget.take(size)).collect();
        prop_assert!(taken.len() <= 1 || taken.iter().sum::<usize>() <= 256 << 10);
        prop_assert_eq!(taken.is_empty(), sizes.is_empty());
    }

    #[test]
    fn bytes_are_counted_as_they_are_written(text: String) {
        prop_assert_eq!(json_bytes(&text), serde_json::to_string(&text).unwrap().len() + 1);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    /// Whoever goes from page to page, in either direction, sees every message once.
    #[test]
    fn pages_meet_without_a_gap(count in 0..450_u64, limit in 1..250_u64, long in 0..3_u64) {
        for engine in ENGINES {
            let mut world = World::new(engine);
            let ada = world.user("Ada");
            world.fill(ada, LOBBY, count / 2);
            for _ in 0..long * 8 {
                world.send(ada, LOBBY, &"🦀".repeat(4_000));
            }
            world.fill(ada, LOBBY, count - count / 2);
            let every: Vec<_> = (1..=count + long * 8).collect();

            let (mut down, mut before) = (Vec::new(), u64::MAX);
            loop {
                let page = world.history(ada, LOBBY, Cursor::Before(before), limit).unwrap();
                down.splice(0..0, seqs(&page.messages));
                if !page.more {
                    break;
                }
                before = down[0];
            }
            prop_assert_eq!(&down, &every);

            let mut up = Vec::new();
            loop {
                let after = up.last().copied().unwrap_or(0);
                let page = world.history(ada, LOBBY, Cursor::After(after), limit).unwrap();
                up.extend(seqs(&page.messages));
                if !page.more {
                    break;
                }
            }
            prop_assert_eq!(&up, &every);
        }
    }
}
