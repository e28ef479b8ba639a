import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, stat } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { APP, authorizationRequest, basic, bearer, Browser, RunningCrm } from './crm.mjs';

const ALL = 'openid profile opportunities.read opportunities.write forecasts.read';
const MANAGER = { authorization: basic('manager', 'manager-pw') };

let crm;
before(async () => { crm = await RunningCrm.start(); });
after(() => crm.stop());

test('A code from the real pages becomes tokens, and the answer names the issuer', async () => {
  const { returned, state, ...tokens } = await crm.connect('rep-one', ALL);

  assert.equal(returned.origin + returned.pathname, APP.callback);
  assert.equal(returned.searchParams.get('state'), state);
  assert.equal(returned.searchParams.get('iss'), crm.base);
  assert.equal(tokens.token_type, 'Bearer');
  assert.equal(tokens.scope, ALL);
  assert.equal(tokens.expires_in, 600);
  assert.ok(tokens.refresh_token);

  const me = await crm.api('GET', '/api/me', bearer(tokens.access_token));
  assert.deepEqual(me.body, { id: 'rep-one', name: 'Rita One', role: 'rep', via: 'oauth2' });
});

test('The secret may come in the body, and a code works once', async () => {
  const request = authorizationRequest(crm.base, 'opportunities.read');
  const returned = await new Browser().authorize(request.url, 'rep-two');
  const form = {
    grant_type: 'authorization_code', code: returned.searchParams.get('code'), redirect_uri: APP.callback, code_verifier: request.verifier,
    client_id: APP.id, client_secret: APP.secret,
  };

  const first = await fetch(`${crm.base}/token`, { method: 'POST', body: new URLSearchParams({ ...form, client_secret: 'wrong' }) });
  const second = await fetch(`${crm.base}/token`, { method: 'POST', body: new URLSearchParams(form) });
  const third = await fetch(`${crm.base}/token`, { method: 'POST', body: new URLSearchParams(form) });

  assert.deepEqual([first.status, second.status, third.status], [401, 200, 400]);
  assert.equal((await first.json()).error, 'invalid_client');
  assert.equal((await third.json()).error, 'invalid_grant');
});

test('A request without PKCE goes back to the app with an error', async () => {
  const url = new URL(authorizationRequest(crm.base, 'openid').url);
  url.searchParams.delete('code_challenge');
  url.searchParams.delete('code_challenge_method');

  const page = await new Browser().open(url.href);

  assert.equal(new URL(page.next).searchParams.get('error'), 'invalid_request');
});

test('An unknown app and an unregistered return address get a page that says so', async () => {
  const unknownApp = await new Browser().open(authorizationRequest(crm.base, 'openid').url.replace('client_id=recipes', 'client_id=ghost'));
  const wrongAddress = await new Browser().open(authorizationRequest(crm.base, 'openid').url.replace('callback', 'elsewhere'));

  assert.equal(unknownApp.status, 400);
  assert.match(unknownApp.text, /not registered with Sandbox CRM/);
  assert.equal(wrongAddress.status, 400);
  assert.match(wrongAddress.text, /return address that is not registered/);
});

test('Denying sends access_denied to the app', async () => {
  const returned = await new Browser().authorize(authorizationRequest(crm.base, ALL).url, 'rep-one', 'deny');

  assert.equal(returned.searchParams.get('error'), 'access_denied');
});

test('Someone signed in is asked for consent only, and can switch to another account', async () => {
  const browser = new Browser();
  await browser.signIn(crm.base, 'manager');
  const consent = await browser.open(authorizationRequest(crm.base, ALL).url);
  const switchLink = /href="([^"]+\/switch)"/.exec(consent.text)[1];

  const signIn = await browser.open(new URL(switchLink, crm.base).href);
  const again = await browser.submit(signIn, { account: 'rep-two', password: 'rep-two-pw' });

  assert.match(consent.text, /Recipes wants to connect/);
  assert.match(consent.text, /Mia Manager/);
  assert.match(signIn.text, /name="password"/);
  assert.match(again.text, /Ravi Two/);
  assert.match(again.text, /Create opportunities and notifications in your name/);
});

test('A form without its token does nothing', async () => {
  const browser = new Browser();
  const page = await browser.open(authorizationRequest(crm.base, ALL).url);

  const answer = await browser.request(page.url, new URLSearchParams({ account: 'manager', password: 'manager-pw' }));

  assert.equal(answer.status, 403);
  assert.match(answer.text, /out of date/);
});

test('Refreshing rotates the refresh token, and using an old one ends the grant', async () => {
  const { refresh_token: first, access_token: oldAccess } = await crm.connect('rep-one', ALL);

  const refreshed = await crm.refresh(first);
  const reused = await crm.refresh(first);
  const afterwards = await crm.refresh(refreshed.body.refresh_token);

  assert.equal(refreshed.status, 200);
  assert.notEqual(refreshed.body.refresh_token, first);
  assert.deepEqual([reused.status, reused.body.error], [400, 'invalid_grant']);
  assert.deepEqual([afterwards.status, afterwards.body.error], [400, 'invalid_grant']);
  for (const token of [oldAccess, refreshed.body.access_token]) {
    assert.equal((await crm.api('GET', '/api/me', bearer(token))).status, 401);
  }
});

test('Of two refreshes at the same moment with one token at most one succeeds', async () => {
  const { refresh_token: token } = await crm.connect('rep-one', ALL);

  const answers = await Promise.all([crm.refresh(token), crm.refresh(token), crm.refresh(token)]);

  assert.ok(answers.filter((answer) => answer.status === 200).length <= 1);
  assert.ok(answers.every((answer) => answer.status === 200 || answer.body.error === 'invalid_grant'));
});

test('Each authorization is a grant of its own', async () => {
  const browser = new Browser();
  const one = await crm.connect('rep-one', ALL, browser);
  const two = await crm.connect('rep-one', ALL, browser);

  await crm.asApp('/revoke', { token: one.refresh_token });

  assert.equal((await crm.refresh(one.refresh_token)).status, 400);
  assert.equal((await crm.refresh(two.refresh_token)).status, 200);
});

test('A revoked token is refused as invalid_token, and introspection says inactive', async () => {
  const tokens = await crm.connect('rep-one', ALL);
  const live = await crm.asApp('/introspect', { token: tokens.access_token });

  const revoked = await crm.asApp('/revoke', { token: tokens.refresh_token });

  assert.equal(live.body.active, true);
  assert.equal(revoked.status, 200);
  assert.deepEqual((await crm.asApp('/introspect', { token: tokens.access_token })).body, { active: false });
  const refused = await crm.api('GET', '/api/me', bearer(tokens.access_token));
  assert.deepEqual([refused.status, refused.body.error], [401, 'invalid_token']);
  assert.match(refused.headers.get('www-authenticate'), /^Bearer realm="Sandbox CRM", error="invalid_token"/);
});

test('A write that comes twice under one key is done once', async () => {
  const { access_token: token } = await crm.connect('rep-one', ALL);
  const write = (key, more = {}) => crm.api('POST', '/api/opportunities', { ...bearer(token), 'idempotency-key': key }, { accountId: 'acc-1', name: 'Once', amount: 5, ...more });

  const [first, again] = await Promise.all([write('key-1'), write('key-1')]);
  const later = await write('key-1');
  const other = await write('key-2');
  const refused = await write('key-3', { amount: 'five' });
  const mended = await write('key-3');

  assert.deepEqual([first.status, again.status, later.status], [201, 201, 201]);
  assert.deepEqual([again.body, later.body], [first.body, first.body]);
  assert.equal(later.headers.get('idempotent-replayed'), 'true');
  assert.notEqual(other.body.id, first.body.id);
  assert.deepEqual([refused.status, mended.status], [422, 201]);
});

test('The author comes from the token alone, and the record shows it', async () => {
  const { access_token: token } = await crm.connect('rep-one', ALL);

  const created = await crm.api('POST', '/api/opportunities', bearer(token), {
    accountId: 'acc-1', name: 'Rockets', amount: 12000, createdBy: 'manager', author: 'manager',
  });
  const notified = await crm.api('POST', '/api/notifications', bearer(token), {
    recipient: 'manager', subject: 'Big one', opportunityId: created.body.id, createdBy: 'manager',
  });

  assert.equal(created.status, 201);
  assert.deepEqual(Object.keys(created.body), ['id', 'accountId', 'accountName', 'name', 'amount', 'createdBy', 'createdAt', 'updatedAt', 'revision']);
  assert.deepEqual([created.body.createdBy, created.body.accountName, created.body.amount], ['rep-one', 'Acme', 12000]);
  assert.deepEqual([notified.status, notified.body.createdBy], [201, 'rep-one']);

  const browser = new Browser();
  await browser.signIn(crm.base, 'manager');
  const record = await crm.api('GET', '/api/activity?limit=2', browser.header());
  assert.deepEqual(record.body.items.map((each) => [each.account, each.via, each.app, each.method, each.path, each.status]), [
    ['rep-one', 'oauth2', 'Recipes', 'POST', '/api/notifications', 201],
    ['rep-one', 'oauth2', 'Recipes', 'POST', '/api/opportunities', 201],
  ]);
  const page = await browser.open(`${crm.base}/activity`);
  assert.match(page.text, /Created opportunity &quot;Rockets&quot;/);
});

test('Reps see what was done as them only', async () => {
  await crm.api('GET', '/api/me', MANAGER);

  const record = await crm.api('GET', '/api/activity', { authorization: basic('rep-two', 'rep-two-pw') });

  assert.ok(record.body.items.every((each) => each.account === 'rep-two'));
});

test('Reps may not read forecasts whatever the scope, and managers need the scope', async () => {
  const rep = await crm.connect('rep-one', ALL);
  const narrow = await crm.connect('manager', 'opportunities.read');
  const manager = await crm.connect('manager', ALL);

  const asRep = await crm.api('GET', '/api/forecasts', bearer(rep.access_token));
  const withoutScope = await crm.api('GET', '/api/forecasts', bearer(narrow.access_token));
  const asManager = await crm.api('GET', '/api/forecasts', bearer(manager.access_token));

  assert.deepEqual([asRep.status, asRep.body], [403, { error: 'forbidden', message: 'Your role may not read forecasts.' }]);
  assert.deepEqual([withoutScope.status, withoutScope.body.error, withoutScope.body.scope], [403, 'insufficient_scope', 'forecasts.read']);
  assert.match(withoutScope.headers.get('www-authenticate'), /error="insufficient_scope".*scope="forecasts.read"/);
  assert.equal(asManager.status, 200);
  assert.ok(asManager.body.items.length > 0);
});

test('Basic auth and API keys work, and say who they are', async () => {
  const created = await crm.api('POST', '/api/me/api-keys', { authorization: basic('rep-two', 'rep-two-pw') }, { label: 'Nightly' });
  const key = { 'x-api-key': created.body.key };

  assert.deepEqual((await crm.api('GET', '/api/me', MANAGER)).body.via, 'basic');
  assert.deepEqual((await crm.api('GET', '/api/me', key)).body, { id: 'rep-two', name: 'Ravi Two', role: 'rep', via: 'api-key' });

  await crm.api('DELETE', `/api/me/api-keys/${created.body.id}`, { authorization: basic('rep-two', 'rep-two-pw') });
  const refused = await crm.api('GET', '/api/me', key);
  assert.deepEqual([refused.status, refused.body.error], [401, 'invalid_api_key']);
});

test('Wrong, missing and doubled credentials are told apart', async () => {
  const wrong = await crm.api('GET', '/api/me', { authorization: basic('manager', 'nope') });
  const none = await crm.api('GET', '/api/me');
  const two = await crm.api('GET', '/api/me', { ...MANAGER, 'x-api-key': 'crm_x' });

  assert.equal(wrong.status, 401);
  assert.match(wrong.headers.get('www-authenticate'), /^Basic /);
  assert.equal(none.status, 401);
  assert.match(none.headers.get('www-authenticate'), /Bearer .*Basic /);
  assert.equal(two.status, 400);
});

test('Bad input gets an answer that names the place', async () => {
  const post = (body, type = 'application/json') => fetch(`${crm.base}/api/opportunities`, {
    method: 'POST', headers: { ...MANAGER, 'content-type': type }, body,
  });
  const invalid = await crm.api('POST', '/api/opportunities', MANAGER, { accountId: 'acc-1', name: ' ', amount: '5' });
  const unknown = await crm.api('POST', '/api/opportunities', MANAGER, { accountId: 'acc-99', name: 'x', amount: 5 });
  const malformed = await post('{"a":');
  const huge = await post(`"${'x'.repeat(70_000)}"`);
  const wrongMethod = await crm.api('PUT', '/api/opportunities', MANAGER, {});
  const wrongPath = await crm.api('GET', '/api/nothing', MANAGER);
  const wrongLimit = await crm.api('GET', '/api/accounts?limit=0', MANAGER);

  assert.deepEqual([invalid.status, invalid.body.error, Object.keys(invalid.body.fields)], [422, 'validation', ['name', 'amount']]);
  assert.equal(unknown.status, 404);
  assert.deepEqual([malformed.status, (await malformed.json()).error], [400, 'malformed_json']);
  assert.equal(huge.status, 413);
  assert.equal((await post('{}', 'text/plain')).status, 415);
  assert.deepEqual([wrongMethod.status, wrongMethod.headers.get('allow')], [405, 'GET, HEAD, POST']);
  assert.deepEqual([wrongPath.status, wrongPath.body.error], [404, 'not_found']);
  assert.equal(wrongLimit.status, 400);
});

test('Accounts are found by part of their name, exact matches first', async () => {
  const { body } = await crm.api('GET', '/api/accounts?name=ACME', MANAGER);
  const part = await crm.api('GET', '/api/accounts?name=in', MANAGER);

  assert.deepEqual(body, { items: [{ id: 'acc-1', name: 'Acme' }] });
  assert.deepEqual(part.body.items.map((each) => each.name), ['Initech', 'Stark Industries', 'Wayne Enterprises'].filter((name) => /in/i.test(name)));
});

test('The session cookie reads but does not write', async () => {
  const response = await fetch(`${crm.base}/login`, {
    method: 'POST', headers: { accept: 'application/json' }, body: new URLSearchParams({ account: 'rep-one', password: 'rep-one-pw' }),
  });
  const cookie = { cookie: response.headers.getSetCookie()[0].split(';')[0] };

  assert.equal((await response.json()).account, 'rep-one');
  assert.equal((await crm.api('GET', '/api/me', cookie)).body.via, 'session');
  assert.equal((await crm.api('POST', '/api/notifications', cookie, { recipient: 'manager', subject: 'x' })).status, 403);
  assert.equal((await crm.api('POST', '/api/me/api-keys', { ...cookie, origin: 'http://127.0.0.1:1' }, { label: 'x' })).status, 403);
});

test('After five wrong passwords an account is refused for a minute', async (t) => {
  const own = await startOwn(t);
  const tries = [];
  for (let i = 0; i < 5; i++) tries.push((await new Browser().signIn(own.base, 'rep-two', 'wrong')).status);
  const sixth = await new Browser().signIn(own.base, 'rep-two');
  const other = await new Browser().signIn(own.base, 'rep-one');

  assert.deepEqual(tries, [401, 401, 401, 401, 401]);
  assert.equal(sixth.status, 429);
  assert.ok(Number(sixth.headers.get('retry-after')) > 0);
  assert.match(sixth.text, /Try again in a minute/);
  assert.equal(other.status, 200);
});

test('A changed password ends basic auth with the old one, and leaves grants alone', async (t) => {
  const own = await startOwn(t);
  const { access_token: token } = await own.connect('manager', ALL);
  await own.api('GET', '/api/me', MANAGER);

  const wrong = await own.api('POST', '/api/me/password', MANAGER, { current: 'nope', new: 'another-pw' });
  const changed = await own.api('POST', '/api/me/password', MANAGER, { current: 'manager-pw', new: 'another-pw' });
  const old = await own.api('GET', '/api/me', MANAGER);
  const fresh = await own.api('GET', '/api/me', { authorization: basic('manager', 'another-pw') });
  const grant = await own.api('GET', '/api/me', bearer(token));

  assert.deepEqual([wrong.status, Object.keys(wrong.body.fields)], [422, ['current']]);
  assert.deepEqual([changed.status, old.status, fresh.status, grant.status], [200, 401, 200, 200]);
});

test('Settings and developer pages do what they say', async (t) => {
  const own = await startOwn(t);
  const browser = new Browser();
  await browser.signIn(own.base, 'manager');
  const tokens = await own.connect('manager', ALL, browser);

  let page = await browser.open(`${own.base}/settings`);
  page = await browser.submit(page, { label: 'Laptop' }, '/settings/api-keys');
  const key = /value="(crm_[^"]+)"/.exec(page.text)[1];
  assert.equal((await own.api('GET', '/api/me', { 'x-api-key': key })).status, 200);
  page = await browser.submit(page, {}, '/settings/api-keys/revoke');
  assert.match(page.text, /The API key is revoked/);
  assert.equal((await own.api('GET', '/api/me', { 'x-api-key': key })).status, 401);
  page = await browser.submit(page, {}, '/settings/apps/revoke');
  assert.match(page.text, /The app is disconnected/);
  assert.equal((await own.api('GET', '/api/me', bearer(tokens.access_token))).status, 401);
  assert.equal((await own.refresh(tokens.refresh_token)).body.error, 'invalid_grant');

  page = await browser.open(`${own.base}/developer`);
  const bad = await browser.submit(page, { name: 'Robot', redirect_uris: 'not an address' });
  assert.match(bad.text, /is not an absolute address/);
  page = await browser.submit(page, { name: 'Robot', redirect_uris: 'http://127.0.0.1:9/robot' });
  const id = /id="client-id" value="([^"]+)"/.exec(page.text)[1];
  const request = authorizationRequest(own.base, 'openid').url.replace('client_id=recipes', `client_id=${id}`).replace('callback', 'robot');
  assert.match((await browser.open(request)).text, /Robot wants to connect/);
  const rep = new Browser();
  await rep.signIn(own.base, 'rep-one');
  assert.equal((await rep.open(`${own.base}/developer`)).status, 403);
});

test('A restart keeps grants and sessions, even after SIGKILL', async (t) => {
  const own = await startOwn(t);
  const browser = new Browser();
  await browser.signIn(own.base, 'manager');
  const tokens = await own.connect('rep-one', ALL);
  await saved(own, tokens.refresh_token);

  await own.restart('SIGKILL');
  const me = await own.api('GET', '/api/me', bearer(tokens.access_token));
  const session = await own.api('GET', '/api/me', browser.header());
  const refreshed = await own.refresh(tokens.refresh_token);
  const exit = await own.restart('SIGTERM');
  const again = await own.refresh(refreshed.body.refresh_token);
  const reused = await own.refresh(tokens.refresh_token);
  const mode = (await stat(own.stateFile)).mode & 0o777;

  assert.deepEqual([me.status, session.body.id, refreshed.status, again.status], [200, 'manager', 200, 200]);
  assert.equal(reused.body.error, 'invalid_grant');
  assert.deepEqual(exit, { code: 0, signal: null });
  assert.equal(mode, 0o600);
});

test('A short token life is kept to the second', async (t) => {
  const own = await startOwn(t, { CRM_ACCESS_TOKEN_TTL: '1' });
  const tokens = await own.connect('rep-one', ALL);
  let status = 200;
  for (const end = Date.now() + 5000; status === 200 && Date.now() < end;) status = (await own.api('GET', '/api/me', bearer(tokens.access_token))).status;
  const refreshed = await own.refresh(tokens.refresh_token);

  assert.equal(tokens.expires_in, 1);
  assert.equal(status, 401);
  assert.equal(refreshed.status, 200);
});

test('A port in use and bad settings stop the start with a message', async () => {
  const run = async (environment) => {
    const child = spawn(process.execPath, [fileURLToPath(new URL('../server.mjs', import.meta.url))], {
      stdio: ['ignore', 'ignore', 'pipe'], env: { PATH: process.env.PATH, CRM_STATE: `${crm.folder}/other.json`, ...environment },
    });
    let text = '';
    child.stderr.on('data', (chunk) => { text += chunk; });
    const [code] = await once(child, 'close');
    return { code, text };
  };
  const { port } = new URL(crm.base);

  const taken = await run({ CRM_PORT: port });
  const wrong = await run({ CRM_PORT: 'x', CRM_CLIENT_ID: 'a', CRM_ACCESS_TOKEN_TTL: '0' });

  assert.equal(taken.code, 1);
  assert.match(taken.text, new RegExp(`Port ${port} is already in use.*CRM_PORT`));
  assert.equal(wrong.code, 1);
  for (const name of ['CRM_PORT', 'CRM_CLIENT_SECRET and CRM_REDIRECT_URIS', 'CRM_ACCESS_TOKEN_TTL']) assert.ok(wrong.text.includes(name), name);
});

async function startOwn(t, environment) {
  const own = await RunningCrm.start(environment);
  t.after(() => own.stop());
  return own;
}

/** Waits until the state file holds the text: what a crash may lose is shorter than the wait. */
async function saved(own, text) {
  const end = Date.now() + 5000;
  while (!(await readFile(own.stateFile, 'utf8')).includes(text)) assert.ok(Date.now() < end, 'The state file was not written.');
}
