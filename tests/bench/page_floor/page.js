// What every page made of these three has to load: one element on the screen, and a connection.

import { createElement } from "react";
import { createRoot } from "react-dom/client";
import { io } from "socket.io-client";

const socket = io();
createRoot(document.body).render(createElement("button", { onClick: () => socket.emit("chat_message", "Hello!") }, "Say hello"));
