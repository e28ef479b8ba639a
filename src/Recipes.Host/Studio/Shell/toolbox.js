// Studio's toolbox: what a search has found is unfolded, where it is not too much to look at.
import { view } from './page.js';

const most = 4;
const quiet = 250;
const longest = 5_000;
const folded = '.mud-expand-panel:not(.mud-panel-expanded)';

/** Waits until nothing has changed in an element for a moment. */
const still = (element) => new Promise((done) => {
  let timer = 0;
  const end = performance.now() + longest;
  const observer = new MutationObserver(() => wait());
  const finish = () => {
    observer.disconnect();
    done();
  };
  const wait = () => {
    clearTimeout(timer);
    timer = setTimeout(finish, Math.max(0, Math.min(quiet, end - performance.now())));
  };
  observer.observe(element, { childList: true, subtree: true, characterData: true });
  wait();
});

let asked = 0;

/** Begins to follow what is looked for. */
export const followSearch = () => view.addEventListener('input', async (event) => {
  const pane = event.target.closest('.rz-splitter-pane');
  const groups = pane?.querySelector('.mud-expansion-panels');
  if (!groups || groups.contains(event.target)) return;
  asked += 1;
  const mine = asked;
  await still(pane);
  if (mine !== asked || !event.target.value.trim()) return;
  const found = [...groups.querySelectorAll(':scope > .mud-expand-panel')];
  if (found.length > most) return;
  for (const group of found.filter((g) => g.matches(folded))) group.querySelector('.mud-expand-panel-header')?.click();
});
