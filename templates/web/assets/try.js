// Sends requests of the API from its description: to this service alone, without cookies, with the token that was typed.
const kept = { token: '' };

function addressOf(form) {
  let path = form.dataset.path;
  const query = new URLSearchParams();
  for (const field of form.querySelectorAll('[data-in]')) {
    const { in: place, name } = field.dataset;
    if (place === 'path') path = path.replace(`{${name}}`, encodeURIComponent(field.value));
    if (place === 'query' && field.value !== '') query.append(name, field.value);
  }
  return query.size === 0 ? path : `${path}?${query}`;
}

function headersOf(form) {
  const headers = new Headers({ Accept: 'application/json, */*' });
  const token = form.querySelector('[data-token]')?.value.trim() ?? '';
  if (token !== '') headers.set('Authorization', `Bearer ${token}`);
  for (const field of form.querySelectorAll('[data-in=header]'))
    if (field.value !== '') headers.set(field.dataset.name, field.value);
  return headers;
}

async function send(form) {
  const headers = headersOf(form);
  const body = form.querySelector('[data-body]');
  if (body !== null) headers.set('Content-Type', body.dataset.body);
  const answer = await fetch(addressOf(form), {
    method: form.dataset.method.toUpperCase(),
    headers,
    credentials: 'omit',
    ...(body !== null && { body: body.files === null || body.files === undefined ? body.value : body.files[0] }),
  });
  const type = answer.headers.get('content-type') ?? '';
  const text = /json|text|yaml|xml/.test(type) ? await answer.text() : `${type} ${(await answer.blob()).size} B`;
  return [`${answer.status} ${answer.statusText}`, `${type}`, /json/.test(type) ? pretty(text) : text];
}

function pretty(text) {
  try {
    return JSON.stringify(JSON.parse(text), undefined, 2);
  } catch {
    return text;
  }
}

for (const part of document.querySelectorAll('[data-try]')) {
  part.hidden = false;
  const form = part.querySelector('form');
  const token = form.querySelector('[data-token]');
  part.addEventListener('toggle', () => {
    if (token !== null && token.value === '') token.value = kept.token;
  });
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    if (token !== null) kept.token = token.value;
    const place = form.querySelector('[data-answer]');
    const shown = document.createElement('pre');
    shown.className = 'ebox-pre';
    shown.tabIndex = 0;
    shown.textContent = await send(form).then(
      (lines) => lines.join('\n'),
      () => place.dataset.failed,
    );
    place.replaceChildren(shown);
  });
}
