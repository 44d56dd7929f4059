// The official client: it connects as its first argument says, tells all that happens, and sends what it is asked to.

import { io } from "socket.io-client";
import { obey, say } from "./lines.mjs";

const { url, ...options } = JSON.parse(process.argv[2]);
const socket = io(url, options);

socket.on("connect", () => say({ is: "connect", id: socket.id }));
socket.on("connect_error", (error) => say({ is: "connect_error", message: error.message }));
socket.on("disconnect", (reason) => say({ is: "disconnect", reason }));
socket.onAny((name, ...args) => say({ is: "event", name, args }));

obey({
  emit: ({ name, args }) => socket.emit(name, ...args),
  ask: ({ name, args }) => socket.emit(name, ...args, (...answer) => say({ is: "answer", args, answer })),
  // All texts in one go, with nothing awaited in between.
  burst: ({ name, texts, acks }) => {
    for (const text of texts) {
      if (acks) {
        socket.emit(name, text, (...answer) => say({ is: "answer", args: [text], answer }));
      } else {
        socket.emit(name, text);
      }
    }
  },
  transport: () => say({ is: "transport", name: socket.io.engine.transport.name }),
});
