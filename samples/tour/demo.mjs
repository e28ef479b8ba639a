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

/** Everything Recipes promises about runtime user connections, each point checked with the CRM's own record. */
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
  await modifiedCredentials(workshop, crm);
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

async function modifiedCredentials(workshop, crm) {
  title('6. manager changes the CRM password behind a basic auth connection');
  const { manager } = workshop.users;
  const before = await manager.post('/api/recipes/list-opportunities/call', { input: {} });
  show(before.status === 'completed', 'with the old password the recipe works');
  await crm.post('/api/me/password', { current: passwordOf('manager'), new: 'changed-behind-our-back' });
  const after = await manager.post('/api/recipes/list-opportunities/call', { input: {} });
  show(after.status === 'faulted' && after.failure.kind === 'modifiedCredentials', `told apart as modified credentials: ${after.failure.message}`);
  say(after.failure.guidance);
  const [connection] = await manager.get('/api/connections?definition=crm-basic');
  show(connection.health === 'red', `the connection is red (${connection.state}): nothing more is sent, so that the account is not locked`);
  await crm.post('/api/me/password', { current: 'changed-behind-our-back', new: passwordOf('manager') });
  const test = await manager.post(`/api/connections/${connection.id}/test`);
  show(test.passed, 'the password is put right and one test heals it');
}
