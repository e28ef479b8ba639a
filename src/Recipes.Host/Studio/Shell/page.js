// The parts of the page that several modules write to.
export const byId = (id) => document.getElementById(id);

export const main = byId('content');
export const view = byId('studio-view');

/** Makes an element: properties, then children (texts or elements). */
export const make = (tag, properties = {}, ...children) => {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
};

/** Says something to those who hear the page. */
export const say = (words) => {
  const live = byId('studio-live');
  // The same words twice are said twice.
  live.textContent = '';
  setTimeout(() => { live.textContent = words; }, 50);
};

export const pause = (milliseconds) => new Promise((done) => { setTimeout(done, milliseconds); });

/** Runs a script of Studio's; those that are asked for together run in their order. */
export const runScript = (address) => new Promise((done, failed) => {
  const script = make('script', { src: address, async: false, onload: done, onerror: () => failed(new Error(`${address} did not load`)) });
  // We say when .NET starts.
  script.setAttribute('autostart', 'false');
  document.body.append(script);
});

const nodeOf = (activity) => view.querySelector(`[data-cell-id="${CSS.escape(activity)}"]`);

/** Waits for a step to be drawn; null when it is not within the time, or not on this canvas, but inside another step. */
const drawn = async (activity, longest) => {
  let others = 0;
  for (const end = performance.now() + longest; performance.now() < end; await pause(100)) {
    const node = nodeOf(activity);
    if (node?.getBoundingClientRect().width > 0) return node;
    if (!node && view.querySelector('[data-cell-id] elsa-activity-wrapper')) others += 1;
    if (others > 20) return null;
  }

  return null;
};

/** Selects a step as a click on it would. */
export const select = async (activity, longest = 500) => {
  const node = await drawn(activity, longest);
  if (!node) return;
  const box = node.getBoundingClientRect();
  const at = { bubbles: true, cancelable: true, view: window, button: 0, clientX: box.x + (box.width / 2), clientY: box.y + (box.height / 2) };
  const target = node.querySelector('elsa-activity-wrapper *') ?? node;
  target.dispatchEvent(new MouseEvent('mousedown', { ...at, buttons: 1 }));
  target.dispatchEvent(new MouseEvent('mouseup', at));
  target.dispatchEvent(new MouseEvent('click', at));
};

/** Every step of a definition, at any depth. */
export const stepsOf = function* stepsOf(node) {
  if (Array.isArray(node)) {
    for (const item of node) yield* stepsOf(item);
  } else if (node && typeof node === 'object') {
    if (typeof node.type === 'string' && typeof node.id === 'string') yield node;
    for (const item of Object.values(node)) yield* stepsOf(item);
  }
};
