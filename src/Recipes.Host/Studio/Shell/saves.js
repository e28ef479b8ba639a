// Which saves are under way. Studio saves half a second after a change; until then leaving the editor would lose it.
import { isPinned } from './notes.js';
import { pause, view } from './page.js';

const debounce = 700;
const recent = 5_000;
const longest = 15_000;
let underWay = 0;
let lastTouch = -Infinity;
let begun = -Infinity;
let waiting = [];

for (const type of ['pointerup', 'keyup', 'input', 'change', 'drop']) {
  view.addEventListener(type, () => { lastTouch = performance.now(); }, { capture: true, passive: true });
}

const isEditing = () => view.querySelector('elsa-workflow-definition-editor') !== null;

/** Counts a save as long as it runs. */
export const saving = async (work) => {
  underWay += 1;
  begun = performance.now();
  try {
    return await work();
  } finally {
    underWay -= 1;
    if (underWay === 0) {
      for (const done of waiting) done();
      waiting = [];
    }
  }
};

/** Whether something was touched that no save has begun after. */
const isOpen = () => begun < lastTouch;

/** Gives Studio its time to begin a save. While it computes its own clock stands still, so that does not count. */
const quiet = async () => {
  const step = 50;
  const end = performance.now() + longest;
  let now = performance.now();
  for (let left = debounce; left > 0 && isOpen() && now < end;) {
    const before = now;
    await pause(step);
    now = performance.now();
    left -= Math.min(now - before, step * 2);
  }
};

/** Waits until what was edited is saved, as far as that takes no more than some seconds. */
export const settled = async () => {
  const hasEditor = isEditing();
  if (hasEditor) {
    // A field that is being typed in tells of its change when it is left.
    if (view.contains(document.activeElement)) {
      document.activeElement.blur();
      lastTouch = performance.now();
    }

    if (performance.now() - lastTouch < recent) await quiet();
  }

  const touched = lastTouch;
  if (underWay > 0) await Promise.race([new Promise((done) => waiting.push(done)), pause(longest)]);
  if (hasEditor && underWay === 0 && lastTouch === touched) lastTouch = -Infinity;
};

window.addEventListener('beforeunload', (event) => {
  if (isPinned() || (isEditing() && (underWay > 0 || (isOpen() && performance.now() - lastTouch < debounce)))) event.preventDefault();
});
