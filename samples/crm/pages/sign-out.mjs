import { html } from './html.mjs';
import { cardPage, token } from './layout.mjs';

export function signOutPage({ user, formToken }) {
  return cardPage({
    title: 'Sign out',
    content: html`
      <h1>Sign out?</h1>
      <p>You are signed in as <b>${user.name}</b>. Connected apps stay connected.</p>
      <form method="post" action="/logout" class="stack">
        ${token(formToken)}
        <button class="wide">Sign out</button>
        <a class="button quiet wide" href="/">Stay</a>
      </form>`,
  });
}
