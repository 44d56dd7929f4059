// A crowd of users of /chat by the official client, who come one after the other and ask at once who is there. It tells
// how many each of them knows of, when that is everybody or the time is over.

import { io } from "socket.io-client";
import { say } from "./lines.mjs";

const { url, count, seconds } = JSON.parse(process.argv[2]);

const signIn = async (name) => {
  const answer = await fetch(`${url}/api/session`, { method: "POST", body: JSON.stringify({ name }) });
  return answer.json();
};

// Whom a user knows of: what a snapshot says, and what has changed since.
const come = ({ token }) => {
  const knows = { ids: new Set(), count: 0 };
  const socket = io(`${url}/chat`, { auth: { token }, transports: ["websocket"], forceNew: true });
  socket.on("presence", ({ online, offline, online_count }) => {
    online.forEach(({ id }) => knows.ids.add(id));
    offline.forEach((id) => knows.ids.delete(id));
    knows.count = online_count;
  });
  socket.on("connect", () =>
    socket.emit("sync", {}, ({ ok }) => {
      const [{ online, online_count }] = ok.rooms;
      knows.ids = new Set(online.map(({ id }) => id));
      knows.count = online_count;
    }),
  );
  return knows;
};

const sessions = await Promise.all(Array.from({ length: count }, (_, number) => signIn(`User ${number}`)));
const crowd = [];
const coming = setInterval(() => {
  const session = sessions.pop();
  if (session) crowd.push(come(session));
  else clearInterval(coming);
}, 20);

const end = Date.now() + seconds * 1000;
const looking = setInterval(() => {
  const ignorant = crowd.filter(({ ids, count: told }) => ids.size !== count || told !== count);
  if ((crowd.length === count && ignorant.length === 0) || Date.now() > end) {
    clearInterval(looking);
    say({ is: "crowd", came: crowd.length, ignorant: ignorant.map(({ ids, count: told }) => [ids.size, told]) });
    process.exit(0);
  }
}, 50);
