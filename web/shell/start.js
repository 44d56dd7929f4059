// Says in the place of the page that it is coming, or why it doesn't come. It stands in index.html itself: it is there
// when nothing else is. Once the page has taken that place (web/src/app.rs), what is written here is seen by nobody.
{
  const says = document.getElementById("start-says");
  const trouble =
    typeof WebAssembly === "undefined"
      ? "Hubbub runs in your browser as WebAssembly. This browser has none, or it is turned off."
      : "Hubbub could not start. Is there a connection, and is the browser up to date? Reload the page to try again.";
  const fail = () => (says.textContent = trouble);

  says.textContent = "One moment…";
  // Whoever is here sees the chat, which the page would ask for only once it has begun itself.
  const chat = document.querySelector("meta[name=chat]")?.content;
  if (chat && document.cookie.includes("hubbub_here")) {
    const link = { rel: "preload", as: "fetch", href: chat, crossOrigin: "anonymous" };
    document.head.append(Object.assign(document.createElement("link"), link));
  }
  // A file that doesn't come is told to nobody but its element: so we listen on the way down to it.
  addEventListener("error", fail, true);
  addEventListener("unhandledrejection", fail);
}
