// "New connection…" in the editor: the wizard opens beside it, and what was made there is chosen.
// Studio tells nobody about a choice; but it saves it. The save goes on with the former choice, so that nothing waits and nothing is lost,
// and the new key is put in by a save of ours once the wizard is done.
import { make, main, say, select, stepsOf } from './page.js';
import { note } from './notes.js';
import { tellFaults } from './problems.js';
import { current, reopen } from './routes.js';
import { request } from './requests.js';
import { saving, settled } from './saves.js';

const marker = 'recipes:new:';
// What was last saved or read, by step: what a choice is put back to.
const former = new Map();
let panel = null;

const valueOf = (input) => input?.expression?.value;

const put = (step, input) => {
  if (input === undefined) delete step.connection;
  else step.connection = input;
};

/** Remembers the choices of a definition that the server has. */
export const recall = (definition) => {
  for (const step of stepsOf(definition?.root)) former.set(`${definition.definitionId} ${step.id}`, step.connection);
};

/** Takes "New connection…" out of a model that is about to be saved; each choice is opened after the save. */
export const chooseLater = (model) => {
  const choices = [];
  for (const step of stepsOf(model?.root)) {
    const value = valueOf(step.connection);
    if (typeof value !== 'string' || !value.startsWith(marker)) continue;
    put(step, former.get(`${model.definitionId} ${step.id}`));
    choices.push({ open: () => choose(model.definitionId, step.id, value.slice(marker.length)) });
  }

  return choices;
};

const choose = (recipe, step, connector) => {
  if (panel) return;
  panel = openPanel(connector, async (key) => {
    panel = null;
    main.inert = false;
    await settled();
    if (key) await bind(recipe, step, key);
    if (current()?.name !== 'editor' || current().id !== recipe) return;
    // The canvas still holds the choice that was none.
    await reopen();
    say(key ? `The connection ${key} is chosen` : 'No connection was made; the former choice stays');
    await select(step, 60_000);
  });
  main.inert = true;
};

const bind = (recipe, id, key) => saving(async () => {
  const read = await request(`/workflow-definitions/by-definition-id/${encodeURIComponent(recipe)}?versionOptions=Latest`);
  const model = read.ok ? await read.json() : null;
  const step = [...stepsOf(model?.root)].find((s) => s.id === id);
  if (!step) {
    note({ key: 'connection', title: 'The connection was made, but not chosen', messages: [{ message: `Choose “${key}” in the step's drop-down.` }] });
    return;
  }

  put(step, { ...(step.connection ?? { typeName: 'String', memoryReference: null }), expression: { type: 'Literal', value: key } });
  const saved = await request('/workflow-definitions', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ model: { ...model, links: null }, publish: false }) });
  if (saved.ok) tellFaults(await saved.json());
  else note({ key: 'connection', title: 'The connection was made, but not chosen', messages: [{ message: `The recipe could not be saved. Choose “${key}” in the step's drop-down.` }] });
});

const openPanel = (connector, done) => {
  const frame = make('iframe', { src: `/connections/new?connector=${encodeURIComponent(connector)}&embedded=1`, title: 'New connection' });
  const cancel = make('button', { type: 'button', className: 'button small', textContent: 'Cancel' });
  const box = make('dialog', { className: 'recipes studio-side' },
    make('div', { className: 'studio-side-top' }, make('h2', { id: 'studio-side-title', textContent: 'New connection' }), cancel), frame);
  box.setAttribute('aria-labelledby', 'studio-side-title');
  // Of this frame alone: a wizard beside another tab is none of ours.
  const onMessage = ({ origin, source, data }) => {
    if (origin !== location.origin || source !== frame.contentWindow) return;
    if (data?.recipes === 'connection-created' && typeof data.key === 'string') close(data.key);
    else if (data?.recipes === 'connection-cancelled') close(null);
  };
  const close = (key) => {
    if (!box.isConnected) return;
    window.removeEventListener('message', onMessage);
    box.close();
    box.remove();
    done(key);
  };
  window.addEventListener('message', onMessage);
  cancel.addEventListener('click', () => close(null));
  box.addEventListener('cancel', (event) => {
    event.preventDefault();
    close(null);
  });
  document.body.append(box);
  box.showModal();
  return box;
};
