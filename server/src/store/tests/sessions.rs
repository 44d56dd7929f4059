//! Users, their sessions, and the end of both.

use super::*;

#[test]
fn a_session_is_found_by_its_token() {
    on_every_engine(|mut world| {
        let ada = world.write(|tx| tx.sign_up(&user_name("Ada Lovelace"), token(1), NOW)).unwrap();
        assert_eq!((&*ada.user.name, ada.seen_ms), ("Ada Lovelace", NOW));
        assert!(ada.user.id.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit()), "{}", ada.user.id);
        assert_eq!(world.read(world.store.session(token(1))), Some(ada.clone()));
        assert_eq!(world.read(world.store.session(token(2))), None);
        assert_eq!(world.write(|tx| tx.rooms_of(ada.id)), Some(vec![LOBBY.into()]));
    });
}

#[test]
fn a_name_is_one_users() {
    on_every_engine(|mut world| {
        world.user("Zoë");
        for same in ["Zoë", "ZOË", "Zoe\u{308}"] {
            let token = token(world.fresh());
            assert_eq!(world.write(|tx| tx.sign_up(&user_name(same), token, NOW)), Err(ErrorCode::NameTaken), "{same}");
            assert_eq!(world.read(world.store.session(token)), None);
        }
        assert_eq!(world.info(LOBBY).members, 1);
        world.user("Zoe");
    });
}

#[test]
fn a_code_lets_one_device_in_once() {
    on_every_engine(|mut world| {
        let ada = world.session("Ada");
        world.write(|tx| tx.link(ada.key, code(1), NOW + 10, NOW));
        assert_eq!(world.write(|tx| tx.sign_in(code(2), token(70), NOW)), Err(ErrorCode::BadCode));
        let second = world.write(|tx| tx.sign_in(code(1), token(70), NOW + 9)).unwrap();
        assert_eq!((second.key, &second.user, second.seen_ms), (ada.key, &ada.user, NOW + 9));
        assert_ne!(second.id, ada.id);
        assert_eq!(world.read(world.store.session(token(70))), Some(second));
        assert_eq!(world.write(|tx| tx.sign_in(code(1), token(71), NOW + 9)), Err(ErrorCode::BadCode));
        assert_eq!(world.info(LOBBY).members, 1, "one user, on two devices");
    });
}

#[test]
fn a_code_expires() {
    on_every_engine(|mut world| {
        let ada = world.user("Ada");
        world.write(|tx| tx.link(ada, code(1), NOW + 10, NOW));
        assert_eq!(world.write(|tx| tx.sign_in(code(1), token(70), NOW + 10)), Err(ErrorCode::BadCode));
        // One that is too old is forgotten when another is made, one that isn't stays.
        world.write(|tx| tx.link(ada, code(2), NOW + 20, NOW + 5));
        world.write(|tx| tx.link(ada, code(3), NOW + 30, NOW + 10));
        assert_eq!(world.write(|tx| tx.sign_in(code(1), token(70), NOW)), Err(ErrorCode::BadCode));
        assert!(world.write(|tx| tx.sign_in(code(2), token(71), NOW + 19)).is_ok());
        assert!(world.write(|tx| tx.sign_in(code(3), token(72), NOW + 29)).is_ok());
    });
}

#[test]
fn a_user_lasts_until_the_last_session_ends() {
    on_every_engine(|mut world| {
        let ada = world.write(|tx| tx.sign_up(&user_name("Ada"), token(1), NOW)).unwrap();
        let room = world.room(ada.key, "Rust");
        world.write(|tx| tx.link(ada.key, code(1), NOW + 10, NOW));
        let second = world.write(|tx| tx.sign_in(code(1), token(2), NOW)).unwrap();
        world.send(ada.key, &room, "hello");

        let ended = world.write(|tx| tx.sign_out(token(1))).unwrap();
        assert_eq!(ended, EndedSession { session: ada.id, user: ada.key, left: vec![] });
        assert_eq!(world.read(world.store.session(token(1))), None);
        assert_eq!(world.write(|tx| tx.rooms_of(ada.id)), None);
        assert_eq!(world.write(|tx| tx.rooms_of(second.id)).unwrap().len(), 2);
        assert_eq!(world.write(|tx| tx.sign_out(token(1))), None);

        world.write(|tx| tx.link(ada.key, code(2), NOW + 10, NOW));
        let mut ended = world.write(|tx| tx.sign_out(token(2))).unwrap();
        ended.left.sort();
        assert_eq!(ended, EndedSession { session: second.id, user: ada.key, left: vec![LOBBY.into(), room.clone()] });
        assert_eq!((world.info(LOBBY).members, world.info(&room).members), (0, 0));
        assert_eq!(world.sync(ada.key, &[]), []);

        // Nobody comes back, by no way.
        assert_eq!(world.write(|tx| tx.sign_in(code(2), token(3), NOW)), Err(ErrorCode::BadCode));
        world.write(|tx| tx.link(ada.key, code(3), NOW + 10, NOW));
        assert_eq!(world.write(|tx| tx.sign_in(code(3), token(3), NOW)), Err(ErrorCode::BadCode));
        assert_eq!(world.write(|tx| tx.join(ada.key, &room)), Err(ErrorCode::Unauthorized));
        assert_eq!(world.write(|tx| tx.create_room(ada.key, &room_name("New"), "")), Err(ErrorCode::Unauthorized));
        assert_eq!(world.append(ada.key, LOBBY, id(70), "ghost"), Err(ErrorCode::NotAMember));
        assert_eq!(world.read(world.store.room("new".into())), None);
    });
}

#[test]
fn a_name_can_be_taken_over_but_not_what_was_said_under_it() {
    on_every_engine(|mut world| {
        let first = world.write(|tx| tx.sign_up(&user_name("Ada"), token(1), NOW)).unwrap();
        world.append(first.key, LOBBY, id(1), "from the first").unwrap();
        world.write(|tx| tx.sign_out(token(1)));
        let second = world.session("ada");
        assert_ne!(second.user.id, first.user.id);
        assert!(world.append(second.key, LOBBY, id(1), "from the second").unwrap().fresh, "ids are each one's own");
        let authors: Vec<_> = world.all(second.key, LOBBY).into_iter().map(|message| message.author).collect();
        assert_eq!(authors, [first.user, second.user]);
        // The first one's program may still ask after its message.
        assert!(!world.append(first.key, LOBBY, id(1), "from the first").unwrap().fresh);
    });
}

#[test]
fn sessions_that_nobody_uses_end() {
    on_every_engine(|mut world| {
        let [ada, bob, carol] = ["Ada", "Bob", "Carol"].map(|name| world.session(name));
        world.write(|tx| tx.touch(&[bob.id, carol.id], NOW + 10));
        world.write(|tx| tx.touch(&[carol.id], NOW + 20));
        world.write(|tx| tx.touch(&[carol.id, SessionId(99)], NOW + 5));
        assert_eq!(world.write(|tx| tx.expire(NOW)), [], "seen at that very moment");
        let ended = world.write(|tx| tx.expire(NOW + 10));
        assert_eq!(ended, [EndedSession { session: ada.id, user: ada.key, left: vec![LOBBY.into()] }]);
        assert_eq!(world.write(|tx| tx.expire(NOW + 20)).len(), 1);
        assert_eq!(world.write(|tx| tx.rooms_of(carol.id)), Some(vec![LOBBY.into()]));
        assert_eq!(world.write(|tx| tx.expire(NOW + 21)).len(), 1);
        assert_eq!(world.info(LOBBY).members, 0);
        world.session("Ada");
    });
}

#[test]
fn many_sessions_end_a_thousand_at_a_time() {
    on_every_engine(|mut world| {
        world.write(|tx| {
            for number in 0..1_001_u16 {
                tx.sign_up(&user_name(&format!("user {number}")), token(number.into()), NOW + u64::from(number))?
                    .unwrap();
            }
            Ok(())
        });
        assert_eq!(world.write(|tx| tx.expire(u64::MAX >> 1)).len(), 1_000);
        assert_eq!(world.read(world.store.session(token(1_000))).unwrap().user.name, "user 1000");
        assert_eq!(world.write(|tx| tx.expire(u64::MAX >> 1)).len(), 1);
    });
}

#[test]
fn a_sessions_number_is_not_used_again() {
    on_every_engine(|mut world| {
        let first = world.write(|tx| tx.sign_up(&user_name("Ada"), token(1), NOW)).unwrap();
        world.write(|tx| tx.sign_out(token(1)));
        let second = world.write(|tx| tx.sign_up(&user_name("Ada"), token(1), NOW)).unwrap();
        assert_ne!(first.id, second.id);
    });
}
