import { labelFault } from './api-keys.mjs';
import { HttpError, isForeign, readJsonObject, readLimit, sendJson } from './http.mjs';
import { addressFault, eventsFault, secretFault } from './webhooks.mjs';

const LARGEST_AMOUNT = 1_000_000_000_000;
const REMEMBERED_KEYS = 10_000;

/** The JSON API below /api. */
export class Api {
  #credentials;
  #users;
  #apiKeys;
  #sales;
  #activity;
  #webhooks;
  #control;
  #routes;
  #answered = new Map();

  constructor({ credentials, users, apiKeys, sales, activity, webhooks, control }) {
    this.#credentials = credentials;
    this.#users = users;
    this.#apiKeys = apiKeys;
    this.#sales = sales;
    this.#activity = activity;
    this.#webhooks = webhooks;
    this.#control = control;
    this.#routes = [
      { path: /^\/api\/me$/, GET: (call) => this.#me(call) },
      { path: /^\/api\/me\/password$/, POST: (call) => this.#changePassword(call) },
      { path: /^\/api\/me\/api-keys$/, GET: (call) => this.#listApiKeys(call), POST: (call) => this.#createApiKey(call) },
      { path: /^\/api\/me\/api-keys\/([^/]+)$/, DELETE: (call) => this.#revokeApiKey(call) },
      { path: /^\/api\/accounts$/, GET: (call) => this.#accounts(call) },
      { path: /^\/api\/opportunities$/, GET: (call) => this.#opportunities(call), POST: (call) => this.#createOpportunity(call) },
      { path: /^\/api\/opportunities\/([^/]+)$/, GET: (call) => this.#opportunity(call), PATCH: (call) => this.#changeOpportunity(call) },
      { path: /^\/api\/webhooks$/, GET: (call) => this.#listWebhooks(call), POST: (call) => this.#registerWebhook(call) },
      { path: /^\/api\/webhooks\/([^/]+)$/, DELETE: (call) => this.#removeWebhook(call) },
      { path: /^\/api\/control$/, GET: (call) => this.#readControl(call), PATCH: (call) => this.#setControl(call), always: true },
      { path: /^\/api\/notifications$/, GET: (call) => this.#notifications(call), POST: (call) => this.#createNotification(call) },
      { path: /^\/api\/forecasts$/, GET: (call) => this.#forecasts(call) },
      { path: /^\/api\/activity$/, GET: (call) => this.#activityList(call), unrecorded: true },
    ];
  }

  async handle(request, response, url) {
    const call = { request, query: url.searchParams, caller: undefined, summary: undefined };
    let answer;
    let route;
    try {
      route = this.#routes.find((each) => each.path.test(url.pathname));
      if (!route) throw new HttpError(404, { error: 'not_found', message: `There is nothing at ${url.pathname}.` });
      const action = route[request.method === 'HEAD' ? 'GET' : request.method];
      if (!action) throw methodNotAllowed(route, request.method);
      if (this.#control.is('outage') && !route.always) throw new HttpError(503, { error: 'unavailable', message: 'The CRM is down, because a manager said so.' });
      call.id = route.path.exec(url.pathname)[1];
      call.caller = await this.#credentials.identify(request);
      answer = await this.#once(call, action, url.pathname);
    } catch (error) {
      if (!(error instanceof HttpError)) console.error(error);
      answer = error instanceof HttpError
        ? error
        : { status: 500, body: { error: 'internal', message: 'Something went wrong in the CRM. Its log says more.' } };
      call.summary = `Refused: ${answer.body.message ?? answer.body.error}`;
    }

    if (!(route?.unrecorded && request.method === 'GET')) this.#record(call, url, answer.status);
    sendJson(response, answer.status, answer.body, answer.headers);
  }

  /** A POST that comes again under the same Idempotency-Key is done once, and answered as the first time. */
  async #once(call, action, path) {
    const given = call.request.method === 'POST' ? call.request.headers['idempotency-key'] : undefined;
    if (given === undefined) return action(call);
    if (given.length > 200) throw new HttpError(400, { error: 'bad_key', message: 'An Idempotency-Key has at most 200 characters.' });
    const key = `${call.caller.user.id} ${given}`;
    const before = this.#answered.get(key);
    if (before) {
      if (before.path !== path) throw new HttpError(422, { error: 'key_used', message: 'This Idempotency-Key was used for something else.' });
      const { status, body, headers } = await before.answer;
      call.summary = 'Asked again with the same Idempotency-Key: done before';
      return { status, body, headers: { ...headers, 'Idempotent-Replayed': 'true' } };
    }

    const answer = action(call);
    this.#answered.set(key, { path, answer });
    if (this.#answered.size > REMEMBERED_KEYS) this.#answered.delete(this.#answered.keys().next().value);
    // What was refused may be tried again.
    answer.catch(() => this.#answered.delete(key));
    return answer;
  }

  #record({ request, caller, summary }, url, status) {
    this.#activity.record({
      account: caller?.user.id ?? null,
      via: caller?.via ?? null,
      app: caller?.app ?? null,
      method: request.method,
      path: url.pathname.slice(0, 200),
      status,
      summary: summary.slice(0, 300),
    });
  }

  #me(call) {
    const { user, via } = call.caller;
    call.summary = 'Looked at their own account';
    return ok({ id: user.id, name: user.name, role: user.role, via });
  }

  #accounts(call) {
    this.#credentials.requireScope(call.caller, 'opportunities.read');
    const name = call.query.get('name');
    const items = this.#sales.companies(name).slice(0, readLimit(call.query, 50, 200));
    call.summary = name ? `Searched accounts for "${name}": ${items.length} found` : `Listed ${items.length} accounts`;
    return ok({ items });
  }

  #opportunities(call) {
    this.#credentials.requireScope(call.caller, 'opportunities.read');
    const { query } = call;
    if (query.has('updatedSince') || query.has('after')) return this.#changes(call);
    const items = this.#sales.opportunities({ account: query.get('account'), createdBy: query.get('createdBy') })
      .slice(0, readLimit(query, 50, 200)).map(withoutApp);
    call.summary = `Listed ${items.length} opportunities`;
    return ok({ items });
  }

  #changes(call) {
    const { query } = call;
    const since = new Date(query.get('updatedSince') || 0);
    if (Number.isNaN(since.getTime())) throw new HttpError(400, { error: 'bad_request', message: 'updatedSince must be a date, such as 2026-01-31T09:30:00Z.' });
    const { items, next } = this.#sales.changes({
      since: since.toISOString(), after: query.get('after'), limit: readLimit(query, 50, 200), shuffled: this.#control.is('shufflePages'),
    });
    call.summary = `Listed ${items.length} changed opportunities`;
    return ok({ items: items.map(withoutApp), next });
  }

  #opportunity(call) {
    this.#credentials.requireScope(call.caller, 'opportunities.read');
    const found = this.#sales.opportunity(call.id);
    if (!found) throw new HttpError(404, { error: 'not_found', message: `There is no opportunity ${call.id}.` });
    call.summary = `Read opportunity ${found.id}`;
    return ok(withoutApp(found));
  }

  async #createOpportunity(call) {
    this.#credentials.requireScope(call.caller, 'opportunities.write');
    const { accountId, name, amount } = await this.#body(call);
    refuseFaults({
      accountId: textFault(accountId, 100),
      name: textFault(name, 200),
      amount: amountFault(amount),
    });
    const company = this.#sales.company(accountId);
    if (!company) throw new HttpError(404, { error: 'not_found', message: `There is no account ${accountId}.` });

    const created = this.#sales.createOpportunity(company, name.trim(), amount, author(call.caller));
    call.summary = `Created opportunity "${created.name}" (${created.id}) for ${company.name}`;
    return { status: 201, body: withoutApp(created), headers: { Location: `/api/opportunities/${created.id}` } };
  }

  async #changeOpportunity(call) {
    this.#credentials.requireScope(call.caller, 'opportunities.write');
    const { name, amount } = await this.#body(call);
    refuseFaults({
      name: name === undefined ? undefined : textFault(name, 200),
      amount: amount === undefined ? undefined : amountFault(amount),
    });
    const found = this.#sales.opportunity(call.id);
    if (!found) throw new HttpError(404, { error: 'not_found', message: `There is no opportunity ${call.id}.` });
    this.#sales.changeOpportunity(found, { ...(name !== undefined && { name: name.trim() }), ...(amount !== undefined && { amount }) });
    call.summary = `Changed opportunity ${found.id}`;
    return ok(withoutApp(found));
  }

  #listWebhooks(call) {
    this.#credentials.requireScope(call.caller, 'opportunities.read');
    call.summary = 'Listed their webhooks';
    return ok({ items: this.#webhooks.listFor(call.caller.user) });
  }

  async #registerWebhook(call) {
    this.#credentials.requireScope(call.caller, 'opportunities.read');
    const { address, events, secret } = await this.#body(call);
    refuseFaults({ address: addressFault(address), events: eventsFault(events), secret: secretFault(secret) });
    const created = this.#webhooks.register(call.caller.user, address, events, secret);
    call.summary = `Registered the webhook ${created.id} for ${events.join(', ')}`;
    return { status: 201, body: created };
  }

  #removeWebhook(call) {
    this.#credentials.requireScope(call.caller, 'opportunities.read');
    if (!this.#webhooks.remove(call.caller.user, call.id)) {
      throw new HttpError(404, { error: 'not_found', message: `You have no webhook ${call.id}.` });
    }
    call.summary = `Removed the webhook ${call.id}`;
    return ok({ status: 'removed' });
  }

  #readControl(call) {
    requireManager(call);
    call.summary = 'Read the switches';
    return ok(this.#control.all());
  }

  async #setControl(call) {
    requireManager(call);
    refuseFaults(this.#control.set(await readJsonObject(call.request)));
    call.summary = 'Set switches';
    return ok(this.#control.all());
  }

  #notifications(call) {
    this.#credentials.requireScope(call.caller, 'opportunities.read');
    const items = this.#sales.notificationsFor(call.caller.user).slice(0, readLimit(call.query, 50, 200)).map(withoutApp);
    call.summary = `Listed ${items.length} notifications`;
    return ok({ items });
  }

  async #createNotification(call) {
    this.#credentials.requireScope(call.caller, 'opportunities.write');
    const { recipient, subject, opportunityId } = await this.#body(call);
    refuseFaults({
      recipient: textFault(recipient, 100) ?? (this.#users.find(recipient) ? undefined : `There is nobody called ${recipient}.`),
      subject: textFault(subject, 200),
      opportunityId: opportunityId === undefined || opportunityId === null || this.#sales.opportunity(opportunityId)
        ? undefined
        : 'There is no such opportunity.',
    });

    const created = this.#sales.createNotification(recipient, subject.trim(), opportunityId, author(call.caller));
    call.summary = `Notified ${recipient}: "${created.subject}" (${created.id})`;
    return { status: 201, body: withoutApp(created) };
  }

  #forecasts(call) {
    if (call.caller.user.role !== 'manager') {
      throw new HttpError(403, { error: 'forbidden', message: 'Your role may not read forecasts.' });
    }
    this.#credentials.requireScope(call.caller, 'forecasts.read');
    call.summary = 'Read the forecasts';
    return ok({ items: this.#sales.forecasts() });
  }

  #activityList(call) {
    this.#credentials.requireScope(call.caller, 'opportunities.read');
    call.summary = 'Read the activity';
    return ok({ items: this.#activity.visibleTo(call.caller.user, readLimit(call.query, 100, 500)) });
  }

  async #changePassword(call) {
    requirePerson(call);
    const { current, new: next } = await readJsonObject(call.request);
    refuseFaults(await this.#users.changePassword(call.caller.user, current, next));
    call.summary = 'Changed their password';
    return ok({ status: 'changed' });
  }

  #listApiKeys(call) {
    requirePerson(call);
    call.summary = 'Listed their API keys';
    return ok({ items: this.#apiKeys.listFor(call.caller.user) });
  }

  async #createApiKey(call) {
    requirePerson(call);
    const { label } = await readJsonObject(call.request);
    refuseFaults({ label: labelFault(label) });
    const created = this.#apiKeys.create(call.caller.user, label.trim());
    call.summary = `Created the API key "${created.label}"`;
    return { status: 201, body: created };
  }

  #revokeApiKey(call) {
    requirePerson(call);
    if (!this.#apiKeys.revoke(call.caller.user, call.id)) {
      throw new HttpError(404, { error: 'not_found', message: `You have no API key ${call.id}.` });
    }
    call.summary = 'Revoked an API key';
    return ok({ status: 'revoked' });
  }

  #body(call) {
    if (call.caller.via === 'session') {
      throw new HttpError(403, { error: 'forbidden', message: 'Writing takes a bearer token, basic auth or an API key; the session cookie may only read.' });
    }
    return readJsonObject(call.request);
  }
}

function ok(body) {
  return { status: 200, body };
}

function methodNotAllowed(route, method) {
  const allowed = ['GET', 'POST', 'PATCH', 'DELETE'].filter((each) => route[each]).flatMap((each) => (each === 'GET' ? ['GET', 'HEAD'] : [each]));
  return new HttpError(405, { error: 'method_not_allowed', message: `${method} is not possible here; use ${allowed.join(' or ')}.` }, { Allow: allowed.join(', ') });
}

/** One's own password and keys are for the person: signed in, or with the password itself. */
function requirePerson(call) {
  const { caller, request } = call;
  if (caller.via !== 'session' && caller.via !== 'basic') {
    throw new HttpError(403, { error: 'forbidden', message: 'Only a signed-in session or basic auth may do this.' });
  }
  if (isForeign(request)) throw new HttpError(403, { error: 'forbidden', message: 'This request came from another site.' });
}

function requireManager(call) {
  requirePerson(call);
  if (call.caller.user.role !== 'manager') throw new HttpError(403, { error: 'forbidden', message: 'Only managers may use the switches.' });
}

function refuseFaults(faults) {
  const fields = Object.fromEntries(Object.entries(faults).filter(([, fault]) => fault));
  const [first] = Object.entries(fields);
  if (first) throw new HttpError(422, { error: 'validation', message: `${first[0]}: ${first[1]}`, fields });
}

function textFault(value, max) {
  if (value === undefined || value === null) return 'This is required.';
  if (typeof value !== 'string') return 'This must be text.';
  return value.trim().length >= 1 && value.trim().length <= max ? undefined : `Use 1 to ${max} characters.`;
}

function amountFault(value) {
  if (value === undefined || value === null) return 'This is required.';
  if (typeof value !== 'number') return 'This must be a number.';
  return value >= 0 && value <= LARGEST_AMOUNT ? undefined : `Use a number from 0 to ${LARGEST_AMOUNT}.`;
}

function author(caller) {
  return { account: caller.user.id, app: caller.app };
}

function withoutApp({ app, ...rest }) {
  return rest;
}
