// Our addresses of the designer's views, what Studio makes of the browser's history, and Studio's elements: one at a time, because two at
// once, or one before its predecessor is disposed, break Studio.
import { byId, make, pause, runScript, say, view } from './page.js';
import { note, settleAll } from './notes.js';
import { settled } from './saves.js';

let queue = Promise.resolve();
let shown = 0;
let canvas = null;

// Its modules come to life some time after their file is there, and Studio does not wait for them.
const editorReady = async () => {
  for (let waited = 0; !window.monaco?.editor && waited < 15_000; waited += 50) await pause(50);
};

// What only the canvas needs: the text editor, which is large, the font of the steps, before their width is measured, and our part of the toolbox.
// After Studio's other scripts: once the text editor is there, they would take its module loader for theirs.
const prepareCanvas = () => Promise.all([
  ...['jsInterop.js', 'lib/monaco-editor/min/vs/loader.js', 'lib/monaco-editor/min/vs/editor/editor.main.js'].map((file) => runScript(`_content/BlazorMonaco/${file}`)),
  document.fonts.load('1rem Roboto').catch(() => {}),
  import('./toolbox.js'),
]).then(editorReady).catch((error) => {
  canvas = null;
  throw error;
});

const provide = () => {
  if (byId('studio-backend')) return;
  const backend = make('elsa-backend-provider', { id: 'studio-backend' });
  // Absolute and without a slash at its end, or Studio's addresses get two.
  backend.setAttribute('remote-endpoint', new URL('/elsa/api', location.origin).href);
  document.body.prepend(backend);
};

// Blazor would dispose a removed element a second later. Its members are private; where they are missing we wait for that second.
const dispose = async (element) => {
  element.remove();
  if (!element._addRootComponentPromise) {
    await pause(1300);
    return;
  }

  const component = await element._addRootComponentPromise;
  if (element._isDisposed) return;
  clearTimeout(element._disposalTimeoutHandle);
  element._isDisposed = true;
  await component.dispose();
};

/** Counts the elements shown: a request can tell whether the one that asked is still there. */
export const generation = () => shown;

/** Shows one element in place of the present one, after all that were asked for before; nothing edited is lost. */
export const show = (tag, attributes = {}, properties = {}) => {
  queue = queue.then(async () => {
    if (view.firstElementChild) await settled();
    for (const element of [...view.children]) await dispose(element);
    shown += 1;
    if (!tag) return;
    provide();
    if (tag.endsWith('-editor') || tag.endsWith('-viewer')) await (canvas ??= prepareCanvas());
    await customElements.whenDefined(tag);
    // Properties that are set before the element is defined hide its own.
    const element = make(tag, properties);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    byId('studio-boot').hidden = true;
    view.append(element);
  }).catch((error) => {
    console.error('The view could not be changed:', error);
    note({ key: 'view', title: 'This view could not be opened', messages: [{ message: 'A part of the designer did not arrive. What was saved is safe.' }], actions: [{ label: 'Load the page again', run: () => location.reload() }] });
  });
  return queue;
};

const original = { pushState: history.pushState.bind(history), replaceState: history.replaceState.bind(history) };
const start = '/studio';

const elements = {
  list: (_) => ['elsa-workflow-definition-list', {}, { editWorkflowDefinition: (id) => go(editorOf(id)) }],
  editor: (id) => ['elsa-workflow-definition-editor', { 'definition-id': id }, {}],
  runs: (_) => ['elsa-workflow-instance-list', {}, { viewWorkflowInstance: (id) => go(viewerOf(id)) }],
  viewer: (id) => ['elsa-workflow-instance-viewer', { 'instance-id': id }, { editWorkflowDefinition: (recipe) => go(editorOf(recipe)) }],
};

const titles = {
  list: () => 'Designer',
  editor: (id) => id,
  runs: () => 'Runs',
  viewer: () => 'Run',
};

const beside = {
  editor: (id) => [`/recipes/${encodeURIComponent(id)}`, 'Call it and see its connections'],
  viewer: (id) => [`/runs/${encodeURIComponent(id)}`, 'Its page with retry and connections'],
};

const editorOf = (id) => `${start}/recipes/${encodeURIComponent(id)}`;
const viewerOf = (id) => `${start}/runs/${encodeURIComponent(id)}`;

let route = null;

const parse = (path) => {
  const [, first, second] = /^\/studio(?:\/(recipes|runs)(?:\/([^/]+))?)?\/?$/.exec(path) ?? [];
  const id = second && decodeURIComponent(second);
  if (first === 'recipes' && id) return { name: 'editor', id };
  if (first === 'runs') return id ? { name: 'viewer', id } : { name: 'runs' };
  return { name: 'list' };
};

/** Where Studio believes it went, as an address of ours; null for what is none of its pages. */
const translate = (path) => {
  const [, kind, id] = /\/workflows\/(definitions|instances)\/([^/]+)\/(?:edit|view)$/.exec(path) ?? [];
  if (!id) return null;
  return kind === 'definitions' ? editorOf(decodeURIComponent(id)) : viewerOf(decodeURIComponent(id));
};

/** The recipe and the view that are open. */
export const current = () => route;

/** Says what the open recipe or run is called, once its answer tells. */
export const entitle = (words) => {
  byId('studio-title').textContent = words;
  document.title = `${words} · ${route.name === 'list' || route.name === 'runs' ? '' : `${route.name === 'editor' ? 'Designer' : 'Run'} · `}Recipes`;
};

const mark = (to) => {
  entitle(titles[to.name](to.id));
  for (const link of document.querySelectorAll('.studio-bar [data-view]')) {
    const isHere = link.dataset.view === to.name;
    if (isHere) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  }

  const link = byId('studio-beside');
  const [address, words] = beside[to.name]?.(to.id) ?? [];
  link.hidden = !address;
  if (address) Object.assign(link, { href: address, textContent: words });
};

/** Shows what the address says. */
export const open = () => {
  const isFirst = route === null;
  route = parse(location.pathname);
  document.querySelector('.skip')?.setAttribute('href', `${location.pathname}#content`);
  mark(route);
  settleAll();
  if (!isFirst) {
    byId('studio-title').focus({ preventScroll: true });
    say(document.title);
  }

  return show(...elements[route.name](route.id));
};

/** Shows the open view anew, as the server has it now. */
export const reopen = () => show(...elements[route.name](route.id));

/** Leads to a view of ours, or to any other page. */
export const go = (address) => {
  const target = new URL(address, location.origin);
  if (!/^\/studio(\/(recipes\/[^/]+|runs(\/[^/]+)?))?\/?$/.test(target.pathname)) {
    location.assign(target);
    return;
  }

  if (target.pathname !== location.pathname) original.pushState(null, '', target);
  open();
};

const changeOf = (name) => (state, title, address) => {
  if (address === undefined || address === null) return original[name](state, title);
  const target = new URL(address, document.baseURI);
  const ours = target.origin === location.origin && translate(target.pathname);
  // Once Studio has done with what made it go there.
  if (ours) return void queueMicrotask(() => go(ours));
  // Lists keep page and filter in the query; which list it is, Studio does not know.
  return original.replaceState(state, title, `${location.pathname}${target.search}`);
};

/** Begins to follow links, the browser's buttons, and Studio. */
export const follow = () => {
  history.pushState = changeOf('pushState');
  history.replaceState = changeOf('replaceState');
  window.addEventListener('popstate', () => {
    if (location.pathname !== addressOf(route)) open();
  });
  document.addEventListener('click', (event) => {
    const link = event.target.closest?.('a[href]');
    if (!link || event.defaultPrevented || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey || link.target === '_blank' || link.hasAttribute('download')) return;
    const target = new URL(link.href);
    if (target.origin !== location.origin) return;
    if (target.hash && target.pathname === location.pathname) {
      // The base address would lead a link within the page away from it.
      event.preventDefault();
      byId(target.hash.slice(1))?.focus();
      return;
    }

    const logs = /\/diagnostics\/structured-logs$/.test(target.pathname) && target.searchParams.get('workflowInstanceId');
    const address = logs ? `/runs/${encodeURIComponent(logs)}` : translate(target.pathname) ?? target.href;
    if (address === target.href && !target.pathname.startsWith(start)) {
      if (route?.name !== 'editor') return;
      event.preventDefault();
      settled().then(() => location.assign(target));
      return;
    }

    event.preventDefault();
    event.stopPropagation();
    go(address);
  }, true);
};

const addressOf = (to) => (to && { list: start, runs: `${start}/runs`, editor: to.id && editorOf(to.id), viewer: to.id && viewerOf(to.id) }[to.name]) ?? null;
