import { html } from './html.mjs';
import { cardPage } from './layout.mjs';

export function errorPage(status, title, message) {
  return cardPage({
    title,
    content: html`
      <p class="code">Error ${status}</p>
      <h1>${title}</h1>
      <p>${message}</p>
      <p><a class="button" href="/">Go to Sandbox CRM</a></p>`,
  });
}
