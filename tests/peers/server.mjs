// The official server, for our client to talk to. It tells all that happens, and does what it is asked to.
//
// Namespaces: `/` and `/other` take everyone; `/guarded` wants the auth payload {"token": "sesame"}.
// Events: `echo` comes back with its arguments; one that wants an acknowledgement is acknowledged with its arguments,
// unless it is `ignored`.

import { createServer } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { Server } from "socket.io";
import { obey, say } from "./lines.mjs";

// `tls` is {"key", "cert"} for a server behind TLS.
const { port, tls, ...options } = JSON.parse(process.argv[2]);
const http = tls ? createTlsServer(tls) : createServer();
const io = new Server(http, options);

io.of("/guarded").use((socket, next) => {
  const { auth } = socket.handshake;
  say({ is: "auth", auth });
  if (auth.token === "sesame") {
    next();
  } else {
    next(Object.assign(new Error("not with this token"), { data: { code: 7, seen: auth } }));
  }
});

for (const name of ["/", "/other", "/guarded"]) {
  io.of(name).on("connection", (socket) => {
    say({ is: "connection", namespace: name, id: socket.id });
    socket.on("disconnect", (reason) => say({ is: "disconnect", namespace: name, reason }));
    socket.onAny((event, ...args) => {
      const acknowledge = typeof args.at(-1) === "function" ? args.pop() : undefined;
      say({ is: "event", namespace: name, name: event, args });
      if (event === "echo") socket.emit("echo", ...args);
      if (event !== "ignored") acknowledge?.(...args);
    });
  });
}

obey({
  emit: ({ namespace, name, args }) => io.of(namespace).emit(name, ...args),
  ask: ({ namespace, name, args }) => {
    for (const socket of io.of(namespace).sockets.values()) {
      socket.emit(name, ...args, (...answer) => say({ is: "answer", answer }));
    }
  },
  disconnect: ({ namespace }) => io.of(namespace).disconnectSockets(),
  engine_connections: () => say({ is: "engine_connections", count: io.engine.clientsCount }),
});

http.listen(port, "127.0.0.1", () => say({ is: "listening", port: http.address().port }));
