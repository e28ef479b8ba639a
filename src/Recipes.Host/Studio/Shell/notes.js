// Messages of ours, beside Studio's own: they stay until they are dismissed or settled.
import { byId, make } from './page.js';

const shown = new Map();

/** Takes a message away that has become untrue. */
export const settle = (key) => {
  shown.get(key)?.remove();
  shown.delete(key);
};

const itemOf = ({ message, step, select }) => make('li', {},
  step ? select ? make('button', { type: 'button', className: 'link', textContent: step, onclick: select }) : make('strong', { textContent: step }) : null,
  step ? ': ' : null, message);

/**
 * Shows a message; one with the same key replaces the former.
 * @param {{key: string, title: string, messages?: {message: string, step?: string, select?: () => void}[], actions?: {label: string, run?: () => void, href?: string}[], kind?: 'bad' | 'note', pinned?: boolean}} what
 */
export const note = ({ key, title, messages = [], actions = [], kind = 'bad', pinned = false }) => {
  settle(key);
  const box = make('section', { className: `box ${kind} studio-note` },
    make('h2', { textContent: title }),
    messages.length === 1 && !messages[0].step ? make('p', { textContent: messages[0].message }) : messages.length > 0 ? make('ul', {}, ...messages.map(itemOf)) : null,
    actions.length > 0 ? make('div', { className: 'actions' }, ...actions.map(({ label, run, href }) => href
      ? make('a', { className: 'button small', href, textContent: label })
      : make('button', { type: 'button', className: 'button small', textContent: label, onclick: () => { settle(key); run(); } }))) : null,
    pinned ? null : make('button', { type: 'button', className: 'link studio-dismiss', textContent: 'Dismiss', onclick: () => settle(key) }));
  // Said at once where something went wrong.
  box.setAttribute('role', kind === 'bad' ? 'alert' : 'status');
  box.dataset.key = key;
  shown.set(key, box);
  byId('studio-notes').append(box);
};

// After an answer that Studio cannot do with, its exception is no news: people were told already.
let expectedUntil = -Infinity;

export const expectException = (milliseconds = 3000) => { expectedUntil = Math.max(expectedUntil, performance.now() + milliseconds); };

/** Blazor shows its bar after any exception that nobody handled. People get a message of ours instead, with what can be done. */
export const watchErrorBar = (reopen) => {
  const bar = byId('blazor-error-ui');
  new MutationObserver(() => {
    if (bar.style.display !== 'block') return;
    bar.style.display = '';
    if (performance.now() < expectedUntil) return;
    note({
      key: 'exception',
      title: 'The designer stumbled',
      messages: [{ message: 'Something in Elsa Studio failed. What was saved is safe; open the view anew before you go on.' }],
      actions: [{ label: 'Open it anew', run: reopen }],
    });
  }).observe(bar, { attributes: true, attributeFilter: ['style'] });
};
