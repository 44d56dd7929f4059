// The original sample's contract by socket.io, in as few lines as it takes.

import { createServer } from "node:http";
import { Server } from "socket.io";

const http = createServer();
const io = new Server(http);

io.on("connection", (socket) => {
  socket.on("chat_message", (text) => io.emit("chat_message", text));
  socket.on("server_message", (text) => socket.emit("server_message", text));
});

http.listen(0, "127.0.0.1", () => console.log(`listens on http://127.0.0.1:${http.address().port}`));
