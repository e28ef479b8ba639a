// Plays the main job once, against a running host and CRM:  node tour.mjs
// Environment: TOUR_HOST, TOUR_CRM, TOUR_OPERATOR_TOKEN, TOUR_CLIENT_ID, TOUR_CLIENT_SECRET; TOUR_DEMO=1 plays the whole demo, with TOUR_ALERT_PORT and TOUR_ALERT_SECRET.
import { demo } from './demo.mjs';
import { Workshop } from './set-up.mjs';

const { TOUR_HOST: host, TOUR_CRM: crm, TOUR_OPERATOR_TOKEN: operatorToken, TOUR_CLIENT_ID: id, TOUR_CLIENT_SECRET: secret, TOUR_DEMO, TOUR_ALERT_PORT, TOUR_ALERT_SECRET } = process.env;
const workshop = new Workshop({ host, crm, operatorToken, client: { id, secret }, alerts: { port: Number(TOUR_ALERT_PORT), secret: TOUR_ALERT_SECRET } });
const say = (text) => console.log(`  ${text}`);

try {
  if (TOUR_DEMO) await demo(workshop);
  else await tour();
} catch (error) {
  console.error(`  The tour stopped: ${error.message}`);
  process.exitCode = 1;
}

async function tour() {
  await workshop.everything();
  await workshop.connectWithSecrets();
  if (!(await workshop.isConnected('manager', 'crm-optional', 'organisation'))) {
    await workshop.consent('manager', 'crm-optional', { owner: 'organisation' });
    say('manager connected the organisation to the CRM (consent given on its pages).');
  }
  if (!(await workshop.isConnected('rep-one', 'crm'))) {
    await workshop.consent('rep-one', 'crm');
    say('rep-one connected her own CRM account.');
  }
  const call = await workshop.users['rep-one'].post('/api/recipes/create-opportunity/call', { input: { account: 'Acme', amount: 12500, name: 'Tour' } });
  if (call.status !== 'completed') throw new Error(`create-opportunity ended as ${call.status}: ${call.failure?.message}`);
  say(`rep-one called create-opportunity: the CRM recorded ${call.output.opportunityId} as created by ${call.output.createdBy}, not by the manager.`);
  say(`Read the run: ${host}/runs/${call.runId}`);
  say(`Who did what, in the CRM's own words: ${crm}/activity (sign in as manager / manager-pw)`);
}
