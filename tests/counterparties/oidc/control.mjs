// The control port: GET /counters, and POST /<order> with a JSON body.
import http from 'node:http';

export function createControl({ provider, knobs, counters, rotations, bare, fronts, passwords, issuers, server, listen }) {
  const clients = provider.Client.adapter;
  const grantOf = async (token) => {
    const found = (await provider.RefreshToken.find(token)) ?? (await provider.AccessToken.find(token));
    if (!found) {
      throw new Error('no such token');
    }

    return found.grantId;
  };

  const save = async (client) => {
    const members = Object.fromEntries(Object.entries(client).filter(([, value]) => value !== null));
    await clients.upsert(client.client_id, members);
    if (!(await provider.Client.find(client.client_id))) {
      throw new Error('client not accepted');
    }
  };

  const orders = {
    knobs: (body) => Object.assign(knobs, body),
    counters: () => counters.read(),
    resetCounters: () => counters.reset(),
    rotations: () => ({ ...rotations.read(), calls: bare.read() }),
    resetRotations: () => rotations.reset(),

    // The first registers a client or puts another in its place; the second changes members of one. Null leaves a member out.
    addClient: (body) => save(body),
    changeClient: async (body) => save({ ...(await clients.find(body.client_id)), ...body }),
    dropClient: (body) => clients.destroy(body.client_id),

    // For the grants without a person: an account with a password, a key that signs assertions, a token endpoint that differs.
    setPassword: (body) => {
      passwords.set(body.username, body.password);
    },
    trustIssuer: (body) => {
      issuers.set(body.issuer, body.jwk);
    },
    setFront: (body) => fronts.set(body),
    lastAtFront: (body) => fronts.last(body),

    // What the "disconnect this app" page of a provider does.
    revokeGrant: async (body) => {
      const grantId = await grantOf(body.token);
      for (const model of ['AccessToken', 'RefreshToken', 'AuthorizationCode']) {
        await provider[model].revokeByGrantId(grantId);
      }

      await provider.Grant.adapter.destroy(grantId);
    },

    // An administrator narrows what was consented to.
    rejectScope: async (body) => {
      const grant = await provider.Grant.find(await grantOf(body.token));
      grant.rejectOIDCScope(body.scope);
      await grant.save();
    },

    // Connections are refused while it is down; tokens and grants are kept.
    down: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
    up: async () => {
      await listen();
    },
  };

  return http.createServer(async (request, response) => {
    try {
      const chunks = [];
      for await (const chunk of request) {
        chunks.push(chunk);
      }

      const order = orders[request.url.slice(1)];
      if (!order) {
        throw new Error(`no such order: ${request.url}`);
      }

      const text = Buffer.concat(chunks).toString();
      const answer = (await order(text ? JSON.parse(text) : {})) ?? {};
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify(answer));
    } catch (error) {
      response.statusCode = 500;
      response.end(String(error?.error_description ?? error));
    }
  });
}
