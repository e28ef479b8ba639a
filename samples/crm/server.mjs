import { createServer } from 'node:http';
import { createCrm } from './crm.mjs';
import { firstStart } from './first-start.mjs';
import { readSettings, SettingsError } from './settings.mjs';
import { State, StateError } from './state.mjs';

const GRACE_MS = 2000;

let settings;
let state;
try {
  settings = readSettings(process.env);
  state = new State(settings.stateFile, firstStart);
} catch (error) {
  if (error instanceof SettingsError || error instanceof StateError) fail(error.message);
  if (error.code) fail(`The folder of the state file ${settings.stateFile} cannot be used: ${error.message}`);
  throw error;
}

const server = createServer();
server.on('error', (error) => {
  if (error.code === 'EADDRINUSE') fail(`Port ${settings.port} is already in use. Stop the program that uses it, or set CRM_PORT to a free port.`);
  if (error.code === 'EACCES') fail(`Port ${settings.port} may not be opened by this user. Set CRM_PORT to a port above 1023.`);
  throw error;
});
server.listen(settings.port, settings.host, () => {
  // The port is known only now, and the addresses that the CRM gives out hold it.
  const address = `http://${settings.host}:${server.address().port}`;
  const crm = createCrm({ settings, state, address });
  server.on('request', crm.handle);
  state.saveNow();
  for (const signal of ['SIGTERM', 'SIGINT']) process.once(signal, () => stop(crm));
  console.log(`READY ${address}`);
});

function stop(crm) {
  crm.stop();
  server.close(async () => {
    await state.close();
    process.exit(0);
  });
  server.closeIdleConnections();
  setTimeout(() => server.closeAllConnections(), GRACE_MS).unref();
}

function fail(message) {
  console.error(message);
  process.exit(1);
}
