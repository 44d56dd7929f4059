// The service worker: keeps the files of the page in the browser, so that it opens at once, and also without a server.
//
// The server's build writes two lines above this: VERSION, which changes whenever a file of the page does, and FILES,
// the paths of all that the page needs to open. A browser that finds this script changed installs it beside the old one,
// which goes on serving the version that people have open. The new one waits until they ask for it, or have closed that.

const CACHE = `hubbub-${VERSION}`;

// Kept from when they are first asked for: few first visits need them.
const LATER = ["/emoji.txt"];

// The server's own addresses. What is said and who is signed in is never kept here.
const SERVER = /^\/(api|socket\.io|healthz|readyz)(\/|$)/;

// A whole version or none: it fails, and is tried again later, when one file can't be had.
self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(FILES)));
});

// The versions before this one go, and the first one takes over the page that brought it.
self.addEventListener("activate", (event) => {
  const forget = async () => {
    const names = await caches.keys();
    await Promise.all(names.filter((name) => name !== CACHE).map((name) => caches.delete(name)));
    await self.clients.claim();
  };
  event.waitUntil(forget());
});

// Somebody wants the new version now (web/src/service_worker.rs).
self.addEventListener("message", (event) => {
  if (event.data === "take over") self.skipWaiting();
});

// Somebody clicked at a notification: a page that is open goes to what it tells of (web/src/service_worker.rs hears it), and
// where none is, one is opened there.
self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(lead(event.notification.data));
});

async function lead(path) {
  const pages = await self.clients.matchAll({ type: "window" });
  const page = pages.find((page) => page.visibilityState === "visible") ?? pages[0];
  if (!page) return self.clients.openWindow(path);
  page.postMessage(path);
  return page.focus();
}

// From the cache first: all files that a page loads are of one version, and none waits for the network. What isn't kept,
// and all that isn't a GET of a file of the page, is the network's.
self.addEventListener("fetch", (event) => {
  const path = kept(event.request);
  if (path) event.respondWith(answer(path, event.request));
});

// Under which path a request's answer is kept, if it is.
function kept(request) {
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return null;
  // As for the server, every path without a dot is the page's.
  const isPage = request.mode === "navigate" && !url.pathname.includes(".") && !SERVER.test(url.pathname);
  if (isPage) return "/";
  return FILES.includes(url.pathname) || LATER.includes(url.pathname) ? url.pathname : null;
}

async function answer(path, request) {
  const cache = await caches.open(CACHE);
  const found = await cache.match(path, { ignoreVary: true });
  if (found) return found;
  const response = await fetch(request);
  if (response.ok && LATER.includes(path)) await cache.put(path, response.clone());
  return response;
}
