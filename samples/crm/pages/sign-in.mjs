import { html } from './html.mjs';
import { bad, cardPage, token } from './layout.mjs';

/** Signing in to the CRM itself, or (with an app) on the way to that app's consent page. */
export function signInPage({ action, formToken, app, account, error, next }) {
  return cardPage({
    title: 'Sign in',
    content: html`
      <h1>Sign in</h1>
      ${app ? html`<p class="muted">to let <b>${app.name}</b> connect to your account</p>` : html`<p class="muted">Use your CRM account.</p>`}
      ${bad(error)}
      <form method="post" action="${action}" class="stack">
        ${token(formToken)}
        ${next && html`<input type="hidden" name="next" value="${next}">`}
        <label>Account
          <input name="account" value="${account}" autocomplete="username" autocapitalize="none" spellcheck="false" required ${account ? '' : html`autofocus`}>
        </label>
        <label>Password
          <input name="password" type="password" autocomplete="current-password" required ${account ? html`autofocus` : ''}>
        </label>
        <button class="wide">Sign in</button>
        ${app && html`<button class="quiet wide" name="decision" value="deny" formnovalidate>Cancel and go back</button>`}
      </form>`,
    below: html`
      <h2>This is a sandbox</h2>
      <p>Three accounts come with it. Their first passwords are:</p>
      <table class="plain">
        <tr><td>manager</td><td><code>manager-pw</code></td><td>Mia, sales manager</td></tr>
        <tr><td>rep-one</td><td><code>rep-one-pw</code></td><td>Rita, sales rep</td></tr>
        <tr><td>rep-two</td><td><code>rep-two-pw</code></td><td>Ravi, sales rep</td></tr>
      </table>`,
  });
}
