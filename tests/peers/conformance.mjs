// The other end of the client's conformance tests: the official server in several settings, and servers that no client
// should have to meet. The tests run natively and in a browser, so they steer it over Socket.IO itself.
//
// A client under test carries a tag in its handshake's query. The namespace /control tells what became of that tag (`told`),
// and does things to its connections (`close`, `cut` and so on). Tests that share this process so stay apart.

import { createServer } from "node:http";
import { Server } from "socket.io";
import { WebSocketServer } from "ws";

// ---- What became of each tag ----

const histories = new Map();
let waiting = [];

const history = (tag) => {
  const empty = { engines: [], closed: [], connections: [], events: [], disconnects: [] };
  if (!histories.has(tag)) histories.set(tag, { ...empty, links: new Set(), held: [] });
  return histories.get(tag);
};

function record(tag, kind, entry) {
  history(tag)[kind].push(entry);
  waiting = waiting.filter((check) => !check());
}

// ---- The official server ----

const http = createServer((_, response) => response.writeHead(404).end());

const official = (path, options = {}) =>
  new Server(http, { path, serveClient: false, pingInterval: 200, pingTimeout: 20_000, ...options });

const servers = [
  official("/socket.io"),
  official("/elsewhere"),
  official("/recovering", { connectionStateRecovery: { maxDisconnectionDuration: 60_000 } }),
  // Whoever comes back is too late.
  official("/forgetful", { connectionStateRecovery: { maxDisconnectionDuration: 1 } }),
];

for (const io of servers) {
  io.engine.on("connection", (conn) => {
    const { tag } = conn.request._query;
    const { url, headers } = conn.request;
    history(tag).links.add(conn);
    record(tag, "engines", { id: conn.id, transport: conn.transport.name, url, headers });
    conn.on("close", (reason) => {
      history(tag).links.delete(conn);
      record(tag, "closed", { id: conn.id, reason });
    });
  });
  // One is left unanswered: a server that never answers CONNECT.
  io.of("/slow").use(() => {});
  io.of("/guarded").use(({ handshake: { auth } }, next) =>
    next(auth.token === "sesame" ? undefined : Object.assign(new Error("not with this token"), { data: { seen: auth } })),
  );
  for (const namespace of ["/", "/other", "/deep/name", "/guarded", "/slow"]) {
    io.of(namespace).on("connection", (socket) => serve(io, namespace, socket));
  }
}

function serve(io, namespace, socket) {
  const { auth, query } = socket.handshake;
  const { tag } = query;
  const about = { namespace, id: socket.id, conn: socket.conn.id, recovered: socket.recovered, auth, query };
  record(tag, "connections", about);
  socket.on("disconnect", (reason) => record(tag, "disconnects", { namespace, reason }));
  const times = (name, args) => {
    const same = (event) => event.name === name && JSON.stringify(event.args) === JSON.stringify(args);
    return history(tag).events.filter(same).length;
  };

  socket.onAny((name, ...args) => {
    const acknowledge = typeof args.at(-1) === "function" ? args.pop() : () => {};
    record(tag, "events", { namespace, name, args });
    const behaviours = {
      // Comes back as an event.
      echo: () => socket.emit("echo", ...args),
      // Comes back as an acknowledgement.
      ask: () => acknowledge(...args),
      // What the arguments are made of here.
      kinds: () => acknowledge(...args.map(kinds)),
      // The server asks in turn, and tells what it was answered.
      question: () => socket.emit(args[0], ...args.slice(1), (...answer) => acknowledge(...answer)),
      // Acknowledged when they are released.
      hold: () => history(tag).held.push(acknowledge),
      release: () => {
        history(tag).held.splice(0).forEach((held) => held("late"));
        acknowledge();
      },
      // Acknowledged when it comes for the second time.
      second_time: () => times(name, args) > 1 && acknowledge("again"),
      // Ends the connection when it comes first; acknowledged when it comes again.
      closes_at_first: () => (times(name, args) > 1 ? acknowledge("again") : cut(socket.conn)),
      // Ends the connection, and emits so many events when that has ended.
      miss: () => {
        socket.once("disconnect", () => {
          for (let number = 1; number <= args[0]; number++) {
            io.of(namespace).to(socket.id).emit("news", number, ...args.slice(1));
          }
        });
        cut(socket.conn);
      },
    };
    behaviours[name]?.();
  });
}

/** The arguments with every byte array as `{"bytes": [...]}`. */
const kinds = (value) => {
  if (Buffer.isBuffer(value)) return { bytes: [...value] };
  if (Array.isArray(value)) return value.map(kinds);
  if (value && typeof value === "object") {
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, kinds(inner)]));
  }
  return value;
};

/** As a network would: without any farewell. */
const cut = (conn) => conn.transport.socket.terminate();

const does = {
  close: (conn) => conn.close(),
  cut,
  stop_reading: (conn) => conn.transport.socket.pause(),
  read_on: (conn) => conn.transport.socket.resume(),
  // Leaves the namespace, or all and the connection.
  leave: (conn, [namespace]) => sockets(conn, namespace).forEach((socket) => socket.disconnect()),
  leave_all: (conn) => sockets(conn, "/")[0].disconnect(true),
  // Emits an event.
  emit: (conn, [namespace, name, ...args]) => sockets(conn, namespace).forEach((socket) => socket.emit(name, ...args)),
};

const sockets = (conn, namespace) =>
  servers.flatMap((io) => [...io.of(namespace).sockets.values()]).filter((socket) => socket.conn === conn);

servers[0].of("/control").on("connection", (socket) => {
  // All of a kind that was recorded for a tag, as soon as there are so many.
  socket.on("told", (tag, kind, count, acknowledge) => {
    const check = () => history(tag)[kind].length >= count && (acknowledge(history(tag)[kind]), true);
    if (!check()) waiting.push(check);
  });
  socket.on("do", (tag, name, args, acknowledge) => {
    history(tag).links.forEach((conn) => does[name](conn, args));
    acknowledge();
  });
});

// ---- Servers that no client should have to meet, by the path ----

const opening = (pingInterval) => {
  const handshake = { sid: "odd", upgrades: [], pingInterval, pingTimeout: pingInterval, maxPayload: 1_000_000 };
  return `0${JSON.stringify(handshake)}`;
};

/** Answers the first CONNECT, and then does what comes next. */
const welcome = (socket, pingInterval, next) => {
  socket.send(opening(pingInterval));
  socket.once("message", () => {
    socket.send('40{"sid":"odd socket"}');
    next?.();
  });
};

const odd = {
  // Accepts the WebSocket, and falls silent.
  "/mute/": () => {},
  // What servers before version 3 say.
  "/v2/": (socket) => {
    socket.send(opening(60_000));
    socket.send("40");
  },
  // Pings are announced and never come.
  "/heartless/": (socket) => welcome(socket, 50),
  // A handshake of the client's own choice.
  "/opens/": (socket, query) => socket.send(query.get("frame")),
  // Says what the client's query has; the word `bytes` as bytes.
  "/says/": (socket, query) =>
    welcome(socket, 60_000, () => {
      query.getAll("frame").forEach((frame) => socket.send(frame === "bytes" ? Buffer.from(frame) : frame));
    }),
};

const webSockets = new WebSocketServer({ noServer: true });
const oddHttp = createServer((_, response) => response.writeHead(404).end());

oddHttp.on("upgrade", (request, stream, head) => {
  const { pathname, searchParams } = new URL(request.url, "http://odd");
  const tag = searchParams.get("tag");
  stream.on("error", () => {});
  stream.on("close", () => record(tag, "closed", { pathname }));
  record(tag, "engines", { url: request.url });
  if (pathname === "/hang/") return stream.resume().on("end", () => stream.end());
  if (pathname in odd) {
    webSockets.handleUpgrade(request, stream, head, (socket) => odd[pathname](socket, searchParams));
  } else {
    stream.end("HTTP/1.1 404 Not Found\r\nConnection: close\r\n\r\n");
  }
});

// ---- Beginning and end ----

const listen = (server, host) =>
  new Promise((done) => {
    server.once("error", () => done(null));
    server.listen(0, host, () => done(server.address().port));
  });

const ports = { official: await listen(http, "127.0.0.1"), odd: await listen(oddHttp, "127.0.0.1") };
// The same server once more, where the machine has IPv6.
const twin = createServer();
twin.on("upgrade", (...request) => http.emit("upgrade", ...request));
ports.ipv6 = await listen(twin, "::1");
process.stdout.write(JSON.stringify(ports) + "\n");

// Whoever started this holds its standard input, and ends it by letting go.
process.stdin.resume().on("close", () => process.exit(0)).on("end", () => process.exit(0));
