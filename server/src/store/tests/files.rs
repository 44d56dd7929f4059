//! What can be wrong with a file: that it isn't ours, that it is damaged, that others have it, that the disk is full.

use std::collections::BTreeMap;
use std::fs::{self, Permissions};
use std::os::unix::fs::{FileExt, PermissionsExt};
use std::path::Path;

use rusqlite::{Connection, StatementStatus, params};

use super::*;

fn database(path: &Path) -> Database {
    Database::File(path.to_owned())
}

/// Every file in a folder, with its bytes.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = fs::read_dir(folder).unwrap().map(Result::unwrap);
    entries
        .map(|entry| (entry.file_name().into_string().unwrap(), fs::read(entry.path()).unwrap_or_default()))
        .collect()
}

/// A database with something in it, closed.
fn make(path: &Path) {
    let (_store, mut writer) = Store::open(&database(path)).unwrap();
    writer
        .transaction(|tx| {
            let ada = tx.sign_up(&user_name("Ada"), token(1), NOW)?.unwrap().key;
            for number in 0..200 {
                let message = NewMessage { room: LOBBY, author: Author::Member(ada), id: id(number), text: "hello" };
                tx.append(&message, NOW)?.unwrap();
            }
            Ok(())
        })
        .unwrap();
}

/// The files of a database as a killed process leaves them.
fn copy_as_killed(from: &Path, to: &Path) {
    for (name, bytes) in files(from) {
        fs::write(to.join(name), bytes).unwrap();
    }
}

/// What a newer server leaves when it is killed, before or after it has brought its version from the log into the file.
fn killed_as_newer(path: &Path, checkpoint: bool) {
    let folder = tempfile::tempdir().unwrap();
    make(&folder.path().join("hubbub.db"));
    let newer = Connection::open(folder.path().join("hubbub.db")).unwrap();
    newer.pragma_update(None, "user_version", schema::VERSION + 1).unwrap();
    if checkpoint {
        newer.query_row("PRAGMA wal_checkpoint", (), |_| Ok(())).unwrap();
    }
    copy_as_killed(folder.path(), path.parent().unwrap());
}

#[test]
fn what_is_refused_is_refused_in_one_line_and_not_touched() {
    type Spoil = fn(&Path);
    let spoils: [(&str, Spoil, &str); 12] = [
        ("text", |path| fs::write(path, "Dear diary, ".repeat(1_000)).unwrap(), "is not a database"),
        ("short", |path| fs::write(path, "SQLite format 3\0").unwrap(), "is not a database"),
        ("folder", |path| fs::create_dir(path).unwrap(), "is not a database"),
        (
            "another's",
            |path| Connection::open(path).unwrap().execute_batch("CREATE TABLE notes (text)").unwrap(),
            "is the database of another program",
        ),
        (
            "newer",
            |path| {
                make(path);
                Connection::open(path).unwrap().pragma_update(None, "user_version", schema::VERSION + 1).unwrap();
            },
            "was written by a newer Hubbub (version 2, this one knows 1)",
        ),
        ("newer and killed", |path| killed_as_newer(path, true), "was written by a newer Hubbub"),
        ("newer since shortly, and killed", |path| killed_as_newer(path, false), "was written by a newer Hubbub"),
        (
            "damaged at its beginning",
            |path| {
                make(path);
                fs::File::options().write(true).open(path).unwrap().write_all_at(&[0xA5; 3_000], 100).unwrap();
            },
            "is damaged",
        ),
        (
            "damaged in the middle",
            |path| {
                make(path);
                let file = fs::File::options().write(true).open(path).unwrap();
                let pages = file.metadata().unwrap().len() / 4_096;
                (1..pages).for_each(|page| file.write_all_at(&[0xA5; 4_096], page * 4_096).unwrap());
            },
            "is damaged",
        ),
        (
            "cut off",
            |path| {
                make(path);
                fs::File::options().write(true).open(path).unwrap().set_len(3 * 4_096).unwrap();
            },
            "is damaged",
        ),
        (
            "read-only",
            |path| {
                make(path);
                fs::set_permissions(path, Permissions::from_mode(0o444)).unwrap();
            },
            "is read-only",
        ),
        ("nowhere", |path| fs::remove_dir(path.parent().unwrap()).unwrap(), "its folder is missing"),
    ];
    for (name, spoil, expected) in spoils {
        let folder = tempfile::tempdir().unwrap();
        let home = folder.path().join("home");
        fs::create_dir(&home).unwrap();
        let path = home.join("hubbub.db");
        spoil(&path);
        let look = || home.is_dir().then(|| files(&home));
        let before = look();
        let line = Store::open(&database(&path)).err().unwrap_or_else(|| panic!("{name} was opened")).to_string();
        assert!(line.contains(expected) && line.contains("hubbub.db") && !line.contains('\n'), "{name}: {line}");
        let mut after = look();
        if name == "newer since shortly, and killed" {
            // SQLite had to look into the log. Who does, says so in this file, and nowhere else.
            let locks = "hubbub.db-shm".to_owned();
            after
                .as_mut()
                .zip(before.as_ref())
                .and_then(|(after, before)| after.insert(locks.clone(), before[&locks].clone()));
        }
        assert!(before == after, "{name} was touched");
    }
}

#[test]
fn a_new_database_is_made_where_nothing_is() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["new.db", "empty.db", "file:strange?mode=ro%20.db"] {
        let path = folder.path().join(name);
        if name == "empty.db" {
            fs::write(&path, "").unwrap();
        }
        let (first, _) = Store::open(&database(&path)).unwrap();
        let (again, _) = Store::open(&database(&path)).unwrap();
        assert_eq!(first.id(), again.id());
        assert!(path.exists());
    }
    let id = |_| Store::open(&Database::Memory).unwrap().0.id().to_owned();
    let [one, two] = [0, 1].map(id);
    assert_ne!(one, two);
}

#[test]
fn a_commit_waits_for_the_disk() {
    let world = World::new(Engine::SqliteFile);
    let pragma = |name| world.writer.connection().pragma_query_value(None, name, |row| row.get::<_, i64>(0));
    assert_eq!((pragma("synchronous").unwrap(), pragma("foreign_keys").unwrap()), (2, 1));
    let mode: String = world.writer.connection().pragma_query_value(None, "journal_mode", |row| row.get(0)).unwrap();
    assert_eq!(mode, "wal");
}

#[test]
fn a_statement_is_prepared_once() {
    on_every_engine(|world| {
        for name in ["one", "two"] {
            let sql = "SELECT head FROM room_infos JOIN memberships ON room = id WHERE slug = ?1";
            let mut select = world.writer.connection().prepare_cached(sql).unwrap();
            assert!(!select.exists([name]).unwrap());
            assert_eq!(select.get_status(StatementStatus::RePrepare), 0);
        }
    });
}

#[test]
fn the_schema_itself_keeps_what_always_holds() {
    on_every_engine(|mut world| {
        let ada = world.user("Ada");
        world.append(ada, LOBBY, id(1), "hello").unwrap();
        let insert = |seq: i64, author: i64, id: MessageId| {
            let sql = "INSERT INTO messages (room, seq, author, id, text, at) VALUES (1, ?1, ?2, ?3, '', 0)";
            world.writer.connection().execute(sql, params![seq, author, id.as_bytes()])
        };
        assert!(insert(1, ada.0, id(2)).is_err(), "a seq twice");
        assert!(insert(2, ada.0, id(1)).is_err(), "an id twice");
        assert!(insert(0, ada.0, id(2)).is_err(), "a seq below 1");
        assert!(insert(2, 99, id(2)).is_err(), "an author who isn't there");
        assert!(insert(2, ada.0, id(2)).is_ok());
    });
}

#[test]
fn who_is_killed_has_what_was_committed_and_nothing_else() {
    let mut world = World::new(Engine::SqliteFile);
    let ada = world.user("Ada");
    world.fill(ada, LOBBY, 10);
    let Database::File(path) = world.database.clone() else { unreachable!() };
    let copy = tempfile::tempdir().unwrap();
    world
        .writer
        .transaction(|tx| {
            // So much that it is written before it is committed.
            tx.read().pragma_update(None, "cache_size", 5).unwrap();
            for number in 100..400 {
                let text = "a".repeat(4_000);
                let message = NewMessage { room: LOBBY, author: Author::Member(ada), id: id(number), text: &text };
                tx.append(&message, NOW)?.unwrap();
            }
            copy_as_killed(path.parent().unwrap(), copy.path());
            Ok(())
        })
        .unwrap();
    assert!(files(copy.path())["hubbub.db-wal"].len() > 500_000, "half a transaction is in the file");
    assert_eq!(world.info(LOBBY).head, 310);

    let (store, mut writer) = Store::open(&database(&copy.path().join("hubbub.db"))).unwrap();
    assert_eq!(store.id(), world.store.id());
    let lobby = world.read(store.sync(ada, BTreeMap::new())).remove(0);
    assert_eq!(seqs(&lobby.messages), (1..=10).collect::<Vec<_>>());
    let next = NewMessage { room: LOBBY, author: Author::Member(ada), id: id(1_000), text: "on" };
    assert_eq!(writer.transaction(|tx| tx.append(&next, NOW)).unwrap().unwrap().sent.seq, 11);
}

#[test]
fn while_another_program_writes_we_read_and_then_go_on() {
    let mut world = World::new(Engine::SqliteFile);
    let ada = world.session("Ada");
    world.send(ada.key, LOBBY, "before");
    let Database::File(path) = &world.database else { unreachable!() };
    let other = Connection::open(path).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();

    let hello = NewMessage { room: LOBBY, author: Author::Member(ada.key), id: id(70), text: "hello" };
    let refused = world.writer.transaction(|tx| tx.append(&hello, NOW)).unwrap_err();
    assert!(matches!(refused, StoreError::Locked) && refused.may_pass(), "{refused}");
    assert!(matches!(world.writer.transaction(|tx| tx.probe()), Err(StoreError::Locked)));
    assert_eq!(world.write(|tx| tx.rooms_of(ada.id)), Some(vec![LOBBY.into()]));
    assert_eq!(world.write(|tx| tx.expire(NOW)), []);
    assert_eq!(seqs(&world.all(ada.key, LOBBY)), [1]);

    other.execute_batch("ROLLBACK").unwrap();
    assert_eq!(world.write(|tx| tx.append(&hello, NOW)).unwrap().sent.seq, 2);
    world.write(|tx| tx.probe());
}

#[test]
fn a_database_that_another_program_keeps_for_itself_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("hubbub.db");
    make(&path);
    let other = Connection::open(&path).unwrap();
    other.execute_batch("PRAGMA locking_mode = exclusive; BEGIN EXCLUSIVE").unwrap();
    let line = Store::open(&database(&path)).err().unwrap().to_string();
    assert!(line.contains("another program has") && line.contains("locked"), "{line}");
}

#[test]
fn a_database_has_one_server_at_a_time() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("hubbub.db");
    let first = Store::open(&database(&path)).unwrap();
    let line = Store::open(&database(&path)).err().unwrap().to_string();
    assert!(line.contains("another Hubbub runs on"), "{line}");
    drop(first);
    Store::open(&database(&path)).unwrap();
}

#[test]
fn on_a_full_disk_nothing_is_lost_and_nothing_is_half() {
    let mut world = World::new(Engine::SqliteFile);
    let ada = world.user("Ada");
    world.fill(ada, LOBBY, 5);
    let limit = |world: &World, pages: u32| {
        let db = world.writer.connection();
        db.pragma_update_and_check(None, "max_page_count", pages, |row| row.get::<_, i64>(0)).unwrap();
    };
    limit(&world, 1);
    let text = "a".repeat(4_000);
    let message = |number| NewMessage { room: LOBBY, author: Author::Member(ada), id: id(number), text: &text };
    let full =
        world.writer.transaction(|tx| (70..80).try_for_each(|number| tx.append(&message(number), NOW).map(|_| ())));
    let full = full.unwrap_err();
    assert!(matches!(full, StoreError::Full) && full.may_pass(), "{full}");
    assert_eq!(seqs(&world.all(ada, LOBBY)), [1, 2, 3, 4, 5]);

    // Whoever passes over the error gets no half transaction either.
    let passed_over = world.writer.transaction(|tx| {
        assert!((70..80).any(|number| tx.append(&message(number), NOW).is_err()));
        tx.mark_read(ada, LOBBY, 5).map(|_| ())
    });
    assert!(passed_over.is_err());
    assert_eq!(world.sync(ada, &[])[0].read, 0);
    assert_eq!(seqs(&world.all(ada, LOBBY)), [1, 2, 3, 4, 5]);

    limit(&world, 1_000_000);
    let appended = world.write(|tx| tx.append(&message(70), NOW)).unwrap();
    assert_eq!((appended.sent.seq, appended.fresh), (6, true), "as if it had never been sent");
}
