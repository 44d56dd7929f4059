// A user of /chat by the official client. It signs in over HTTP, by `name` or by `code`; connects as `by` says, with the
// session's cookie or its token; tells all that happens; and asks what it is asked to.

import { io } from "socket.io-client";
import { obey, say } from "./lines.mjs";

const { url, by, name, code, ...options } = JSON.parse(process.argv[2]);

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

obey({
  // With an acknowledgement, and a time to wait for it.
  request: async ({ id, name, args }) => {
    try {
      say({ is: "answer", id, answer: await socket.timeout(10_000).emitWithAck(name, ...args) });
    } catch (error) {
      say({ is: "answer", id, lost: error.message });
    }
  },
  emit: ({ name, args }) => socket.emit(name, ...args),
  link: async () => say({ is: "link", ...(await (await api("POST", "/api/session/link", token)).json()) }),
  sign_out: async () => say({ is: "signed_out", status: (await api("DELETE", "/api/session", token)).status }),
});
