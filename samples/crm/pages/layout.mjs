import { html } from './html.mjs';

const LINKS = [
  { path: '/', text: 'Dashboard' },
  { path: '/activity', text: 'Who did what' },
  { path: '/settings', text: 'Settings' },
  { path: '/developer', text: 'Developer', role: 'manager' },
];

const BRAND = html`<span class="brand"><svg viewBox="0 0 32 32" width="28" height="28" aria-hidden="true"><rect width="32" height="32" rx="8" fill="#0f766e"/><path d="M8 21.5a8 8 0 0 1 16 0" fill="none" stroke="#fff" stroke-width="3" stroke-linecap="round"/><circle cx="16" cy="11" r="3.5" fill="#fff"/></svg>Sandbox CRM</span>`;

/** A page for somebody signed in: navigation above, content below. */
export function layout({ title, user, path, formToken, content }) {
  return skeleton(title, html`
    <header class="bar"><div class="inner">
      <a class="home" href="/">${BRAND}</a>
      <nav aria-label="Main">${LINKS.filter((link) => !link.role || link.role === user.role).map((link) => html`
        <a href="${link.path}" ${link.path === path ? html`aria-current="page"` : ''}>${link.text}</a>`)}
      </nav>
      <div class="who">
        ${person(user)}
        <form method="post" action="/logout">${token(formToken)}<button class="quiet">Sign out</button></form>
      </div>
    </div></header>
    <main class="inner">${content}</main>`);
}

/** A page with one card in the middle: sign in, consent, errors. */
export function cardPage({ title, content, below }) {
  return skeleton(title, html`
    <main class="middle">
      <div class="above">${BRAND}</div>
      <section class="card">${content}</section>
      ${below && html`<section class="below">${below}</section>`}
    </main>`);
}

export function token(formToken) {
  return html`<input type="hidden" name="form_token" value="${formToken}">`;
}

export function person(user) {
  return html`<span class="person"><span class="avatar" aria-hidden="true">${initials(user.name)}</span><span><b>${user.name}</b><small>${user.id}</small></span></span>`;
}

/** A program that calls or asks: its initial in a square, as people's are in a circle. */
export function appBadge(name) {
  return html`<span class="avatar app" aria-hidden="true">${initials(name)}</span>`;
}

export function good(text) {
  return text && html`<p class="notice good" role="status">${text}</p>`;
}

export function bad(text) {
  return text && html`<p class="notice bad" role="alert">${text}</p>`;
}

function initials(name) {
  return name.split(/\s+/).filter(Boolean).slice(0, 2).map((word) => [...word][0].toUpperCase()).join('');
}

function skeleton(title, body) {
  return html`<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>${title} · Sandbox CRM</title>
  <link rel="icon" href="/favicon.svg" type="image/svg+xml">
  <link rel="stylesheet" href="/style.css">
</head>
<body>${body}
</body>
</html>
`;
}
