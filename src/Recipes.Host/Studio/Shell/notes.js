// Messages of ours, beside Studio's own: they stay until they are dismissed or settled.
import { byId, make } from './page.js';

const shown = new Map();

/** Takes a message away that has become untrue. */
export const settle = (key) => {
  shown.get(key)?.remove();
  shown.delete(key);
};

/** Takes all messages away that belong to the view that is left; pinned ones go only when somebody has chosen. */
export const settleAll = () => {
  for (const [key, box] of [...shown]) if (!('pinned' in box.dataset)) settle(key);
  mend([]);
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
  if (pinned) box.dataset.pinned = '';
  shown.set(key, box);
  byId('studio-notes').append(box);
};

const toMend = byId('studio-mend');

/** How many faults keep the open recipe from being published; a click tells which. */
export const mend = (messages) => {
  toMend.hidden = messages.length === 0;
  toMend.textContent = `${messages.length} to mend`;
  const show = () => note({ key: 'mend', title: 'To mend before it can be published', kind: 'note', messages });
  toMend.onclick = () => (shown.has('mend') ? settle('mend') : show());
  if (messages.length === 0) settle('mend');
  else if (shown.has('mend')) show();
};

// After an answer that Studio cannot do with, its exception is no news: people were told already.
let expectedUntil = -Infinity;

export const expectException = (milliseconds = 3000) => { expectedUntil = Math.max(expectedUntil, performance.now() + milliseconds); };

/** Whether something is waiting for a choice that would be lost with the page. */
export const isPinned = () => [...shown.values()].some((box) => 'pinned' in box.dataset);

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
