import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { createServer } from 'node:http';
import { after, before, beforeEach, test } from 'node:test';
import { basic, bearer, RunningCrm } from './crm.mjs';

const MANAGER = { authorization: basic('manager', 'manager-pw') };
const REP = { authorization: basic('rep-one', 'rep-one-pw') };
const OFF = { outage: false, duplicateDeliveries: false, shuffleDeliveries: false, shufflePages: false };

let crm;
before(async () => { crm = await RunningCrm.start(); });
after(() => crm.stop());
beforeEach(() => crm.api('PATCH', '/api/control', MANAGER, OFF));

async function create(name) {
  const { status, body } = await crm.api('POST', '/api/opportunities', REP, { accountId: 'acc-1', name, amount: 5 });
  assert.equal(status, 201);
  return body;
}

async function pages(since, limit = 2) {
  const found = [];
  for (let after; ;) {
    const { body } = await crm.api('GET', `/api/opportunities?updatedSince=${since}&limit=${limit}${after ? `&after=${encodeURIComponent(after)}` : ''}`, REP);
    found.push(body.items);
    if (!body.next) return found;
    after = body.next;
  }
}

/** A program that takes deliveries and answers what it is told to. */
class Listener {
  received = [];
  answers = () => 202;

  static async start() {
    const listener = new Listener();
    listener.server = createServer(async (request, response) => {
      const chunks = [];
      for await (const chunk of request) chunks.push(chunk);
      const delivery = { headers: request.headers, text: Buffer.concat(chunks).toString() };
      listener.received.push(delivery);
      response.writeHead(listener.answers(delivery, listener.received.length)).end();
    });
    await new Promise((resolve) => { listener.server.listen(0, '127.0.0.1', resolve); });
    listener.address = `http://127.0.0.1:${listener.server.address().port}/hook`;
    return listener;
  }

  stop() {
    this.server.closeAllConnections();
    this.server.close();
  }

  get names() {
    return this.received.map(({ text }) => JSON.parse(text).data.name);
  }

  async until(condition) {
    for (let i = 0; i < 400; i++) {
      if (condition(this)) return;
      await new Promise((resolve) => { setTimeout(resolve, 25); });
    }
    assert.fail(`Still not after ten seconds; received: ${this.names}`);
  }
}

test('Changes come oldest first, page by page, and what changes again meanwhile comes again', async () => {
  const since = new Date().toISOString();
  const [first, second, third] = [await create('c1'), await create('c2'), await create('c3')];
  const changed = await crm.api('PATCH', `/api/opportunities/${first.id}`, REP, { amount: 6 });

  const [one, two] = await pages(since);

  assert.deepEqual([changed.status, changed.body.amount, changed.body.revision], [200, 6, 2]);
  assert.deepEqual([one.map((each) => each.id), two.map((each) => each.id)], [[second.id, third.id], [first.id]]);
  assert.deepEqual((await pages(changed.body.updatedAt)).flat().map((each) => each.id), [first.id]);
});

test('Shuffled pages hold the same in another order', async () => {
  const since = new Date().toISOString();
  const created = [];
  for (let i = 0; i < 8; i++) created.push((await create(`s${i}`)).id);
  await crm.api('PATCH', '/api/control', MANAGER, { shufflePages: true });

  const found = (await pages(since)).flat().map((each) => each.id);

  assert.notDeepEqual(found, created);
  assert.deepEqual(found.sort(), created.sort());
});

test('A delivery is signed as Standard Webhooks has it, comes until it is taken, and not to a webhook that was removed', async () => {
  const listener = await Listener.start();
  const { access_token: token } = await crm.connect('rep-one', 'opportunities.read');
  const { body: webhook } = await crm.api('POST', '/api/webhooks', bearer(token), { address: listener.address, events: ['opportunity.created'] });
  listener.answers = (_, count) => (count < 3 ? 503 : 202);

  const created = await create('signed');
  await listener.until(({ received }) => received.length === 3);

  for (const { headers, text } of listener.received) {
    const expected = createHmac('sha256', Buffer.from(webhook.secret.slice(6), 'base64')).update(`${headers['webhook-id']}.${headers['webhook-timestamp']}.${text}`).digest('base64');
    assert.equal(headers['webhook-signature'], `v1,${expected}`);
    assert.deepEqual(JSON.parse(text).data, created);
  }
  assert.equal(new Set(listener.received.map(({ headers }) => headers['webhook-id'])).size, 1);
  const { body: list } = await crm.api('GET', '/api/webhooks', bearer(token));
  assert.deepEqual(list.items.map(({ id, secret }) => ({ id, secret })), [{ id: webhook.id, secret: undefined }]);

  assert.equal((await crm.api('DELETE', `/api/webhooks/${webhook.id}`, MANAGER)).status, 404);
  assert.equal((await crm.api('DELETE', `/api/webhooks/${webhook.id}`, bearer(token))).status, 200);
  const others = await Listener.start();
  await crm.api('POST', '/api/webhooks', REP, { address: others.address, events: ['opportunity.created'] });
  await create('after');
  await others.until(({ received }) => received.length === 1);
  assert.equal(listener.received.length, 3);
  listener.stop();
  others.stop();
});

test('The switches make deliveries come twice and in the wrong order, and hold them back during an outage', async () => {
  const listener = await Listener.start();
  const { body: webhook } = await crm.api('POST', '/api/webhooks', REP, { address: listener.address, events: ['opportunity.created', 'opportunity.updated'] });
  await crm.api('PATCH', '/api/control', MANAGER, { duplicateDeliveries: true });

  await create('twice');
  await listener.until(({ received }) => received.length === 2);
  assert.equal(listener.received[0].headers['webhook-id'], listener.received[1].headers['webhook-id']);

  await crm.api('PATCH', '/api/control', MANAGER, { duplicateDeliveries: false, shuffleDeliveries: true });
  listener.received.length = 0;
  const names = Array.from({ length: 40 }, (_, i) => `o${i}`);
  for (const name of names) await create(name);
  await listener.until(({ received }) => received.length === names.length);
  assert.deepEqual([...listener.names].sort(), [...names].sort());
  assert.notDeepEqual(listener.names, names);

  await crm.api('PATCH', '/api/control', MANAGER, { shuffleDeliveries: false, outage: true });
  assert.equal((await crm.api('GET', '/api/opportunities', REP)).status, 503);
  await crm.api('PATCH', '/api/control', MANAGER, { outage: false });
  assert.equal((await crm.api('GET', '/api/opportunities', REP)).status, 200);
  await crm.api('DELETE', `/api/webhooks/${webhook.id}`, REP);
  listener.stop();
});

test('What could not be delivered is delivered after a restart, and 410 ends a webhook', async () => {
  const listener = await Listener.start();
  await crm.api('POST', '/api/webhooks', REP, { address: listener.address, events: ['opportunity.created'] });
  listener.answers = () => 500;
  await create('kept');
  await listener.until(({ names }) => names.includes('kept'));
  await crm.restart('SIGTERM');
  const tried = listener.received.length;
  listener.answers = () => 410;

  await listener.until(({ received }) => received.length > tried);

  for (let i = 0; i < 100 && (await crm.api('GET', '/api/webhooks', REP)).body.items.some((each) => each.address === listener.address); i++) await new Promise((resolve) => { setTimeout(resolve, 25); });
  assert.ok(!(await crm.api('GET', '/api/webhooks', REP)).body.items.some((each) => each.address === listener.address));
  listener.stop();
});

test('Only addresses of this machine can be called, and only managers use the switches, by password', async () => {
  const { access_token: token } = await crm.connect('manager', 'opportunities.read');
  const webhook = { address: 'http://example.com/', events: ['opportunity.created'] };

  assert.equal((await crm.api('POST', '/api/webhooks', REP, webhook)).status, 422);
  assert.equal((await crm.api('POST', '/api/webhooks', REP, { address: 'http://127.0.0.1:9/', events: ['else'] })).status, 422);
  assert.equal((await crm.api('POST', '/api/webhooks', REP, { address: 'http://127.0.0.1:9/', events: ['opportunity.created'], secret: 'short' })).status, 422);
  assert.equal((await crm.api('PATCH', '/api/control', REP, { outage: true })).status, 403);
  assert.equal((await crm.api('PATCH', '/api/control', bearer(token), { outage: true })).status, 403);
  assert.equal((await crm.api('PATCH', '/api/control', MANAGER, { outag: true })).status, 422);
});
