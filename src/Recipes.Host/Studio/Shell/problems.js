// Problem details (RFC 9457), told to people beside what Studio makes of them.
import { mend, note } from './notes.js';
import { current, reopen } from './routes.js';
import { make, select, stepsOf } from './page.js';

const words = {
  403: 'This is not permitted to you.',
  404: 'It is not there, or no longer.',
  409: 'It does not fit what is there.',
  413: 'It is too large.',
  429: 'There is too much to do just now. Try again in some seconds.',
};

const titles = {
  save: 'It was not saved',
  publish: 'It was not published',
  execute: 'It was not started',
  delete: 'It was not deleted',
  import: 'It was not imported',
  definition: 'This recipe cannot be opened',
  instance: 'This run cannot be opened',
};

/** The problem in an answer: title, detail, faults with their steps, and what Studio can read. */
export const problemOf = async (answer) => {
  let content = {};
  try {
    content = await answer.clone().json();
  } catch {
    // Not every refusal is ours: a proxy's is a page.
  }

  const errors = Array.isArray(content.errors)
    ? content.errors.map((error) => ({ step: error.path, message: error.message }))
    : Object.entries(content.errors ?? {}).flatMap(([step, messages]) => [messages].flat().map((message) => ({ step: step === 'recipe' ? null : step, message })));
  const detail = content.detail ?? words[answer.status] ?? (answer.status >= 500 ? 'Something went wrong on the server. Trying again may help.' : `The server answered ${answer.status}.`);
  const title = content.title ?? 'The request failed';
  const fields = {};
  for (const { step, message } of errors.length > 0 ? errors : [{ step: '', message: detail }]) (fields[step ?? ''] ??= []).push(message);
  return { title, detail, faults: content.faults ?? errors, fields, isConflict: content.conflict === true, isGone: content.gone === true };
};

/** Faults as messages; a step of the open recipe is selected by a click on its name. */
const messagesOf = (faults, model) => faults.map(({ step, message }) => {
  const found = step && [...stepsOf(model?.root)].find(({ id, name }) => id === step || name === step);
  return { message, step: step && (found?.name ?? step), select: found && current()?.name === 'editor' ? () => select(found.id) : undefined };
});

/** Shows what a saved recipe still lacks, as long as it is the open one. */
export const tellFaults = ({ faults = [], workflowDefinition }) => {
  if (current()?.name !== 'editor' || current().id !== workflowDefinition?.definitionId) return;
  mend(messagesOf(faults.filter(({ severity }) => severity !== 'warning'), workflowDefinition));
};

const download = (model) => {
  const file = new Blob([`${JSON.stringify(model, null, 2)}\n`], { type: 'application/json' });
  const link = make('a', { href: URL.createObjectURL(file), download: `${model.definitionId ?? 'recipe'}.my-version.json` });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
};

/** Shows what was refused, and why. */
export const tell = (kind, problem, sent) => {
  if (problem.isConflict && sent) {
    const { definitionId, name } = sent.model;
    if (problem.isGone) {
      note({
        key: `conflict ${definitionId}`,
        title: `“${name || definitionId}” is not there any more`,
        messages: [{ message: problem.detail }],
        actions: [{ label: 'Keep mine as a file', run: () => download(sent.model) }, { label: 'Drop mine', run: () => {} }],
        pinned: true,
      });
      return;
    }

    const reload = () => { if (current()?.id === definitionId) reopen(); };
    note({
      key: `conflict ${definitionId}`,
      title: `Somebody else changed “${name || definitionId}”`,
      messages: [{ message: `${problem.detail} Your last changes were not saved over theirs.` }],
      actions: [{ label: 'Reload, and keep mine as a file', run: () => { download(sent.model); reload(); } }, { label: 'Drop mine', run: reload }],
      pinned: true,
    });
    return;
  }

  const key = kind.isSave && sent?.publish ? 'publish' : kind.name;
  const messages = problem.faults.length > 0 ? messagesOf(problem.faults, sent?.model) : [{ message: problem.detail }];
  note({ key, title: titles[key] ?? problem.title, messages, actions: kind.isView ? [{ label: 'To the list', href: kind.name === 'instance' ? '/studio/runs' : '/studio' }] : [] });
};
