//! Who is in a room, as they are listed.

use hubbub_shared::chat::{MAX_ONLINE, User};

use super::rooms::Room;
use super::sort::{name_key, sorted_by_key};

/// Those who are here: by name, and how many more there are.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct People {
    /// At most [`MAX_ONLINE`], by name, with me at the top.
    pub named: Vec<User>,
    /// How many are here besides.
    pub more: u64,
}

impl People {
    /// Those who are here in a room.
    #[must_use]
    pub fn of(room: &Room, me: &User) -> Self {
        let online = room.online().cloned().collect();
        let mut named: Vec<User> =
            sorted_by_key(online, |user| (user.id != me.id, name_key(&user.name), user.id.clone()));
        named.truncate(MAX_ONLINE);
        let more = room.online_count().saturating_sub(named.len() as u64);
        Self { named, more }
    }
}

#[cfg(test)]
mod tests {
    use hubbub_shared::chat::{RoomInfo, RoomState};

    use super::*;
    use crate::model::rooms::Rooms;

    fn user(name: &str) -> User {
        User { id: name.to_lowercase(), name: name.to_owned() }
    }

    fn people(online: Vec<User>, online_count: u64) -> People {
        let info = RoomInfo { id: "lobby".into(), name: "Lobby".into(), topic: String::new(), members: 1, head: 0 };
        let mut rooms = Rooms::new(user("Me"));
        rooms.state(&RoomState { info, read: 0, online, online_count, messages: vec![], more: false }, false);
        People::of(rooms.get("lobby").unwrap(), &user("Me"))
    }

    #[test]
    fn by_name_and_me_first() {
        let here = people(["zoe", "Ada", "Me", "bob"].map(user).to_vec(), 6);
        let names: Vec<_> = here.named.iter().map(|user| &*user.name).collect();
        assert_eq!(names, ["Me", "Ada", "bob", "zoe"]);
        assert_eq!(here.more, 2);
    }

    #[test]
    fn a_crowd_is_counted() {
        let crowd: Vec<_> = (0..MAX_ONLINE + 5).map(|number| user(&format!("P{number:03}"))).collect();
        let here = people(crowd, 1_000);
        assert_eq!((here.named.len(), here.more), (MAX_ONLINE, 1_000 - MAX_ONLINE as u64));
        assert_eq!(people(vec![], 0), People::default());
    }
}
