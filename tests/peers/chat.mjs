// A user of /chat by the official client. It signs in over HTTP, by `name` or by `code`; connects as `by` says, with the
// session's cookie or its token; tells all that happens; and asks what it is asked to. With `beside` it is in `/` too, on
// the same connection.

import { io } from "socket.io-client";
import { obey, say } from "./lines.mjs";

const { url, by, name, code, beside, ...options } = JSON.parse(process.argv[2]);

const api = (method, path, token, body) =>
  fetch(`${url}${path}`, {
    method,
    headers: { "content-type": "application/json", ...(token && { authorization: `Bearer ${token}` }) },
    body: body && JSON.stringify(body),
  });

const answer = await api("POST", "/api/session", null, code ? { code } : { name });
const { user, token, error } = await answer.json();
say({ is: "session", status: answer.status, user, error });
if (error) process.exit(0);

// A browser would send the cookie by itself.
const cookie = answer.headers.get("set-cookie").split(";")[0];
const session = by === "cookie" ? { extraHeaders: { cookie } } : { auth: { token } };
const socket = io(`${url}/chat`, { ...session, ...options });

socket.on("connect", () => say({ is: "connect", transport: socket.io.engine.transport.name }));
socket.on("connect_error", (error) => say({ is: "connect_error", message: error.message }));
socket.on("disconnect", (reason) => say({ is: "disconnect", reason }));
socket.onAny((name, ...args) => say({ is: "event", name, args }));

const classic = beside && socket.io.socket("/");
classic?.on("connect", () => say({ is: "beside" }));
classic?.on("server_message", (text) => say({ is: "echo", text }));

obey({
  // With an acknowledgement, and a time to wait for it.
  request: async ({ id, name, args }) => {
    try {
      say({ is: "answer", id, answer: await socket.timeout(10_000).emitWithAck(name, ...args) });
    } catch (error) {
      say({ is: "answer", id, lost: error.message });
    }
  },
  // Leaves a namespace and comes back, so many times, while the connection stays.
  leave_and_return: async ({ namespace, times }) => {
    const leaver = namespace === "/" ? classic : socket;
    for (let time = 1; time <= times; time++) {
      leaver.disconnect().connect();
      await new Promise((resolve) => leaver.once("connect", resolve));
      say({ is: "returned", namespace, time });
    }
  },
  // The same with a forged token in between, which is refused.
  refused_and_return: async ({ times }) => {
    for (let time = 1; time <= times; time++) {
      socket.auth = { token: "forged" };
      socket.disconnect().connect();
      await new Promise((resolve) => socket.once("connect_error", resolve));
      socket.auth = { token };
      socket.connect();
      await new Promise((resolve) => socket.once("connect", resolve));
      say({ is: "returned", namespace: "refused", time });
    }
  },
  echo: ({ text }) => classic.emit("server_message", text),
  emit: ({ name, args }) => socket.emit(name, ...args),
  link: async () => say({ is: "link", ...(await (await api("POST", "/api/session/link", token)).json()) }),
  sign_out: async () => say({ is: "signed_out", status: (await api("DELETE", "/api/session", token)).status }),
});
