// Asks now and then whether the code was entered, and shows what came of it. Without this the page loads itself anew.
const box = document.querySelector('[data-state]');
const copy = box.querySelector('button[data-copy]');

if (navigator.clipboard) {
  copy.hidden = false;
  copy.addEventListener('click', async () => {
    await navigator.clipboard.writeText(copy.dataset.copy);
    copy.textContent = 'Copied';
  });
}

for (;;) {
  await new Promise((resolve) => setTimeout(resolve, Number(box.dataset.every) * 1000));
  try {
    const answer = await fetch(box.dataset.state, { headers: { accept: 'application/json' }, cache: 'no-store' });
    if (!answer.ok || (await answer.json()).status !== 'pending') {
      location.reload();
      break;
    }
  } catch {
    // No network for a moment: asked again.
  }
}
