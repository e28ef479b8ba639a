import { html, moment } from './html.mjs';
import { layout } from './layout.mjs';

const VIA = { oauth2: 'OAuth 2.0', basic: 'Password', 'api-key': 'API key', session: 'Signed in' };

export function activityPage({ user, path, formToken, entries, nameOf }) {
  return layout({
    title: 'Who did what',
    user,
    path,
    formToken,
    content: html`
      <h1>Who did what</h1>
      <p class="muted">${user.role === 'manager' ? 'Every call of the API, by everybody' : 'Every call of the API in your name'}, newest first. Who it was is taken from the credential alone.</p>
      <section class="card">
        ${entries.length ? html`
        <table class="list">
          <thead><tr><th>When</th><th>Who</th><th>With</th><th>What</th><th>Request</th><th>Answer</th></tr></thead>
          <tbody>${entries.map((each) => html`
            <tr>
              <td data-label="When">${moment(each.at)}</td>
              <td data-label="Who">${each.account ? html`<span><b>${nameOf(each.account)}</b> <small class="muted">${each.account}</small></span>` : html`<i class="muted">not known</i>`}</td>
              <td data-label="With"><span>${VIA[each.via] ?? '–'}${each.app && html` <small class="muted">${each.app}</small>`}</span></td>
              <td data-label="What">${each.summary}</td>
              <td data-label="Request"><code>${each.method} ${each.path}</code></td>
              <td data-label="Answer"><span class="status ${each.status < 400 ? 'good' : each.status < 500 ? 'bad' : 'worse'}">${each.status}</span></td>
            </tr>`)}
          </tbody>
        </table>` : html`<p class="empty">Nothing was done through the API yet.</p>`}
      </section>`,
  });
}
