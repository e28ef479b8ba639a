import { html, moment } from './html.mjs';
import { appBadge, bad, good, layout, token } from './layout.mjs';

export function developerPage({ user, path, formToken, apps, created, done, faults = {}, entered = {} }) {
  return layout({
    title: 'Developer',
    user,
    path: '/developer',
    formToken,
    content: html`
      <h1>Developer</h1>
      <p class="muted">OAuth apps may ask people for access. The authorization server describes itself at <a href="/.well-known/openid-configuration">/.well-known/openid-configuration</a>.</p>
      ${good(done === 'deleted' && 'The app is deleted, and every connection to it has ended.')}
      ${created && html`
      <div class="notice good" role="status">
        <p><b>${created.name}</b> is registered. Copy the secret now: it is shown this once.</p>
        <label>Client id <input class="secret" readonly id="client-id" value="${created.id}"></label>
        <label>Client secret <input class="secret" readonly id="client-secret" value="${created.secret}"></label>
      </div>`}
      <section class="card">
        <h2>Apps</h2>
        ${apps.length ? html`
        <ul class="rows">${apps.map((app) => html`
          <li>
            ${appBadge(app.name)}
            <span class="grow"><b>${app.name}</b><small class="muted">Client id <code>${app.id}</code>, since ${moment(app.createdAt)}</small>
              ${app.redirectUris.map((uri) => html`<small class="break">${uri}</small>`)}</span>
            <form method="post" action="/developer/delete">${token(formToken)}<input type="hidden" name="id" value="${app.id}"><button class="danger">Delete</button></form>
          </li>`)}
        </ul>` : html`<p class="empty">No app is registered yet.</p>`}
      </section>
      <section class="card">
        <h2>Register an app</h2>
        ${bad(faults.name)}${bad(faults.redirectUris)}
        <form method="post" action="/developer" class="stack">
          ${token(formToken)}
          <label>Name <input name="name" maxlength="80" value="${entered.name}" required></label>
          <label>Redirect addresses, one a line
            <textarea name="redirect_uris" rows="3" placeholder="http://127.0.0.1:5000/oauth/callback/crm" required>${entered.redirectUris}</textarea>
          </label>
          <p><button>Register app</button></p>
        </form>
      </section>`,
  });
}
