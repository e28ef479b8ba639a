import { html, moment } from './html.mjs';
import { appBadge, bad, good, layout, token } from './layout.mjs';

const DONE = {
  password: 'Your password is changed.',
  key: 'The API key is revoked. Whoever uses it is refused from now on.',
  app: 'The app is disconnected. Its tokens no longer work.',
};

export function settingsPage({ user, path, formToken, grants, apiKeys, created, done, faults = {} }) {
  return layout({
    title: 'Settings',
    user,
    path: '/settings',
    formToken,
    content: html`
      <h1>Settings</h1>
      ${good(Object.hasOwn(DONE, done ?? '') && DONE[done])}
      <section class="card" id="apps">
        <h2>Connected apps</h2>
        <p class="muted">Apps that you allowed to act in your name.</p>
        ${grants.length ? html`
        <ul class="rows">${grants.map((grant) => html`
          <li>
            ${appBadge(grant.appName)}
            <span class="grow"><b>${grant.appName}</b><small class="muted">Since ${moment(grant.grantedAt)}</small>
              <span class="chips">${grant.scopes.map((scope) => html`<code>${scope}</code>`)}</span></span>
            <form method="post" action="/settings/apps/revoke">${token(formToken)}<input type="hidden" name="id" value="${grant.id}"><button class="danger">Revoke</button></form>
          </li>`)}
        </ul>` : html`<p class="empty">No app is connected.</p>`}
      </section>
      <section class="card" id="api-keys">
        <h2>API keys</h2>
        <p class="muted">A key acts in your name. Send it in the header <code>X-Api-Key</code>.</p>
        ${created && html`
        <div class="notice good" role="status">
          <p>The key <b>${created.label}</b> is ready. Copy it now: it is shown this once.</p>
          <input class="secret" readonly aria-label="New API key" value="${created.key}">
        </div>`}
        ${apiKeys.length ? html`
        <ul class="rows">${apiKeys.map((key) => html`
          <li>
            <span class="grow"><b>${key.label}</b><small class="muted"><code>${key.start}…</code> created ${moment(key.createdAt)}</small></span>
            <form method="post" action="/settings/api-keys/revoke">${token(formToken)}<input type="hidden" name="id" value="${key.id}"><button class="danger">Revoke</button></form>
          </li>`)}
        </ul>` : html`<p class="empty">You have no API keys.</p>`}
        ${bad(faults.label)}
        <form method="post" action="/settings/api-keys" class="inline">
          ${token(formToken)}
          <label>Label <input name="label" maxlength="80" placeholder="What will use it" required></label>
          <button>Create key</button>
        </form>
      </section>
      <section class="card" id="password">
        <h2>Password</h2>
        <p class="muted">For signing in and for basic auth. Changing it leaves API keys and connected apps alone.</p>
        ${bad(faults.current)}${bad(faults.new && `New password: ${faults.new}`)}
        <form method="post" action="/settings/password" class="inline">
          ${token(formToken)}
          <label>Current password <input name="current" type="password" autocomplete="current-password" required></label>
          <label>New password <input name="new" type="password" autocomplete="new-password" minlength="6" maxlength="200" required></label>
          <button>Change password</button>
        </form>
      </section>`,
  });
}
