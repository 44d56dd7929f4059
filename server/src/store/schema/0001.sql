-- Keys are integers inside; the ids that others see are columns. Times are milliseconds since 1970.

-- What the database knows of itself: `store`, the id that is made when the database is made or restored.
CREATE TABLE meta (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Whoever wrote a message or may write one. They stay as long as their messages, which is for ever, so no id is used twice.
CREATE TABLE authors (
    id     INTEGER PRIMARY KEY,
    public TEXT NOT NULL UNIQUE,
    name   TEXT NOT NULL,
    key    TEXT UNIQUE,  -- what the name has in common with others like it; NULL for guests, and for users once their last session has ended
    guest  BLOB UNIQUE   -- what tells a guest's connection from all others; NULL for users
) STRICT;

-- AUTOINCREMENT: a session's id outlives it in the sockets that it has, so it is not used again.
CREATE TABLE sessions (
    id    INTEGER PRIMARY KEY AUTOINCREMENT,
    token BLOB    NOT NULL UNIQUE,  -- SHA-256
    user  INTEGER NOT NULL REFERENCES authors,
    seen  INTEGER NOT NULL
) STRICT;
CREATE INDEX sessions_of_user ON sessions (user);
CREATE INDEX sessions_by_seen ON sessions (seen);

CREATE TABLE links (
    code    BLOB    PRIMARY KEY,    -- SHA-256
    user    INTEGER NOT NULL REFERENCES authors,
    expires INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX links_of_user ON links (user);
CREATE INDEX links_by_expires ON links (expires);

CREATE TABLE rooms (
    id      INTEGER PRIMARY KEY,
    slug    TEXT    NOT NULL UNIQUE,  -- what others call its id
    name    TEXT    NOT NULL,
    key     TEXT    NOT NULL UNIQUE,  -- as of authors
    topic   TEXT    NOT NULL DEFAULT '',
    members INTEGER NOT NULL DEFAULT 0 CHECK (members >= 0)  -- kept by the triggers below
) STRICT;

CREATE TABLE memberships (
    user INTEGER NOT NULL REFERENCES authors,
    room INTEGER NOT NULL REFERENCES rooms,
    read INTEGER NOT NULL CHECK (read >= 0),
    PRIMARY KEY (user, room)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER member_comes AFTER INSERT ON memberships BEGIN
    UPDATE rooms SET members = members + 1 WHERE id = NEW.room;
END;
CREATE TRIGGER member_goes AFTER DELETE ON memberships BEGIN
    UPDATE rooms SET members = members - 1 WHERE id = OLD.room;
END;

-- One order: a room has one message of each seq. Sent twice is stored once: an author has one message of each id.
-- WITHOUT ROWID, so that messages that are read together lie together, whatever was said meanwhile in other rooms.
CREATE TABLE messages (
    room   INTEGER NOT NULL REFERENCES rooms,
    seq    INTEGER NOT NULL CHECK (seq >= 1),
    author INTEGER NOT NULL REFERENCES authors,
    id     BLOB    NOT NULL CHECK (length(id) = 16),
    text   TEXT    NOT NULL,
    at     INTEGER NOT NULL CHECK (at >= 0),
    PRIMARY KEY (room, seq),
    UNIQUE (author, id)
) STRICT, WITHOUT ROWID;

-- A room with the seq of its last message.
CREATE VIEW room_infos AS
    SELECT id, slug, name, key, topic, members,
        coalesce((SELECT max(seq) FROM messages WHERE messages.room = rooms.id), 0) AS head
    FROM rooms;

INSERT INTO rooms (slug, name, key) VALUES ('lobby', 'Lobby', 'lobby');
