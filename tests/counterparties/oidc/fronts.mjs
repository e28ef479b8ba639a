// Token endpoints that differ from the textbook, at /odd/<name>: each takes what its order says, forwards it to the real token endpoint and answers
// as the order says. An order: { method, accepts, names, needs, forbids, adds, type, headers, reply, form, errorStatus, errorReply }.
// accepts: form, json or query. names: real name -> name here. needs: headers that must be there. forbids: parameters that must not. adds: what is
// forwarded besides. reply: JSON in which "$name" is a member of the real reply; "$expires_in*1000" and "$expires_in/60" compute, "$at" is the moment of
// expiry in seconds, "$at*1000" in milliseconds, "$date" as text. form: the reply travels as a form. errorStatus, errorReply: the same for refusals.
const read = async (request) => {
  const chunks = [];
  for await (const chunk of request) {
    chunks.push(chunk);
  }

  return Buffer.concat(chunks).toString();
};

const fill = (shape, reply) => {
  if (Array.isArray(shape)) {
    return shape.map((item) => fill(item, reply));
  }

  if (shape && typeof shape === 'object') {
    return Object.fromEntries(Object.entries(shape).map(([key, value]) => [key, fill(value, reply)]).filter(([, value]) => value !== undefined));
  }

  if (typeof shape !== 'string' || !shape.startsWith('$')) {
    return shape;
  }

  const at = Math.floor(Date.now() / 1000) + (reply.expires_in ?? 0);
  const [, name, operator, number] = /^\$(\w+)(?:([*/])(\d+))?$/.exec(shape);
  const value = name === 'at' ? at : name === 'date' ? new Date(at * 1000).toISOString() : reply[name];
  return operator === '*' ? value * Number(number) : operator === '/' ? value / Number(number) : value;
};

export function createFronts(issuer) {
  const orders = {};
  const last = {};

  const wrong = (order, request, body) => {
    const type = (request.headers['content-type'] ?? '').split(';')[0];
    const expected = { form: 'application/x-www-form-urlencoded', json: 'application/json' }[order.accepts ?? 'form'] ?? '';
    if (request.method !== (order.method ?? 'POST')) {
      return `${request.method} is not ${order.method ?? 'POST'}`;
    }

    if (type !== expected) {
      return `the content type is ${type}`;
    }

    if (order.accepts === 'query' && body) {
      return 'there is a body';
    }

    return Object.entries(order.needs ?? {}).filter(([name, value]) => request.headers[name.toLowerCase()] !== value).map(([name]) => `header ${name} is missing`)[0];
  };

  const forward = async (order, request, parameters) => {
    const real = new URLSearchParams();
    const names = Object.fromEntries(Object.entries(order.names ?? {}).map(([name, odd]) => [odd, name]));
    for (const [name, value] of parameters) {
      real.append(names[name] ?? name, value);
    }

    for (const [name, value] of Object.entries(order.adds ?? {})) {
      real.set(name, value);
    }

    const headers = request.headers.authorization ? { authorization: request.headers.authorization } : {};
    return fetch(`${issuer}/token`, { method: 'POST', headers, body: real });
  };

  const answer = (order, response, status, shape, reply) => {
    const body = shape === undefined ? reply : fill(shape, reply);
    const text = typeof body === 'string' ? body : order.form ? new URLSearchParams(body).toString() : JSON.stringify(body);
    response.writeHead(status, { 'content-type': order.type ?? 'application/json', ...order.headers });
    response.end(text);
  };

  return {
    set: ({ name, order }) => {
      orders[name] = order;
    },
    last: ({ name }) => last[name] ?? {},

    // Whether the request was for a front.
    async handle(request, response) {
      const address = new URL(request.url, issuer);
      const name = /^\/odd\/(\w+)$/.exec(address.pathname)?.[1];
      if (!name || !orders[name]) {
        return false;
      }

      const order = orders[name];
      const body = await read(request);
      const isQuery = order.accepts === 'query';
      const parameters = [...new URLSearchParams(isQuery ? address.search : order.accepts === 'json' ? Object.entries(JSON.parse(body || '{}')) : body)];
      last[name] = { method: request.method, query: address.search, contentType: request.headers['content-type'] ?? null, headers: request.headers, parameters: Object.fromEntries(parameters) };
      const fault = wrong(order, request, body) ?? (order.forbids ?? []).filter((forbidden) => parameters.some(([given]) => given === forbidden)).map((given) => `${given} is there`)[0];
      if (fault) {
        response.writeHead(400, { 'content-type': 'text/plain' });
        response.end(`This endpoint differs: ${fault}`);
        return true;
      }

      const real = await forward(order, request, parameters);
      const reply = await real.json();
      if (real.ok) {
        answer(order, response, 200, order.reply, reply);
      } else {
        answer(order, response, order.errorStatus ?? real.status, order.errorReply, reply);
      }

      return true;
    },
  };
}
