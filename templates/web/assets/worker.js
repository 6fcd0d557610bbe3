// Keeps the page that checks codes, and what it checks with, for when there is no internet. FILES and PAGES stand above.

const OWN = `check-${VERSION}`;
/** Outlives new versions of the page. */
const TRUST = 'trust';
const API = /^\/verifications\/v1\/(?:keys|statusLists(?:\/\d+)?)$/;
/** A network that does not answer is none. */
const PATIENCE_MS = 5000;

/** Nobody's page: without cookies, so that no name of whoever is logged in is kept. */
const anonymous = (path) => new Request(path, { credentials: 'omit', cache: 'reload' });

addEventListener('install', (event) => {
  const keep = async () => {
    const cache = await caches.open(OWN);
    await cache.addAll([...FILES, ...PAGES.map(anonymous)]);
    await skipWaiting();
  };
  event.waitUntil(keep());
});

addEventListener('activate', (event) => {
  const take = async () => {
    for (const name of await caches.keys()) if (name !== OWN && name !== TRUST) await caches.delete(name);
    await clients.claim();
  };
  event.waitUntil(take());
});

addEventListener('fetch', (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== 'GET' || origin !== location.origin) return;
  if (request.mode === 'navigate') {
    if (pathname === '/verify' || pathname === PAGE) event.respondWith(openPage(request));
  } else if (API.test(pathname)) event.respondWith(fetchTrust(request));
  else if (FILES.includes(pathname)) event.respondWith(fetchOwn(request));
});

async function openPage(request) {
  try {
    return await fetch(request);
  } catch {
    return kept(request);
  }
}

/** In the language asked for, else in that of the browser. */
async function kept(request) {
  const cache = await caches.open(OWN);
  const asked = [new URL(request.url).searchParams.get('lang'), ...navigator.languages];
  const known = asked.map((tag) => tag?.slice(0, 2).toLowerCase());
  const page = known.map((tag) => `${PAGE}?lang=${tag}`).find((path) => PAGES.includes(path));
  return (await cache.match(page ?? PAGES[0])) ?? Response.error();
}

async function fetchTrust(request) {
  const cache = await caches.open(TRUST);
  try {
    const answer = await fetch(request, { signal: AbortSignal.timeout(PATIENCE_MS) });
    if (answer.ok) await cache.put(request.url, answer.clone());
    return answer;
  } catch {
    return (await cache.match(request.url)) ?? Response.error();
  }
}

async function fetchOwn(request) {
  const cache = await caches.open(OWN);
  return (await cache.match(request.url)) ?? fetch(request);
}
