import { html, moment, money } from './html.mjs';
import { layout } from './layout.mjs';

export function dashboardPage({ user, path, formToken, opportunities, notifications, nameOf }) {
  const total = opportunities.reduce((sum, each) => sum + each.amount, 0);
  const author = (each) => html`<b>${nameOf(each.createdBy)}</b>${each.app && html` <small class="muted">via ${each.app}</small>`}`;
  return layout({
    title: 'Dashboard',
    user,
    path,
    formToken,
    content: html`
      <h1>Hello, ${user.name.split(' ')[0]}</h1>
      <div class="tiles">
        <div class="card tile"><span>Opportunities</span><b>${opportunities.length}</b></div>
        <div class="card tile"><span>Pipeline</span><b>${money(total)}</b></div>
        <div class="card tile"><span>Notifications</span><b>${notifications.length}</b></div>
      </div>
      <section class="card">
        <h2>Opportunities</h2>
        ${opportunities.length ? html`
        <table class="list">
          <thead><tr><th>Name</th><th>Account</th><th class="number">Amount</th><th>Created by</th><th>When</th></tr></thead>
          <tbody>${opportunities.map((each) => html`
            <tr>
              <td data-label="Name"><span>${each.name} <small class="muted">${each.id}</small></span></td>
              <td data-label="Account">${each.accountName}</td>
              <td data-label="Amount" class="number">${money(each.amount)}</td>
              <td data-label="Created by"><span>${author(each)}</span></td>
              <td data-label="When">${moment(each.createdAt)}</td>
            </tr>`)}
          </tbody>
        </table>` : html`<p class="empty">No opportunities yet. They appear here as soon as a connected app or a script creates one.</p>`}
      </section>
      <section class="card">
        <h2>Notifications</h2>
        ${notifications.length ? html`
        <ul class="feed">${notifications.map((each) => html`
          <li>
            <span>${each.subject} ${each.opportunityId && html`<small class="muted">${each.opportunityId}</small>`}</span>
            <small class="muted">To ${nameOf(each.recipient)}, from ${author(each)}, ${moment(each.createdAt)}</small>
          </li>`)}
        </ul>` : html`<p class="empty">Nothing to read.</p>`}
      </section>`,
  });
}
