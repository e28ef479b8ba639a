// Two resources that answer as RFC 6750 section 3 says: /api/read needs the scope api:read, /api/write needs api:write.
export function resourceServer(provider, issuer) {
  const realm = `Bearer realm="${issuer}"`;
  const refuse = (ctx, status, challenge, body) => {
    ctx.status = status;
    ctx.set('www-authenticate', challenge);
    ctx.body = body;
  };

  return async (ctx, next) => {
    const scope = { '/api/read': 'api:read', '/api/write': 'api:write' }[ctx.path];
    if (!scope) {
      await next();
      return;
    }

    if (!ctx.get('authorization')) {
      refuse(ctx, 401, realm, {});
      return;
    }

    const value = /^Bearer (.+)$/i.exec(ctx.get('authorization'))?.[1] ?? '';
    const token = (await provider.AccessToken.find(value)) ?? (await provider.ClientCredentials.find(value));
    if (!token || token.isExpired) {
      refuse(ctx, 401, `${realm}, error="invalid_token"`, { error: 'invalid_token' });
      return;
    }

    if (!token.scopes.has(scope)) {
      refuse(ctx, 403, `${realm}, error="insufficient_scope", scope="${scope}"`, { error: 'insufficient_scope' });
      return;
    }

    ctx.body = { ok: true, sub: token.accountId, client: token.clientId };
  };
}

// A resource that costs hardly anything, for thousands of calls a second: GET /api/bare needs any token that was issued here. It counts what it answers.
// As with clocks that differ, one that has expired is taken for another ten seconds: on a busy machine that is how long a call may take to get here.
const toleranceSeconds = 10;

export function bareResource(provider) {
  const answered = {};
  return {
    read: () => answered,

    // Whether the request was for it.
    async handle(request, response) {
      if (request.url !== '/api/bare') {
        return false;
      }

      const token = await provider.AccessToken.find(/^Bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1] ?? '', { ignoreExpiration: true });
      const status = token && token.exp + toleranceSeconds > Date.now() / 1000 ? 200 : 401;
      answered[status] = (answered[status] ?? 0) + 1;
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end('{}');
      return true;
    },
  };
}
