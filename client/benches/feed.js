// The WebSocket of a page that is fed without a network: it says the same as `feeder.rs`, one message after the other, with
// the tasks in between that a message has waked (as a browser does). So all that differs between two clients is theirs.

window.WebSocket = class extends EventTarget {
  static CONNECTING = 0;
  static OPEN = 1;
  static CLOSING = 2;
  static CLOSED = 3;

  readyState = 0;
  bufferedAmount = 0;
  protocol = "";
  extensions = "";

  constructor() {
    super();
    // In a browser these are listeners like others, and called in the same way.
    for (const kind of ["open", "message", "error", "close"]) {
      Object.defineProperty(this, `on${kind}`, { set: (listener) => this.addEventListener(kind, listener) });
    }
    setTimeout(() => {
      this.readyState = 1;
      this.dispatchEvent(new Event("open"));
      this.#say('0{"sid":"feeder","upgrades":[],"pingInterval":600000,"pingTimeout":600000,"maxPayload":1000000}');
    });
  }

  send(data) {
    if (data.startsWith("40")) setTimeout(() => this.#feed());
  }

  close() {}

  async #feed() {
    this.#say('40{"sid":"fed"}');
    await new Promise((then) => setTimeout(then, 100));
    for (const frame of frames) {
      this.#say(frame);
      await undefined;
    }
  }

  #say(data) {
    this.dispatchEvent(new MessageEvent("message", { data }));
  }
};
