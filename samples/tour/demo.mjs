import { AlertReceiver } from './alert-receiver.mjs';
import { Crm } from './crm.mjs';
import { passwordOf } from './set-up.mjs';

let shown = 0;
const title = (text) => console.log(`\n${text}`);
const say = (text) => console.log(`  ${text}`);

/** Says what was seen; throws where it is not so. */
function show(isSo, text) {
  if (!isSo) throw new Error(`not so: ${text}`);
  shown++;
  say(`✓ ${text}`);
}

/** Waits until it is so, at most a minute, and returns what was seen. */
async function until(what, look) {
  for (const end = Date.now() + 60_000; Date.now() < end; await new Promise((done) => setTimeout(done, 200))) {
    const seen = await look();
    if (seen) return seen;
  }
  throw new Error(`not seen within a minute: ${what}`);
}

/** Everything Recipes promises about connections that act as their users and stay alive, each point checked with the CRM's own record. */
export async function demo(workshop) {
  const crm = await new Crm(workshop.crm).signIn('manager', passwordOf('manager'));
  await workshop.everything();
  await workshop.connectWithSecrets();

  title('1. manager and rep-one connect their CRM accounts on the real consent pages');
  await workshop.consent('manager', 'crm-optional', { owner: 'organisation' });
  await workshop.consent('manager', 'crm');
  await workshop.consent('rep-one', 'crm');
  show(await workshop.isConnected('manager', 'crm-optional', 'organisation'), 'the organisation is connected, as the CRM account manager');
  show(await workshop.isConnected('rep-one', 'crm'), 'rep-one is connected, as herself');

  await asTheCaller(workshop, crm);
  await withoutConnection(workshop);
  await fallBack(workshop, crm);
  await insufficientPermissions(workshop);
  const receiver = await new AlertReceiver(workshop.alerts.secret).listen(workshop.alerts.port);
  try {
    await modifiedCredentials(workshop, crm, receiver);
    await revokedConsent(workshop, receiver);
  } finally {
    receiver.close();
  }
  console.log(`\nAll ${shown} points were seen.`);
}

async function asTheCaller(workshop, crm) {
  title('2. rep-one calls create-opportunity, which manager set up');
  const rep = workshop.users['rep-one'];
  const call = await rep.post('/api/recipes/create-opportunity/call', { input: { account: 'Acme', amount: 25000, name: 'Rocket skates' } });
  show(call.status === 'completed', `run ${call.runId} completed`);
  const { items } = await crm.get('/api/activity?limit=50');
  const writes = items.filter((item) => item.method === 'POST' && item.via === 'oauth2');
  say('The CRM\'s own record, read with the manager\'s CRM session and not through Recipes:');
  for (const item of writes) say(`    ${item.at}  ${item.account}  ${item.method} ${item.path}  ${item.status}  via ${item.app}`);
  show(writes.some((w) => w.path === '/api/opportunities' && w.status === 201), 'the opportunity was created');
  show(writes.some((w) => w.path === '/api/notifications' && w.status === 201), 'the nested recipe notify-manager wrote as well');
  show(writes.every((w) => w.account === 'rep-one'), 'both were recorded as made by rep-one, none by manager');
  const opportunity = await crm.get(`/api/opportunities/${call.output.opportunityId}`);
  show(opportunity.createdBy === 'rep-one' || opportunity.createdBy?.id === 'rep-one', `the CRM says that "${opportunity.name}" was created by rep-one`);
  const run = await rep.get(`/api/runs/${call.runId}`);
  const acting = run.journal.filter((entry) => entry.requestLine);
  show(acting.length >= 3 && acting.every((entry) => entry.actingAs === 'rep-one'), 'the run\'s journal names rep-one as the acting account of every request');
}

async function withoutConnection(workshop) {
  title('3. rep-two, who has no connection, calls the same recipe');
  const call = await workshop.users['rep-two'].post('/api/recipes/create-opportunity/call', { input: { account: 'Acme', amount: 10, name: 'Never made' } });
  show(call.runStatus === 'refused', 'the call was refused before any step ran');
  const [missing] = call.missing;
  show(missing.key === 'crm' && missing.authorizeUrl.startsWith(workshop.host), `"${missing.reason}" Authorise at ${missing.authorizeUrl}`);
}

async function fallBack(workshop, crm) {
  title('4. rep-two calls a recipe whose connection is optional');
  const rep = workshop.users['rep-two'];
  const call = await rep.post('/api/recipes/log-activity/call', { input: { text: 'Visited Globex' } });
  show(call.status === 'completed', 'it ran');
  const run = await rep.get(`/api/runs/${call.runId}`);
  show(run.connections.some((c) => c.key === 'crm-optional' && c.choice === 'fellBackToOrganisation'), 'the run says that it fell back to the organisation\'s connection');
  const { items } = await crm.get('/api/activity?limit=1');
  show(items[0].account === 'manager' && items[0].path === '/api/notifications', 'and the CRM recorded manager, whose account that connection is');
}

async function insufficientPermissions(workshop) {
  title('5. rep-one asks for a forecast, which reps may not read');
  const call = await workshop.users['rep-one'].post('/api/recipes/read-forecast/call', { input: {} });
  show(call.status === 'faulted' && call.failure.kind === 'insufficientPermissions', `told apart as insufficient permissions: ${call.failure.message}`);
  say(call.failure.guidance);
  show(await workshop.isConnected('rep-one', 'crm'), 'the connection itself stays connected');
}

async function modifiedCredentials(workshop, crm, receiver) {
  title('6. manager changes the CRM password behind a basic auth connection, and tells nobody');
  const { manager } = workshop.users;
  const before = await manager.post('/api/recipes/list-opportunities/call', { input: {} });
  show(before.status === 'completed', 'with the old password the recipe works');
  await crm.post('/api/me/password', { current: passwordOf('manager'), new: 'changed-behind-our-back' });
  const after = await manager.post('/api/recipes/list-opportunities/call', { input: {} });
  show(!['completed', 'running'].includes(after.status), `the next call is told why: ${after.failure?.message ?? after.missing?.[0].reason}`);
  const [{ id }] = await manager.get('/api/connections?definition=crm-basic');
  const lost = await until('a check has confirmed it', async () => {
    const connection = await manager.get(`/api/connections/${id}`);
    return connection.state === 'reauthorizationRequired' && connection;
  });
  show(lost.health === 'red' && lost.failure.kind === 'modifiedCredentials', 'red, told apart as modified credentials; one check confirmed it, and nothing more is sent, so that the account is not locked');
  say(lost.failure.guidance);
  const alert = await until('the alert has arrived', () => receiver.find('connection.lost', id));
  show(alert.page.includes(id), `a signed alert says so: ${alert.type}, "${alert.connection.name}", see ${alert.page}`);

  await crm.post('/api/me/password', { current: 'changed-behind-our-back', new: passwordOf('manager') });
  await until('the next scheduled check has healed it', async () => (await manager.get(`/api/connections/${id}`)).state === 'connected');
  show(true, 'the password is put right in the CRM, and the next scheduled check heals the connection: nobody touched it here');
  await until('the alert has arrived', () => receiver.find('connection.recovered', id));
  show(true, 'a signed alert says that as well');
  if (after.status === 'held') {
    const run = await until('the run that was held has gone on', async () => {
      const held = await manager.get(`/api/runs/${after.runId}`);
      return held.status !== 'held' && held.status !== 'running' && held;
    });
    show(run.status === 'completed', 'the run that was held meanwhile has gone on at the very step it was held at, by itself');
  }

  const { entries } = await manager.get(`/api/connections/${id}/log?limit=20`);
  const told = entries.reverse().map((e) => (e.failure ? `${e.event} ✗` : e.event));
  show(['suspected', 'lost', 'healed'].every((event) => told.some((t) => t.startsWith(event))), `its log tells the story: ${told.slice(-9).join(', ')}`);
}

async function revokedConsent(workshop, receiver) {
  title('7. rep-one ends the access of Recipes on the settings page of the CRM');
  const rep = workshop.users['rep-one'];
  const [{ id }] = (await rep.get('/api/connections?definition=crm')).filter((c) => c.owner.id === 'rep-one');
  await workshop.endAccess('rep-one');
  const lost = await until('a scheduled check has found out', async () => {
    const connection = await rep.get(`/api/connections/${id}`);
    return connection.state === 'reauthorizationRequired' && connection;
  });
  show(lost.failure.kind === 'modifiedCredentials', `nobody called, and it is known: ${lost.failure.message}`);
  await until('the alert has arrived', () => receiver.find('connection.lost', id));
  const call = await rep.post('/api/recipes/create-opportunity/call', { input: { account: 'Acme', amount: 1, name: 'Never made' } });
  show(call.runStatus === 'refused' && call.missing[0].authorizeUrl.includes(id), `a call is refused before any step, with where to put it right: ${call.missing[0].authorizeUrl}`);
  await workshop.consent('rep-one', 'crm');
  const again = await rep.get(`/api/connections/${id}`);
  show(again.state === 'connected', 'authorised again in place: the same connection, with its recipes and its log');
}
