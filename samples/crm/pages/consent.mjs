import { SCOPES } from '../authorization.mjs';
import { html } from './html.mjs';
import { appBadge, bad, cardPage, person, token } from './layout.mjs';

export function consentPage({ action, formToken, user, app, returnsTo, scopes, error }) {
  const lines = scopes.filter((scope) => SCOPES[scope] && scope !== 'offline_access');
  return cardPage({
    title: `Connect ${app.name}`,
    content: html`
      <div class="asks">${appBadge(app.name)}<h1>${app.name} wants to connect to your account</h1></div>
      ${bad(error)}
      <div class="as">${person(user)}<a href="${action}/switch">Not you? Sign in as another</a></div>
      <p>If you allow it, <b>${app.name}</b> can:</p>
      <ul class="scopes">
        ${lines.map((scope) => html`<li><span>${SCOPES[scope]}</span> <code>${scope}</code></li>`)}
        <li><span>Stay connected until you revoke it under Settings</span></li>
      </ul>
      <p class="muted">What it does is recorded as done by <b>${user.name}</b>. You will be sent back to <span class="break">${returnsTo}</span>.</p>
      <form method="post" action="${action}" class="choice">
        ${token(formToken)}
        <button name="decision" value="allow">Allow</button>
        <button name="decision" value="deny" class="quiet">Deny</button>
      </form>`,
  });
}
