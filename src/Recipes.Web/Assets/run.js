// Keeps the page of a run up to date until it has ended. Without this a link loads the page anew.
const run = document.getElementById('run');
const said = document.getElementById('run-said');
const address = `${location.pathname}/live${location.search}`;

// Changes what differs and leaves the rest alone: what has the focus, is open or marked stays so.
const morph = (old, fresh) => {
  for (const name of old.getAttributeNames()) if (!fresh.hasAttribute(name) && name !== 'open') old.removeAttribute(name);
  for (const name of fresh.getAttributeNames()) if (old.getAttribute(name) !== fresh.getAttribute(name)) old.setAttribute(name, fresh.getAttribute(name));
  const [before, after] = [[...old.childNodes], [...fresh.childNodes]];
  after.forEach((node, at) => {
    const same = before[at];
    if (!same) old.append(node);
    else if (same.nodeType !== node.nodeType || same.nodeName !== node.nodeName || same.className !== node.className || same.id !== node.id) same.replaceWith(node);
    else if (node.nodeType === Node.ELEMENT_NODE) morph(same, node);
    else if (same.data !== node.data) same.data = node.data;
  });
  for (const node of before.slice(after.length)) node.remove();
};

const visible = () => new Promise((resolve) => {
  if (!document.hidden) resolve();
  else document.addEventListener('visibilitychange', () => resolve(), { once: true });
});

while (run.dataset.again) {
  run.querySelector('[data-refresh]')?.remove();
  await new Promise((resolve) => setTimeout(resolve, Number(run.dataset.again)));
  await visible();
  try {
    const answer = await fetch(address, { cache: 'no-store' });
    if (answer.redirected || [401, 403, 404].includes(answer.status)) {
      // Signed out, or gone: the page says so.
      location.reload();
      break;
    }
    if (!answer.ok) continue;
    const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html').getElementById('run');
    const words = fresh.dataset.said;
    if (fresh.dataset.again) fresh.querySelector('[data-refresh]')?.remove();
    morph(run, document.adoptNode(fresh));
    document.title = run.dataset.title;
    if (said.textContent !== words) said.textContent = words;
  } catch {
    // No network for a moment: looked again.
  }
}
