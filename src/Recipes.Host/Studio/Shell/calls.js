// What Studio asks of the server, and what does least harm in place of an answer that it cannot do with.
const json = (value, status = 200, headers = {}) => new Response(JSON.stringify(value), { status, headers: { 'Content-Type': 'application/json; charset=utf-8', ...headers } });

/** A refusal that Studio shows and survives. */
export const refusal = (title, errors) => new Response(JSON.stringify({ type: 'about:blank', title, status: 400, errors }), { status: 400, headers: { 'Content-Type': 'application/problem+json' } });

const refused = (problem) => refusal(problem.title, { '': [problem.detail ?? problem.title] });
const list = () => json({ items: [], count: 0, totalCount: 0, links: [] });
// A 404 is the one refusal of a deletion that Studio takes.
const nothing = () => new Response(null, { status: 404 });

const kinds = [
  // Saves and what Studio treats alike: a 400 is shown, anything else is an exception.
  { name: 'save', method: 'POST', path: /^\/workflow-definitions$/, stand: refused, isSave: true },
  { name: 'retract', method: 'POST', path: /^\/workflow-definitions\/[^/]+\/retract$/, stand: refused },
  { name: 'revert', method: 'POST', path: /^\/workflow-definitions\/[^/]+\/revert\//, stand: refused },
  { name: 'execute', method: 'POST', path: /^\/workflow-definitions\/([^/]+)\/execute$/, stand: () => json({}, 200, { 'x-elsa-workflow-cannot-start': 'true' }) },
  { name: 'delete', method: 'DELETE', path: /./, stand: nothing },
  { name: 'bulk', method: 'POST', path: /^\/bulk-actions\/(?!export)/, stand: () => json({ deleted: 0, published: [], alreadyPublished: [], retracted: [], alreadyRetracted: [], notFound: [], updatedConsumers: [], cancelled: 0, canceled: 0, imported: 0 }) },
  { name: 'import', method: 'POST', path: /^\/workflow-definitions\/import/, stand: refused },
  { name: 'test', method: 'POST', path: /^\/tests\/activities$/, stand: (problem) => json({ activityState: {}, payload: null, outputs: {}, exception: { type: 'Refused', message: problem.detail ?? problem.title, stackTrace: '' }, status: 'Faulted' }) },
  // Questions that are asked with POST.
  { name: 'options', method: 'POST', path: /^\/descriptors\/activities\/[^/]+\/options\//, stand: () => json({ items: {} }), isQuestion: true, isQuiet: true },
  { name: 'types', method: 'POST', path: /^\/scripting\//, stand: () => new Response('', { status: 200 }), isQuestion: true, isQuiet: true },
  { name: 'secrets', method: 'POST', path: /^\/secrets\/picker$/, stand: list, isQuestion: true, isQuiet: true },
  { name: 'instances', method: 'POST', path: /^\/workflow-instances$/, stand: list, isQuestion: true },
  { name: 'journal', method: 'POST', path: /^\/workflow-instances\/[^/]+\/journal$/, stand: list, isQuestion: true },
  { name: 'report', method: 'POST', path: /^\/activity-executions\/report$/, stand: () => json({ stats: [] }), isQuestion: true },
  // What a view cannot do without.
  { name: 'definition', method: 'GET', path: /^\/workflow-definitions\/by-(definition-)?id\//, isView: true, isQuestion: true },
  { name: 'instance', method: 'GET', path: /^\/workflow-instances\/[^/]+$/, isView: true, isQuestion: true },
  { name: 'features', method: 'GET', path: /^\/(features|secrets)\//, stand: list, isQuestion: true, isQuiet: true },
  { name: 'unique', method: 'GET', path: /^\/workflow-definitions\/validation\//, stand: () => json({ isUnique: true }), isQuestion: true },
  { name: 'export', path: /export$/, isQuestion: true },
  { name: 'list', method: 'GET', path: /./, stand: list, isQuestion: true },
];

const other = { name: 'other' };

/** What kind of call it is: whether it may be repeated (isQuestion), what a view hangs on (isView), what stands in for a refusal (stand). */
export const kindOf = (method, path) => kinds.find((kind) => (!kind.method || kind.method === method) && kind.path.test(path)) ?? other;
