// Packets as the official parser writes them, for our codec to be compared with:
//
//     node tests/peers/vectors.mjs > client/tests/vectors.json
//
// Bytes stand as {"$bytes": [..]}. An object's keys are in alphabetical order, which is the order that the test keeps.

import { Decoder, Encoder, PacketType } from "socket.io-parser";

const { CONNECT, DISCONNECT, EVENT, ACK, CONNECT_ERROR } = PacketType;
const bytes = (...values) => Buffer.from(values);
const everyByte = bytes(...Array(256).keys());
const lookalike = { _placeholder: true, num: 0 };

const packets = {
  "connect": { type: CONNECT, nsp: "/" },
  "connect, as a server answers it": { type: CONNECT, nsp: "/", data: { pid: "p", sid: "s" } },
  "connect to a namespace": { type: CONNECT, nsp: "/chat", data: { token: "sésame" } },
  "disconnect": { type: DISCONNECT, nsp: "/" },
  "disconnect from a namespace": { type: DISCONNECT, nsp: "/deep/name" },
  "refusal": { type: CONNECT_ERROR, nsp: "/", data: { data: { code: 7 }, message: "no" } },
  "refusal by a namespace, in a word": { type: CONNECT_ERROR, nsp: "/chat", data: "no" },

  "event without arguments": { type: EVENT, nsp: "/", data: ["e"] },
  "event with every kind of value": { type: EVENT, nsp: "/", data: ["e", null, true, 1, -2, "s", [], {}, [[{ a: [1] }]]] },
  "event on a namespace": { type: EVENT, nsp: "/chat", data: ["e", { text: "t" }] },
  "event on a namespace with a query": { type: EVENT, nsp: "/chat?a=b", data: ["e"] },
  "event to be acknowledged": { type: EVENT, nsp: "/", id: 0, data: ["e", 1] },
  "event under a large id": { type: EVENT, nsp: "/chat", id: Number.MAX_SAFE_INTEGER, data: ["e"] },
  "event with a name of many kinds of letters": { type: EVENT, nsp: "/", data: ["ünï 🦀 \"\\\n\u0001"] },
  "event with a name that is a number": { type: EVENT, nsp: "/", data: ["42"] },
  "event with an empty name": { type: EVENT, nsp: "/", data: ["", ""] },
  "letters of many kinds": { type: EVENT, nsp: "/ünï", data: ["e", "é🦀", "\"\\/\b\f\n\r\t", "\u0000\u001f\u007f\u2028", { "k\"🦀": 1 }] },
  "brackets and commas in texts": { type: EVENT, nsp: "/", data: ["e[", "],[", "{}", ",/,", "[\"e\"]"] },
  "whole numbers": { type: EVENT, nsp: "/", data: ["e", 0, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER] },
  "numbers as JavaScript writes them": { type: EVENT, nsp: "/", data: ["e", 1.5, 1e21, 1e-7] },
  "what JSON has no word for": { type: EVENT, nsp: "/", data: ["e", undefined, NaN, { gone: undefined }] },
  "a placeholder of the user's own": { type: EVENT, nsp: "/", data: ["e", lookalike] },

  "acknowledgement without arguments": { type: ACK, nsp: "/", id: 0, data: [] },
  "acknowledgement": { type: ACK, nsp: "/", id: 12, data: ["yes", { a: 1 }] },
  "acknowledgement on a namespace": { type: ACK, nsp: "/chat", id: 3, data: [null] },

  "bytes": { type: EVENT, nsp: "/", data: ["e", everyByte] },
  "no bytes": { type: EVENT, nsp: "/", data: ["e", bytes()] },
  "bytes that look like text": { type: EVENT, nsp: "/", data: ["e", Buffer.from('"},\\{🦀')] },
  "bytes in several places": { type: EVENT, nsp: "/", data: ["e", bytes(1), "between", { a: [bytes(2), { b: bytes(3) }], z: bytes(4) }] },
  "bytes on a namespace, to be acknowledged": { type: EVENT, nsp: "/chat", id: 0, data: ["e", [[bytes(1, 2)]]] },
  "bytes beside a text that looks like their placeholder": { type: EVENT, nsp: "/", data: ["e", JSON.stringify(lookalike), bytes(1)] },
  "bytes beside a placeholder of the user's own": { type: EVENT, nsp: "/", data: ["e", lookalike, bytes(1)] },
  "as many attachments as the parser reads": { type: EVENT, nsp: "/", data: ["e", Array.from({ length: 10 }, (_, n) => bytes(n))] },
  "bytes in an acknowledgement": { type: ACK, nsp: "/", id: 7, data: [bytes(9), { a: bytes(8) }] },
  "bytes in an acknowledgement on a namespace": { type: ACK, nsp: "/chat", id: 1, data: [{ a: bytes(1) }] },
};

/** What a peer gets to see. */
function read(frames) {
  const decoder = new Decoder();
  let packet;
  decoder.on("decoded", (decoded) => (packet = decoded));
  frames.forEach((frame) => decoder.add(frame));
  return packet;
}

const legible = (value) => {
  if (Buffer.isBuffer(value)) return { $bytes: [...value] };
  if (Array.isArray(value)) return value.map(legible);
  if (value && typeof value === "object") {
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, legible(inner)]));
  }
  return value;
};

const vectors = Object.entries(packets).map(([about, packet]) => {
  // The encoder takes bytes out of what it is given, and puts numbers of types on it.
  const { data } = packet;
  const [text, ...attachments] = new Encoder().encode({ ...packet });
  const seen = read([text, ...attachments]);
  return {
    about,
    packet: { type: PacketType[packet.type], nsp: packet.nsp, id: packet.id, data: legible(data) },
    text,
    attachments: attachments.map((attachment) => [...attachment]),
    read: legible(seen.data),
  };
});

console.log(`[\n${vectors.map((vector) => JSON.stringify(vector)).join(",\n")}\n]`);
