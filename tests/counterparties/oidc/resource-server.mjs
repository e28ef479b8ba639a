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
