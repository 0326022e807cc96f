// Keeps the door's pages and files, so that it opens where there is no network. Only reading, only the door's.

const kept = "door-1";
const own = (url) => url.origin === location.origin && (url.pathname.startsWith("/portaria") || url.pathname.startsWith("/assets/"));

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) =>
  event.waitUntil(
    (async () => {
      for (const name of await caches.keys()) if (name !== kept) await caches.delete(name);
      await self.clients.claim();
    })(),
  ),
);

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  // The list is kept by the page itself, and what changes something is never repeated from here.
  if (request.method !== "GET" || !own(url) || url.pathname.endsWith(".json")) return;
  event.respondWith(url.pathname.startsWith("/assets/") ? fromCache(request) : fromNetwork(event, request));
});

async function fromCache(request) {
  const cache = await caches.open(kept);
  const known = await cache.match(request);
  if (known) return known;
  const answer = await fetch(request);
  if (answer.ok) await cache.put(request, answer.clone());
  return answer;
}

/** The list of doors needs the network; a door that was open here does not. */
async function lastDoor(cache) {
  const doors = (await cache.keys()).filter(({ url }) => /^\/portaria\/[0-9a-f-]{36}$/.test(new URL(url).pathname));
  return doors.length > 0 && Response.redirect(doors.at(-1).url);
}

async function fromNetwork(event, request) {
  const cache = await caches.open(kept);
  try {
    const answer = await fetch(request);
    // A page that led to the sign-in is not the door's. What a page asks for beside itself is not loaded with its files.
    if (request.mode === "navigate" && answer.ok && !answer.redirected) event.waitUntil(cache.put(request, answer.clone()));
    return answer;
  } catch (error) {
    const known = (await cache.match(request)) ?? (request.mode === "navigate" && (await lastDoor(cache)));
    if (known) return known;
    throw error;
  }
}
