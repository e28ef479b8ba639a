// An OAuth 2.0 / OpenID Connect authorization server (oidc-provider) with a small resource server beside it, on loopback only.
// A second port takes orders: lifetimes, faults, clients, revocations, counters. All state is in memory.
// Environment: PORT and CONTROL_PORT, both 0 (any free port) by default. Prints one line: READY <issuer> <control address>.
import { randomBytes } from 'node:crypto';
import http from 'node:http';
import { Provider } from 'oidc-provider';
import { createAdapter } from './adapter.mjs';
import { createControl } from './control.mjs';
import { createCounters } from './counters.mjs';
import { createFaults } from './faults.mjs';
import { createFronts } from './fronts.mjs';
import { registerGrants } from './grants.mjs';
import { bareResource, resourceServer } from './resource-server.mjs';
import { alterPages, alterAuthorizationResponse } from './responses.mjs';
import { createRotations } from './rotations.mjs';

const knobs = {
  AccessToken: 3600,
  RefreshToken: 86400,
  ClientCredentials: 600,
  AuthorizationCode: 60,
  DeviceCode: 600,
  rotate: true,
  accountsGone: [],
  fail: null,
  latencyMs: 0,
  iss: 'right',
  announceIss: true,
  metadata: {},
  callback: {},
  dpopNonce: false,
  grace: {},
};

const listen = (server, port) =>
  new Promise((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', () => resolve(server.address().port)));

// The issuer names the port, so the port must be known before the provider is made.
let handle = (request, response) => response.writeHead(503).end();
const server = http.createServer((request, response) => handle(request, response));
const port = await listen(server, Number(process.env.PORT ?? 0));
const issuer = `http://127.0.0.1:${port}`;

const provider = new Provider(issuer, {
  adapter: createAdapter(knobs),
  // Clients live in the adapter instead, so that secrets and redirect addresses can change while it runs.
  clients: [],
  cookies: { keys: ['only-for-tests'] },
  scopes: ['openid', 'offline_access', 'profile', 'email', 'api:read', 'api:write'],
  claims: { openid: ['sub'], profile: ['name'], email: ['email'] },
  findAccount: (ctx, id) =>
    knobs.accountsGone.includes(id)
      ? undefined
      : { accountId: id, claims: async () => ({ sub: id, name: `Name of ${id}`, email: `${id}@example.test` }) },
  clockTolerance: 0,
  pkce: { required: () => true },
  rotateRefreshToken: () => knobs.rotate,
  issueRefreshToken: async (ctx, client) => client.grantTypeAllowed('refresh_token'),
  expiresWithSession: async () => false,
  ttl: {
    AccessToken: () => knobs.AccessToken,
    RefreshToken: () => knobs.RefreshToken,
    ClientCredentials: () => knobs.ClientCredentials,
    AuthorizationCode: () => knobs.AuthorizationCode,
    DeviceCode: () => knobs.DeviceCode,
    IdToken: 3600,
    Interaction: 3600,
    Session: 86400,
    Grant: 86400,
  },
  features: {
    devInteractions: { enabled: true },
    deviceFlow: { enabled: true },
    pushedAuthorizationRequests: { enabled: true },
    dPoP: { enabled: true, nonceSecret: randomBytes(32), requireNonce: () => knobs.dpopNonce },
    clientCredentials: { enabled: true },
    introspection: { enabled: true },
    revocation: { enabled: true },
    resourceIndicators: {
      enabled: true,
      defaultResource: () => undefined,
      getResourceServerInfo: (ctx, resource) => ({
        scope: 'api:read api:write',
        audience: resource,
        accessTokenFormat: 'opaque',
        accessTokenTTL: knobs.AccessToken,
      }),
    },
  },
});

const passwords = new Map();
const issuers = new Map();
registerGrants(provider, { issuer, passwords, issuers });
const fronts = createFronts(issuer);

const code = ['authorization_code', 'refresh_token'];
for (const client of [
  { client_id: 'basic', client_secret: 'basic-secret', token_endpoint_auth_method: 'client_secret_basic', grant_types: code },
  { client_id: 'post', client_secret: 'post-secret', token_endpoint_auth_method: 'client_secret_post', grant_types: code },
  { client_id: 'public', token_endpoint_auth_method: 'none', grant_types: code, application_type: 'native' },
  { client_id: 'cc', client_secret: 'cc-secret', grant_types: ['client_credentials'], redirect_uris: [], response_types: [] },
]) {
  await provider.Client.adapter.upsert(client.client_id, { redirect_uris: ['http://127.0.0.1:9/callback'], ...client });
}

const counters = createCounters();
const rotations = createRotations();
const bare = bareResource(provider);
provider.use(counters.middleware);
provider.use(createFaults(knobs));
provider.use(rotations.middleware);
provider.use(alterPages(knobs));
provider.use(alterAuthorizationResponse(knobs));
provider.use(resourceServer(provider, issuer));
const providerCallback = provider.callback();
handle = async (request, response) => {
  try {
    if ((await bare.handle(request, response)) || (await fronts.handle(request, response))) {
      return;
    }

    await counters.readTokenRequest(request);
    providerCallback(request, response);
  } catch {
    // The caller went away in the middle of its request.
    response.destroy();
  }
};

const control = createControl({ provider, knobs, counters, rotations, bare, fronts, passwords, issuers, server, listen: () => listen(server, port) });
const controlPort = await listen(control, Number(process.env.CONTROL_PORT ?? 0));
process.on('SIGTERM', () => process.exit(0));
console.log(`READY ${issuer} http://127.0.0.1:${controlPort}`);
