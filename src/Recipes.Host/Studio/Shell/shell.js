// The designer's page: Elsa Studio's elements inside our header, under our addresses. Starts Studio, with what is to be seen meanwhile.
import { watchErrorBar } from './notes.js';
import { byId, main, make, runScript, say } from './page.js';
import { follow, open, reopen } from './routes.js';
import { wrapFetch } from './requests.js';

const slow = 20_000;

const showProgress = () => {
  const bar = byId('studio-progress');
  const root = document.documentElement;
  new MutationObserver((_, observer) => {
    const percent = parseFloat(root.style.getPropertyValue('--blazor-load-percentage'));
    if (Number.isNaN(percent)) return;
    bar.value = percent;
    if (percent >= 100) observer.disconnect();
  }).observe(root, { attributes: true, attributeFilter: ['style'] });
};

const tell = (title, ...more) => {
  byId('studio-boot-title').textContent = title;
  byId('studio-boot-words').replaceChildren(...more);
  say(title);
};

const again = () => make('button', { type: 'button', className: 'button primary', textContent: 'Try again', onclick: () => location.reload() });

const giveUp = (title, words, ...more) => {
  byId('studio-progress').hidden = true;
  tell(title, words, ' ', ...more);
};

/** Whether Studio's elements can be used now; otherwise the page says why not. */
const start = async () => {
  if (typeof WebAssembly !== 'object') {
    giveUp('This browser cannot run the designer', 'It needs WebAssembly, which is missing or turned off here. A current Chrome, Edge, Firefox or Safari has it.');
    return false;
  }

  main.setAttribute('aria-busy', 'true');
  showProgress();
  const patience = setTimeout(() => tell('The designer is still loading', 'The connection seems to be slow. It goes on by itself; ', again(), ' begins anew.'), slow);
  try {
    const scripts = [...document.querySelectorAll('link[data-studio-script]')];
    await Promise.all(scripts.map((link) => runScript(link.href)));
    await window.Blazor.start();
    await customElements.whenDefined('elsa-workflow-definition-list');
    return true;
  } catch (error) {
    console.error('The designer did not start:', error);
    giveUp('The designer could not be loaded', 'A part of it did not arrive. Check the connection.', again());
    return false;
  } finally {
    clearTimeout(patience);
    main.removeAttribute('aria-busy');
  }
};

// Studio's panes are as high as what our header leaves.
const header = byId('studio-top');
new ResizeObserver(() => document.documentElement.style.setProperty('--studio-top', `${header.offsetHeight}px`)).observe(header);

// Before Blazor starts: it takes what it finds in window.
wrapFetch();
follow();
watchErrorBar(reopen);
if (await start()) await open();
