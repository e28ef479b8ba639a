// All that Studio asks of the server goes through here: Studio itself has no answer to a lost session, a lost connection or a refusal.
import { kindOf, refusal } from './calls.js';
import { chooseLater, recall } from './connection.js';
import { found, lost } from './network.js';
import { expectException, note, settle } from './notes.js';
import { problemOf, tell, tellFaults } from './problems.js';
import { current, entitle, generation, reopen, show } from './routes.js';
import { saving } from './saves.js';

const prefix = '/elsa/api';
const tab = [...crypto.getRandomValues(new Uint8Array(12))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
const away = new Set([502, 503, 504]);

let plain = null;

const textOf = (body) => typeof body === 'string' ? body : new TextDecoder().decode(body);

const aborted = (signal) => new Promise((_, failed) => {
  const fail = () => failed(signal.reason ?? new DOMException('Aborted', 'AbortError'));
  if (signal?.aborted) fail();
  else signal?.addEventListener('abort', fail, { once: true });
});

/** Asks until there is an answer: a lost connection and a lost session are waited for. */
const insist = async (url, init, mayRepeat) => {
  for (let attempt = 0; ; attempt += 1) {
    let answer;
    try {
      answer = await plain(url, init);
    } catch (error) {
      if (init.signal?.aborted || !mayRepeat) throw error;
      await lost(attempt);
      continue;
    }

    if (away.has(answer.status) && mayRepeat && attempt < 20) {
      await lost(attempt);
      continue;
    }

    found();
    if (answer.status !== 401) return answer;
    await (await import('./session.js')).renew(plain);
  }
};

/** A question or a save. Studio gives up after 100 seconds; a save goes on all the same, and the view is opened anew then. */
const ask = (url, init, kind) => {
  const { signal, ...rest } = init;
  const mayRepeat = kind.isQuestion || kind.repeats;
  if (!signal || !mayRepeat) return insist(url, init, mayRepeat);
  const asker = generation();
  const answer = insist(url, kind.isSave ? rest : init, true);
  return Promise.race([answer, aborted(signal)]).catch((error) => {
    if (!signal.aborted || asker !== generation()) throw error;
    // Whoever waited that long was told why.
    expectException(5000);
    answer.catch(() => {}).then(() => { if (asker === generation()) reopen(); });
    throw error;
  });
};

/** Answers that cannot be had: what does least harm, after people were told. */
const standIn = (kind, problem, answer) => {
  if (kind.isView) {
    expectException();
    show();
    return answer;
  }

  if (kind.stand) return kind.stand(problem);
  expectException();
  return answer;
};

const judge = async (kind, path, answer, sent) => {
  if (answer.ok) {
    if (kind.name === 'execute' && answer.headers.get('x-elsa-workflow-cannot-start') === 'true') {
      const recipe = decodeURIComponent(kind.path.exec(path)[1]);
      const reason = answer.headers.get('x-recipes-reason');
      note({
        key: 'execute',
        title: 'It was not started',
        messages: [{ message: reason ? decodeURIComponent(reason) : 'Its call form says what is missing.' }],
        actions: [{ label: 'Open its call form', href: `/recipes/${encodeURIComponent(recipe)}` }],
      });
    }

    return answer;
  }

  const problem = await problemOf(answer);
  if (kind.isQuiet) return kind.stand(problem);
  tell(kind, problem, sent);
  // A list of errors that Studio can read is shown by Studio as well.
  if (answer.status === 400 && kind.stand && (kind.isSave || kind.name === 'retract' || kind.name === 'import')) return refusal(problem.title, problem.fields);
  return standIn(kind, problem, answer);
};

// One after the other: a save that has to be sent again must not undo the next one.
let last = Promise.resolve();

const save = (url, init, kind) => saving(() => {
  const next = last.then(() => saveNow(url, init, kind));
  last = next.catch(() => {});
  return next;
});

const saveNow = async (url, init, kind) => {
  const sent = JSON.parse(textOf(init.body));
  const chosen = chooseLater(sent.model);
  const body = chosen.length > 0 ? JSON.stringify(sent) : init.body;
  // A new recipe that was made although no answer came would be made twice.
  const answer = await ask(url, { ...init, body }, { ...kind, repeats: Boolean(sent.model?.definitionId) });
  if (answer.ok) {
    const saved = await answer.clone().json();
    recall(saved.workflowDefinition);
    tellFaults(saved);
    settle('save');
    if (sent.publish) settle('publish');
  }

  // Whose save is refused is told that first; the choice is still on the canvas, and comes with the next one.
  if (answer.ok) for (const choice of chosen) choice.open();
  return judge(kind, '', answer, sent);
};

const handle = async (url, init, path) => {
  const headers = new Headers(init.headers);
  headers.set('X-Recipes-Tab', tab);
  const method = (init.method ?? 'GET').toUpperCase();
  const kind = kindOf(method, path);
  const request = { ...init, method, headers };
  try {
    if (kind.isSave) return await save(url, request, kind);
    const answer = await judge(kind, path, await ask(url, request, kind));
    if (kind.name === 'definition' && answer.ok) remember(answer.clone());
    return answer;
  } catch (error) {
    if (init.signal?.aborted || kind.isQuestion) throw error;
    const problem = { title: 'There was no answer', detail: 'The connection was lost. Look whether it was done before you try again.', fields: { '': ['The connection was lost.'] }, faults: [] };
    tell(kind, problem);
    return standIn(kind, problem, Response.error());
  }
};

const remember = async (answer) => {
  const definition = await answer.json();
  recall(definition);
  if (current()?.name === 'editor' && current().id === definition.definitionId && definition.name) entitle(definition.name);
};

/** Asks the server as Studio does: with its tab, insisting, and without Studio seeing it. */
export const request = (path, init = {}) => {
  const headers = new Headers(init.headers);
  headers.set('X-Recipes-Tab', tab);
  return insist(`${prefix}${path}`, { ...init, headers }, true);
};

export const wrapFetch = () => {
  plain = window.fetch.bind(window);
  window.fetch = (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input, document.baseURI);
    if (url.origin !== location.origin || !url.pathname.startsWith(`${prefix}/`)) return plain(input, init);
    return handle(url.href, init ?? {}, url.pathname.slice(prefix.length));
  };
};
