// How a peer talks with the test that started it: one JSON value a line, both ways.

import { createInterface } from "node:readline";

/** Tells the test something. */
export const say = (line) => process.stdout.write(JSON.stringify(line) + "\n");

/** Does what the test asks for: a line `{"do": name, ...}` calls the action of that name. Ends with the test. */
export function obey(actions) {
  const input = createInterface({ input: process.stdin });
  input.on("line", (line) => {
    const command = JSON.parse(line, revive);
    actions[command.do](command);
  });
  input.on("close", () => process.exit(0));
}

/** JSON has no bytes: `{"$bytes": [1, 2]}` stands for them. */
const revive = (_, value) => (value?.$bytes ? Buffer.from(value.$bytes) : value);
