// Scans the code of a paper attestation where it is verified: an address of ours is opened, the text of a code is sent along.
const root = document.getElementById('camera-scan');
const button = document.getElementById('camera-start');
const video = document.getElementById('camera');
const problem = document.getElementById('camera-problem');

function complain(name) {
  problem.textContent = root.dataset[name];
  problem.hidden = false;
}

/** Only pages that show an attestation by its code are opened, and only here: a code can hold any address. */
function addressIn(text) {
  try {
    const { origin, pathname } = new URL(text.trim());
    return origin === location.origin && /^\/[vs]\/[\w-]+$/.test(pathname) ? pathname : undefined;
  } catch {
    return undefined;
  }
}

function follow(text) {
  const address = addressIn(text);
  if (address !== undefined) return location.assign(address);
  if (!text.startsWith('EBA1:')) return complain('foreign');
  const field = document.getElementById('text');
  field.value = text;
  field.form.requestSubmit();
}

let stop;
async function scan() {
  problem.hidden = true;
  const { readCamera } = await import(root.dataset.scan);
  const ended = new AbortController();
  stop = () => ended.abort();
  video.hidden = false;
  button.textContent = root.dataset.stop;
  try {
    const text = await readCamera(video, ended.signal);
    if (text !== undefined) follow(text);
  } catch {
    complain('noCamera');
  } finally {
    stop = undefined;
    video.hidden = true;
    button.textContent = root.dataset.start;
  }
}

if (navigator.mediaDevices?.getUserMedia !== undefined) {
  root.hidden = false;
  button.addEventListener('click', () => (stop === undefined ? scan() : stop()));
}
