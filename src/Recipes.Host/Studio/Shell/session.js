// A session that ended: requests wait while the person signs in again beside the page.
import { make, say } from './page.js';

const path = `/sign-in?embedded=1&return=${encodeURIComponent('/studio/signed-in?embedded=1')}`;
let renewal = null;

const isSignedIn = async (plain) => {
  try {
    return (await plain('/api/me')).ok;
  } catch {
    return false;
  }
};

const ask = (plain) => new Promise((done) => {
  const frame = make('iframe', { src: path, title: 'Sign in' });
  const dialog = make('dialog', { className: 'recipes studio-dialog' },
    make('h2', { id: 'studio-session-title', textContent: 'Your session has ended' }),
    make('p', {}, 'Sign in again and it goes on where it stopped. Nothing is lost. ', make('a', { href: '/sign-in?return=/studio/signed-in', target: '_blank', rel: 'noopener', textContent: 'Sign in in a new tab' }), ' if nothing is shown here.'),
    frame);
  dialog.setAttribute('aria-labelledby', 'studio-session-title');
  // It cannot be closed: every request would ask again.
  dialog.addEventListener('cancel', (event) => event.preventDefault());
  const channel = new BroadcastChannel('recipes');
  const close = () => {
    channel.close();
    window.removeEventListener('focus', look);
    dialog.close();
    dialog.remove();
    done();
  };
  // Somebody may have signed in elsewhere, and come back.
  const look = async () => { if (await isSignedIn(plain)) close(); };
  channel.onmessage = ({ data }) => { if (data?.recipes === 'signed-in') close(); };
  window.addEventListener('focus', look);
  document.body.append(dialog);
  dialog.showModal();
  say('Your session has ended. Sign in again.');
});

/** Waits until there is a session again; one dialog for all requests. */
export const renew = (plain) => (renewal ??= ask(plain).finally(() => { renewal = null; }));
