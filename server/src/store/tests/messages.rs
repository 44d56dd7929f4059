//! Messages: one order, without a gap, and sent twice is stored once.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread;

use hubbub_shared::chat::request::Sent;

use super::*;

fn stored(seq: u64) -> Result<Appended, ErrorCode> {
    Ok(Appended { sent: Sent { seq, at: NOW }, fresh: true })
}

fn repeated(seq: u64) -> Result<Appended, ErrorCode> {
    Ok(Appended { sent: Sent { seq, at: NOW }, fresh: false })
}

#[test]
fn each_room_counts_its_own_messages_without_a_gap() {
    on_every_engine(|mut world| {
        let (ada, bob) = (world.user("Ada"), world.user("Bob"));
        let room = world.room(ada, "Rust");
        world.write(|tx| {
            let guest = tx.guest(guest(0x0a1b_2c3d, 1))?.key;
            let say = |author, room, number| NewMessage { room, author, id: id(number), text: "hello" };
            assert_eq!(tx.append(&say(Author::Member(ada), LOBBY, 1), NOW)?, stored(1));
            assert_eq!(tx.append(&say(Author::Member(bob), LOBBY, 1), NOW)?, stored(2), "an id is its author's own");
            assert_eq!(tx.append(&say(Author::Member(ada), &room, 2), NOW)?, stored(1));
            assert_eq!(tx.append(&say(Author::Guest(guest), LOBBY, 1), NOW)?, stored(3));
            assert_eq!(tx.append(&say(Author::Guest(guest), LOBBY, 2), NOW)?, stored(4));
            Ok(())
        });
        let lobby = world.all(bob, LOBBY);
        assert_eq!(seqs(&lobby), [1, 2, 3, 4]);
        let authors: Vec<_> = lobby.iter().map(|message| &*message.author.name).collect();
        assert_eq!(authors, ["Ada", "Bob", "guest-0a1b2c3d", "guest-0a1b2c3d"]);
        assert_eq!(lobby[2].author.id, "guest-0a1b2c3d");
        assert_eq!((world.info(LOBBY).head, world.info(&room).head), (4, 1));
        assert_eq!(world.info(LOBBY).members, 2, "a guest is no member");
    });
}

#[test]
fn what_was_sent_comes_back_as_it_was() {
    on_every_engine(|mut world| {
        let ada = world.session("Ada");
        let text = "  'quoted' \"\\ \n\t\u{0} \u{1F469}\u{200D}\u{1F680}  ";
        world.append(ada.key, LOBBY, id(9), text).unwrap();
        let message = Message { seq: 1, id: id(9), room: LOBBY.into(), author: ada.user, text: text.into(), at: NOW };
        assert_eq!(world.all(ada.key, LOBBY), [message]);
    });
}

#[test]
fn sent_twice_is_stored_once() {
    on_every_engine(|mut world| {
        let (ada, bob) = (world.user("Ada"), world.user("Bob"));
        let room = world.room(ada, "Rust");
        assert_eq!(world.append(ada, &room, id(1), "hello"), stored(1));
        assert_eq!(world.append(ada, &room, id(1), "hello"), repeated(1));
        assert_eq!(world.append(ada, &room, id(1), "other"), Err(ErrorCode::IdReused));
        assert_eq!(world.append(ada, LOBBY, id(1), "hello"), Err(ErrorCode::IdReused));
        assert_eq!(world.append(ada, "nowhere", id(1), "hello"), Err(ErrorCode::IdReused));
        // The first answer stays the answer, at any later time and out of the room too.
        world.write(|tx| tx.leave(ada, &room)).unwrap();
        let again = NewMessage { room: &room, author: Author::Member(ada), id: id(1), text: "hello" };
        assert_eq!(world.write(|tx| tx.append(&again, NOW + 1_000)), repeated(1));
        assert_eq!(world.append(ada, &room, id(2), "hello"), Err(ErrorCode::NotAMember));

        world.join(bob, &room);
        assert_eq!(world.append(bob, &room, id(1), "hello"), stored(2));
        assert_eq!(seqs(&world.all(bob, &room)), [1, 2]);
    });
}

#[test]
fn a_guest_is_one_connection_and_no_other_is_called_so() {
    on_every_engine(|mut world| {
        let [first, second] = [1, 2].map(|number| guest(0x0a1b_2c3d, number));
        let (one, two) = world.write(|tx| Ok((tx.guest(first)?, tx.guest(second)?)));
        assert_eq!((&*one.user.id, &*one.user.name), ("guest-0a1b2c3d", "guest-0a1b2c3d"));
        assert_eq!((two.user.id.len(), &two.user.id[..6], &two.user.name), (14, "guest-", &two.user.id));
        assert!(one.key != two.key && one.user.id != two.user.id);
        // Whoever comes again is the same, in this transaction and in any other.
        let again = world.write(|tx| Ok([tx.guest(second)?, tx.guest(first)?, tx.guest(second)?]));
        assert_eq!(again, [two.clone(), one, two]);
    });
}

#[test]
fn a_guest_whose_transaction_failed_is_none_yet() {
    on_every_engine(|mut world| {
        let first = guest(0x0a1b_2c3d, 1);
        let failed = world.writer.transaction(|tx| tx.guest(first).and(Err::<(), _>(StoreError::Full)));
        assert!(failed.is_err());
        assert_eq!(world.write(|tx| tx.guest(guest(0x0a1b_2c3d, 2))).user.id, "guest-0a1b2c3d");
        assert_ne!(world.write(|tx| tx.guest(first)).user.id, "guest-0a1b2c3d");
    });
}

#[test]
fn a_repeat_within_the_same_transaction_is_a_repeat() {
    on_every_engine(|mut world| {
        let ada = world.user("Ada");
        let hello = NewMessage { room: LOBBY, author: Author::Member(ada), id: id(1), text: "hello" };
        let answers = world.write(|tx| Ok([tx.append(&hello, NOW)?, tx.append(&hello, NOW)?]));
        assert_eq!(answers, [stored(1), repeated(1)]);
        let guest = world.write(|tx| tx.guest(guest(0, 1))).key;
        let hello = NewMessage { author: Author::Guest(guest), ..hello };
        let answers = world.write(|tx| Ok([tx.append(&hello, NOW)?, tx.append(&hello, NOW)?]));
        assert_eq!(answers, [stored(2), repeated(2)]);
    });
}

#[test]
fn a_refusal_takes_no_number_and_no_neighbour() {
    on_every_engine(|mut world| {
        let (ada, bob) = (world.user("Ada"), world.user("Bob"));
        let room = world.room(ada, "Rust");
        world.write(|tx| {
            let guest = tx.guest(guest(0x0a1b_2c3d, 1))?.key;
            let say = |author, room, number| NewMessage { room, author, id: id(number), text: "hello" };
            assert_eq!(tx.append(&say(Author::Member(ada), &room, 1), NOW)?, stored(1));
            assert_eq!(tx.append(&say(Author::Member(bob), &room, 1), NOW)?, Err(ErrorCode::NotAMember));
            assert_eq!(tx.append(&say(Author::Member(ada), "nowhere", 2), NOW)?, Err(ErrorCode::NoSuchRoom));
            assert_eq!(tx.append(&say(Author::Guest(guest), "nowhere", 2), NOW)?, Err(ErrorCode::NoSuchRoom));
            assert_eq!(tx.append(&say(Author::Member(ada), &room, 3), NOW)?, stored(2));
            Ok(())
        });
        assert_eq!(seqs(&world.all(ada, &room)), [1, 2]);
    });
}

#[test]
fn a_rooms_clock_never_runs_backwards() {
    on_every_engine(|mut world| {
        let ada = world.user("Ada");
        let room = world.room(ada, "Rust");
        let mut at = |room: &str, number, now| {
            let message = NewMessage { room, author: Author::Member(ada), id: id(number), text: "hello" };
            world.write(|tx| tx.append(&message, now)).unwrap().sent.at
        };
        assert_eq!(at(LOBBY, 1, NOW), NOW);
        assert_eq!(at(LOBBY, 2, NOW - 5_000), NOW);
        assert_eq!(at(&room, 3, NOW - 5_000), NOW - 5_000, "another room's own clock");
        assert_eq!(at(LOBBY, 4, NOW + 1), NOW + 1);
        assert_eq!(at(LOBBY, 1, NOW + 9), NOW, "a repeat has the first time");
    });
}

#[test]
fn what_fails_has_not_happened() {
    on_every_engine(|mut world| {
        let ada = world.user("Ada");
        world.send(ada, LOBBY, "before");
        let mut half = |end: fn() -> Result<(), StoreError>| {
            world.writer.transaction(|tx| {
                let guest = tx.guest(guest(0, 1))?.key;
                let hello = NewMessage { room: LOBBY, author: Author::Member(ada), id: id(77), text: "hello" };
                assert_eq!(tx.append(&hello, NOW)?, stored(2));
                assert_eq!(tx.append(&NewMessage { author: Author::Guest(guest), ..hello }, NOW)?, stored(3));
                tx.create_room(ada, &room_name("Rust"), "")?.unwrap();
                tx.sign_up(&user_name("Bob"), token(99), NOW)?.unwrap();
                end()
            })
        };
        assert!(half(|| Err(StoreError::Full)).is_err());
        assert!(catch_unwind(AssertUnwindSafe(|| half(|| panic!("on purpose")))).is_err());

        assert_eq!(seqs(&world.all(ada, LOBBY)), [1]);
        assert_eq!(world.read(world.store.room("rust".into())), None);
        assert_eq!(world.read(world.store.session(token(99))), None);
        assert_eq!(world.append(ada, LOBBY, id(77), "hello"), stored(2), "as if it had never been sent");
        world.user("Bob");
    });
}

#[test]
fn what_was_acknowledged_is_there_after_a_restart() {
    let mut world = World::new(Engine::SqliteFile);
    let ada = world.user("Ada");
    world.fill(ada, LOBBY, 3);
    let (before, store) = (world.all(ada, LOBBY), world.store.id().to_owned());
    let mut world = world.reopened();
    assert_eq!(world.all(ada, LOBBY), before);
    assert_eq!(world.store.id(), store);
    assert_eq!(world.send(ada, LOBBY, "on"), 4);
}

#[test]
fn an_answer_is_of_one_instant() {
    on_every_engine(|mut world| {
        const BATCH: u64 = 5;
        let ada = world.user("Ada");
        let store = world.store.clone();
        let reading = thread::spawn(move || {
            let runtime = Builder::new_multi_thread().worker_threads(2).build().unwrap();
            let read_to_the_end = |store: Store| async move {
                loop {
                    let held = [(LOBBY.to_owned(), 0)].into();
                    let lobby = store.sync(ada, held).await.unwrap().remove(0);
                    assert_eq!(lobby.info.head % BATCH, 0, "half a transaction");
                    assert_eq!(seqs(&lobby.messages), (1..=lobby.info.head.min(200)).collect::<Vec<_>>());
                    if lobby.info.head == 40 * BATCH {
                        break;
                    }
                }
            };
            let readers: Vec<_> = (0..8).map(|_| runtime.spawn(read_to_the_end(store.clone()))).collect();
            runtime.block_on(async {
                for reader in readers {
                    reader.await.unwrap();
                }
            });
        });
        for _ in 0..40 {
            world.fill(ada, LOBBY, BATCH);
        }
        reading.join().unwrap();
    });
}
