// What makes pages handier where scripts run; every page works without it.

/** A part of a page that changes is read again and put in its place; when nothing more will change, the page is. */
function follow(part) {
  const seconds = Number(part.dataset.live);
  setTimeout(async () => {
    let next;
    try {
      const answer = await fetch(location.href, {
        headers: { Accept: 'text/html' },
        cache: 'no-store',
        redirect: 'manual',
      });
      // The session is over: the page itself says so, or leads to the login.
      if (answer.type === 'opaqueredirect' || [401, 403].includes(answer.status)) return location.reload();
      if (answer.ok) {
        const read = new DOMParser().parseFromString(await answer.text(), 'text/html');
        next = read.getElementById(part.id);
        if (next === null || next.dataset.live === undefined) return location.reload();
      }
    } catch {
      // Away for a moment: what stands there stays, and is tried again.
    }
    if (next === undefined) return follow(part);
    const current = document.adoptNode(next);
    part.replaceWith(current);
    follow(current);
  }, seconds * 1000);
}

for (const part of document.querySelectorAll('[data-live]')) follow(part);

/** A form that was sent is not sent again by a second click. */
for (const form of document.querySelectorAll('form[method="post"]')) {
  form.addEventListener('submit', (event) => {
    if (form.dataset.sent !== undefined) return event.preventDefault();
    form.dataset.sent = '';
  });
}
// Coming back with the browser's own button, a form may be sent again.
addEventListener('pageshow', () => {
  for (const form of document.querySelectorAll('form[data-sent]')) delete form.dataset.sent;
});

/** Buttons that only a script can make work are shown only where one runs. */
for (const button of document.querySelectorAll('[data-print]')) {
  button.hidden = false;
  button.addEventListener('click', () => print());
}
