// Checks a code in this browser: with the published keys and the signed status lists, so that nobody learns which code it was.
import { readCodeKeys } from 'ebox/code/public-key';
import { readStatusList } from 'ebox/code/status-list';
import { verifyOfflineCode } from 'ebox/verify/offline-code';

const root = document.getElementById('check');
const result = document.getElementById('result');
const problem = document.getElementById('problem');
const field = document.getElementById('text');
const video = document.getElementById('camera');
const API = '/verifications/v1';
/** Lists that are fetched beforehand, the newest first: each tells of 65 536 attestations. */
const MOST_LISTS = 100;

const locale = { nl: 'nl-BE', fr: 'fr-BE', de: 'de-BE', en: 'en-GB' }[document.documentElement.lang];
const inBrussels = (options) => new Intl.DateTimeFormat(locale, { timeZone: 'Europe/Brussels', ...options });
const dates = inBrussels({ dateStyle: 'long' });
const moments = inBrussels({ dateStyle: 'long', timeStyle: 'short', hourCycle: 'h23' });
const days = new Intl.DateTimeFormat(locale, {
  timeZone: 'UTC',
  weekday: 'long',
  day: 'numeric',
  month: 'long',
  year: 'numeric',
});
const dayOf = (text) => days.format(new Date(`${text}T00:00:00Z`));

/** A text of the page, with what belongs into it. */
function say(name, values = {}) {
  return root.dataset[name].replace(/\{(\w+)\}/g, (_whole, key) => values[key] ?? '');
}

async function readKeys() {
  const answer = await fetch(`${API}/keys`);
  return (answer.ok && readCodeKeys(await answer.json())) || [];
}

/** A list that is not there, not signed by us, of another number or too old is as good as none. */
async function readList(number, keys) {
  try {
    const path = `${API}/statusLists/${number}`;
    const answer = await fetch(path);
    const list = answer.ok ? await readStatusList(await answer.text(), keys, new Date()) : undefined;
    return list !== undefined && new URL(list.subject).pathname === path ? list : undefined;
  } catch {
    return undefined;
  }
}

/** Fetches what is needed without internet; the service worker keeps it. */
async function prepare() {
  const state = document.getElementById('state');
  try {
    const [keys, lists] = await Promise.all([
      readKeys(),
      fetch(`${API}/statusLists`).then((answer) => answer.json()),
    ]);
    const paths = lists.status_lists.map((address) => new URL(address).pathname).reverse();
    const read = await Promise.all(
      paths.slice(0, MOST_LISTS).map((path) => readList(path.slice(path.lastIndexOf('/') + 1), keys)),
    );
    const times = read.filter((list) => list !== undefined).map(({ issuedAt }) => issuedAt.getTime());
    const isKept = navigator.serviceWorker?.controller != null;
    if (keys.length === 0) state.textContent = say('notReady');
    else if (times.length === 0) state.textContent = say(isKept ? 'readyUnlisted' : 'online');
    else state.textContent = say(isKept ? 'ready' : 'online', { date: moments.format(Math.min(...times)) });
    root.dataset.isReady = String(isKept && keys.length > 0);
  } catch {
    state.textContent = say('notReady');
  }
}

/** Keys and lists have to be read once more through the worker, which was not there when the page was opened. */
async function begin() {
  await prepare();
  if (navigator.serviceWorker === undefined) return;
  navigator.serviceWorker.addEventListener('controllerchange', () => prepare());
  await navigator.serviceWorker.register('/verify/worker.js', { scope: '/verify' }).catch(() => undefined);
}

async function check(text) {
  problem.hidden = true;
  result.replaceChildren();
  let list;
  const keys = await readKeys().catch(() => []);
  if (keys.length === 0) return complain('noKeys');
  const verdict = await verifyOfflineCode(text, {
    keys,
    at: new Date(),
    listOf: async (number) => {
      list = await readList(number, keys);
      return list;
    },
  });
  if (verdict.kind === 'malformed') return complain(leadsHere(text) ? 'onlineCode' : 'malformed');
  show(verdict.kind === 'genuine' ? verdict.status : verdict.kind, verdict.claims, list);
}

/** The address that most documents print instead: there, the register itself answers. */
function leadsHere(text) {
  return text.trim().startsWith(`${location.origin}/v/`);
}

function complain(name) {
  problem.textContent = say(name);
  problem.hidden = false;
  field.focus();
}

function show(kind, claims, list) {
  const own = document.getElementById(`verdict-${kind}`).content.cloneNode(true);
  const now = say('checkedAt', { date: moments.format(new Date()) });
  const of = list === undefined ? '' : ` · ${say('listed', { date: moments.format(list.issuedAt) })}`;
  own.querySelector('.ebox-verdict__when').textContent = now + of;
  const place = own.querySelector('[data-facts]');
  if (claims === undefined) place?.remove();
  else place?.replaceChildren(factsOf(claims));
  result.replaceChildren(own);
  result.dataset.kind = kind;
  result.focus();
}

function factsOf(claims) {
  const facts = document.getElementById('facts').content.cloneNode(true);
  const { period } = claims;
  const span = period && { from: dayOf(period.from), until: period.until && dayOf(period.until) };
  const type = facts.querySelector('[data-fact="type"]');
  const title = type.querySelector(`[data-type="${CSS.escape(claims.type)}"]`);
  const values = {
    type: title?.textContent ?? claims.type,
    number: claims.number,
    initials: claims.initials,
    birthYear: String(claims.birthYear),
    period: span && say(span.until === undefined ? 'openRange' : 'range', span),
    issuedAt: dates.format(claims.issuedAt),
    issuer: claims.issuer.replace(/^(\d{4})(\d{3})(\d{3})$/, '$1.$2.$3'),
    expiresAt: dates.format(claims.expiresAt),
  };
  for (const row of facts.querySelectorAll('[data-fact]')) {
    const value = values[row.dataset.fact];
    if (value === undefined) row.remove();
    else row.querySelector('dd').textContent = value;
  }
  return facts;
}

document.getElementById('typed').addEventListener('submit', (event) => {
  event.preventDefault();
  check(field.value);
});

/** The reader of pictures is fetched when it is needed first; the worker has it already. */
const reader = () => import(root.dataset.scan);

document.getElementById('picture').addEventListener('change', async ({ target }) => {
  const [file] = target.files;
  target.value = '';
  if (file === undefined) return;
  const { readPicture } = await reader();
  const text = await readPicture(file);
  if (text === undefined) return complain('noCode');
  field.value = text;
  check(text);
});

const scan = document.getElementById('scan');
scan.hidden = navigator.mediaDevices?.getUserMedia === undefined;
let stop;
scan.addEventListener('click', async () => {
  if (stop !== undefined) return stop();
  const { readCamera } = await reader();
  const ended = new AbortController();
  stop = () => ended.abort();
  video.hidden = false;
  scan.textContent = say('stop');
  const text = await readCamera(video, ended.signal).catch(() => 'refused');
  stop = undefined;
  video.hidden = true;
  scan.textContent = say('start');
  if (text === 'refused') return complain('noCamera');
  if (text === undefined) return;
  field.value = text;
  check(text);
});

root.hidden = false;
begin();
