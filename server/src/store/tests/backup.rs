//! Copies, and what becomes of them.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use super::*;

/// A running store with a folder for its backups.
struct Backups {
    world: World,
    ada: UserKey,
    folder: TempDir,
}

impl Backups {
    fn new() -> Self {
        let mut world = World::new(Engine::SqliteFile);
        let ada = world.user("Ada");
        world.fill(ada, LOBBY, 10);
        Self { world, ada, folder: tempfile::tempdir().unwrap() }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(self.folder.path()).unwrap();
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    }
}

fn open(path: &Path) -> (Store, Writer) {
    Store::open(&Database::File(path.to_owned())).unwrap()
}

#[test]
fn a_backup_has_everything_but_the_stores_id() {
    let backups = Backups::new();
    let (world, ada, copy) = (&backups.world, backups.ada, backups.path("copy.db"));
    backup(&world.database, &copy).unwrap();
    assert_eq!(backups.names(), ["copy.db"]);

    let (first, writer) = open(&copy);
    let lobby = world.read(first.sync(ada, [(LOBBY.into(), 0)].into())).remove(0);
    assert_eq!(lobby.messages, world.all(ada, LOBBY));
    assert_ne!(first.id(), world.store.id(), "who opens it makes a new one");
    let id = first.id().to_owned();
    drop((first, writer));
    assert_eq!(open(&copy).0.id(), id, "and keeps it");
}

#[test]
fn each_restored_copy_is_a_store_of_its_own() {
    let backups = Backups::new();
    let (one, two) = (backups.path("one.db"), backups.path("two.db"));
    backup(&backups.world.database, &one).unwrap();
    fs::copy(&one, &two).unwrap();
    assert_ne!(open(&one).0.id(), open(&two).0.id());
}

#[test]
fn a_backup_is_of_one_instant_while_the_server_writes() {
    const BATCH: u64 = 7;
    let Backups { mut world, folder, .. } = Backups::new();
    let bob = world.user("Bob");
    let room = world.room(bob, "Rust");
    let (database, done) = (world.database.clone(), AtomicBool::new(false));
    thread::scope(|scope| {
        let copying = scope.spawn(|| {
            let copies: Vec<_> = (0..5).map(|number| folder.path().join(format!("{number}.db"))).collect();
            copies.iter().for_each(|copy| backup(&database, copy).unwrap());
            done.store(true, Ordering::Relaxed);
            copies
        });
        while !done.load(Ordering::Relaxed) {
            world.fill(bob, &room, BATCH);
        }
        for copy in copying.join().unwrap() {
            let (store, _writer) = open(&copy);
            let info = world.read(store.room(room.clone())).unwrap();
            assert_eq!(info.head % BATCH, 0, "half a transaction");
        }
    });
}

#[test]
fn a_backup_copied_over_a_killed_servers_database_is_not_mixed_with_it() {
    let mut backups = Backups::new();
    let copy = backups.path("copy.db");
    backup(&backups.world.database, &copy).unwrap();
    backups.world.fill(backups.ada, LOBBY, 10);
    // A killed server leaves its write-ahead log.
    let Database::File(path) = &backups.world.database else { unreachable!() };
    let home = backups.path("home.db");
    fs::copy(path, &home).unwrap();
    for suffix in ["-wal", "-shm"] {
        fs::copy(format!("{}{suffix}", path.display()), format!("{}{suffix}", home.display())).unwrap();
    }
    fs::copy(&copy, &home).unwrap();

    let (store, mut writer) = open(&home);
    let lobby = backups.world.read(store.room(LOBBY.into())).unwrap();
    assert_eq!(lobby.head, 10);
    let next = NewMessage { room: LOBBY, author: Author::Member(backups.ada), id: id(1_000), text: "on" };
    assert_eq!(writer.transaction(|tx| tx.append(&next, NOW)).unwrap().unwrap().sent.seq, 11);
    drop((store, writer));
    assert_eq!(
        backups.world.read(open(&home).0.room(LOBBY.into())).unwrap().head,
        11,
        "and later what it wrote counts"
    );
}

#[test]
fn a_file_that_comes_meanwhile_is_not_overwritten() {
    let backups = Backups::new();
    let copy = backups.path("copy.db");
    // As it is found once the copy is made.
    fs::write(&copy, "mine").unwrap();
    let line = super::super::backup::write(backups.world.writer.connection(), &copy).unwrap_err().to_string();
    assert!(line.contains("exists already"), "{line}");
    assert_eq!((backups.names(), fs::read(&copy).unwrap()), (vec!["copy.db".to_owned()], b"mine".to_vec()));
}

#[test]
fn what_can_not_be_copied_leaves_nothing_behind() {
    let backups = Backups::new();
    let existing = backups.path("existing.db");
    fs::write(&existing, "mine").unwrap();
    let file = |path: &Path| Database::File(path.to_owned());
    for (database, to, expected) in [
        (backups.world.database.clone(), existing.clone(), "exists already"),
        (Database::Memory, backups.path("copy.db"), "in memory"),
        (file(&backups.path("missing.db")), backups.path("copy.db"), "there is no database"),
        (file(&existing), backups.path("copy.db"), "is not a database"),
        (backups.world.database.clone(), backups.path("missing/copy.db"), "can't write"),
        (backups.world.database.clone(), PathBuf::from("/"), "exists already"),
    ] {
        let line = backup(&database, &to).unwrap_err().to_string();
        assert!(line.contains(expected) && !line.contains('\n'), "{line}");
        assert_eq!(backups.names(), ["existing.db"], "{line}");
    }
    assert_eq!(fs::read(existing).unwrap(), b"mine");
}
