// The wizard in a frame beside the designer, and the tab where consent is given. Both know each other by a channel of our own origin.
const channel = new BroadcastChannel('recipes');

const tell = (message) => {
  channel.postMessage(message);
  if (window.parent !== window) window.parent.postMessage(message, location.origin);
};

for (const button of document.querySelectorAll('[data-cancel]')) {
  button.hidden = false;
  button.addEventListener('click', () => tell({ recipes: 'connection-cancelled' }));
}

const created = document.querySelector('[data-created]');
if (created) tell({ recipes: 'connection-created', ...JSON.parse(created.dataset.created) });

// In the tab where consent was given: whoever waits for it answers, and then this tab is not needed any more.
const authorised = document.querySelector('[data-authorised]');
if (authorised) {
  channel.addEventListener('message', ({ data }) => {
    if (data?.recipes !== 'authorisation-seen' || data.connection !== authorised.dataset.authorised) return;
    authorised.hidden = false;
    window.close();
  });
  channel.postMessage({ recipes: 'connection-authorised', connection: authorised.dataset.authorised });
}

// In the frame that waits for it.
const awaited = document.querySelector('[data-awaits]');
if (awaited) {
  const goOn = () => location.replace(awaited.dataset.next);
  channel.addEventListener('message', ({ data }) => {
    if (data?.recipes !== 'connection-authorised' || data.connection !== awaited.dataset.awaits) return;
    channel.postMessage({ recipes: 'authorisation-seen', connection: data.connection });
    goOn();
  });
  awaited.querySelector('form').addEventListener('submit', () => {
    awaited.querySelector('[data-waiting]').textContent = awaited.dataset.words;
  });
  const look = async () => {
    try {
      const answer = await fetch(awaited.dataset.state, { headers: { accept: 'application/json' }, cache: 'no-store' });
      if (answer.ok && (await answer.json()).status === 'connected') return goOn();
    } catch {
      // No network for a moment: asked again.
    }
    setTimeout(look, 2000);
  };
  setTimeout(look, 2000);
}

// The address to register ends with the key.
const callback = document.querySelector('[data-callback]');
if (callback) {
  const key = document.getElementById('key');
  key.addEventListener('input', () => {
    callback.querySelector('input').value = callback.dataset.callback + key.value;
  });
}
