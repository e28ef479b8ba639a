// Studio's toolbox, of which one group is unfolded at a time: after a search that is the first one found.
import { view } from './page.js';

const most = 12;
const quiet = 250;
const longest = 5_000;
let stop = () => {};

/** Unfolds the first group, once the search has left few of them. */
const unfold = (pane) => {
  const found = pane.querySelectorAll('.mud-expand-panel');
  if (found.length > most) return false;
  if (found.length > 0 && !found[0].classList.contains('mud-panel-expanded')) found[0].querySelector('.mud-expand-panel-header')?.click();
  return true;
};

view.addEventListener('input', ({ target }) => {
  const pane = target.closest('.rz-splitter-pane');
  if (!pane?.querySelector('.mud-expand-panel [draggable=true]') || target.closest('.mud-expand-panel')) return;
  stop();
  if (!target.value.trim()) return;
  // Studio searches some time after something was typed.
  let timer = 0;
  const wait = () => {
    clearTimeout(timer);
    timer = setTimeout(() => { if (unfold(pane)) stop(); }, quiet);
  };
  const changes = new MutationObserver(wait);
  const end = setTimeout(() => stop(), longest);
  changes.observe(pane, { childList: true, subtree: true, characterData: true });
  stop = () => {
    changes.disconnect();
    clearTimeout(timer);
    clearTimeout(end);
  };
});
