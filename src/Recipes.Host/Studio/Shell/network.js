// A connection that was lost: said once, tried again with growing pauses, at once where the browser or the person says so.
import { make, pause, say } from './page.js';

const pauses = [500, 1000, 2000, 3000, 5000];
let banner = null;
let wakers = [];

const wake = () => {
  for (const done of wakers) done();
  wakers = [];
};

window.addEventListener('online', wake);

/** Waits until it is worth another try. */
export const lost = async (attempt) => {
  // The first try again comes soon, and often does.
  if (attempt > 0 && !banner) {
    banner = make('div', { className: 'recipes studio-banner' },
      make('p', {}, make('strong', { textContent: 'Connection lost, trying again' }), ' Keep this page open: what you edited goes out as soon as there is an answer.'),
      make('button', { type: 'button', className: 'button small', textContent: 'Try now', onclick: wake }));
    document.getElementById('studio-top').append(banner);
    say('Connection lost, trying again');
  }

  await Promise.race([pause(pauses[Math.min(attempt, pauses.length - 1)]), new Promise((done) => wakers.push(done))]);
};

/** There was an answer. */
export const found = () => {
  if (!banner) return;
  banner.remove();
  banner = null;
  say('The connection is back');
};
