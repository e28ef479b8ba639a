// Grants without a person that oidc-provider leaves to others: password (RFC 6749 section 4.3), JWT bearer (RFC 7523) and token exchange (RFC 8693).
import { errors } from 'oidc-provider';
import { importJWK, jwtVerify } from 'jose';

const jwtBearer = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const tokenExchange = 'urn:ietf:params:oauth:grant-type:token-exchange';
const known = new Set(['openid', 'offline_access', 'profile', 'email', 'api:read', 'api:write']);

export function registerGrants(provider, { issuer, passwords, issuers }) {
  const seen = new Set();

  // A token for an account, and a refresh token where the client may use one.
  const give = async (ctx, accountId, scope, more = {}) => {
    const wanted = (scope ?? '').split(' ').filter(Boolean);
    if (wanted.some((name) => !known.has(name))) {
      throw new errors.InvalidScope('requested scope is not known', scope);
    }

    const { client } = ctx.oidc;
    const grant = new provider.Grant({ accountId, clientId: client.clientId });
    grant.addOIDCScope(wanted.join(' '));
    const members = { accountId, client, grantId: await grant.save(), gty: ctx.oidc.params.grant_type, scope: wanted.join(' ') };
    const access = new provider.AccessToken(members);
    ctx.body = { access_token: await access.save(), expires_in: access.expiration, token_type: access.tokenType, scope: members.scope, ...more };
    if (client.grantTypeAllowed('refresh_token')) {
      ctx.body.refresh_token = await new provider.RefreshToken(members).save();
    }
  };

  provider.registerGrantType('password', async (ctx) => {
    const { username, password, scope } = ctx.oidc.params;
    if (!username || !passwords.has(username) || passwords.get(username) !== password) {
      throw new errors.InvalidGrant('wrong user name or password');
    }

    await give(ctx, username, scope);
  }, ['username', 'password', 'scope']);

  provider.registerGrantType(jwtBearer, async (ctx) => {
    try {
      const { payload } = await jwtVerify(ctx.oidc.params.assertion, async (header) => {
        const { iss } = JSON.parse(Buffer.from(ctx.oidc.params.assertion.split('.')[1], 'base64url'));
        return importJWK(issuers.get(iss), header.alg);
      }, { audience: `${issuer}/token`, requiredClaims: ['iss', 'sub', 'exp', 'jti'] });
      if (seen.has(payload.jti)) {
        throw new Error('replayed');
      }

      seen.add(payload.jti);
      await give(ctx, payload.sub, payload.scope ?? ctx.oidc.params.scope);
    } catch (error) {
      throw error instanceof errors.OIDCProviderError ? error : new errors.InvalidGrant(`assertion refused: ${error.message}`);
    }
  }, ['assertion', 'scope']);

  provider.registerGrantType(tokenExchange, async (ctx) => {
    const { subject_token: subject, subject_token_type: type, requested_token_type: requested, audience, scope } = ctx.oidc.params;
    if (type !== 'urn:ietf:params:oauth:token-type:access_token') {
      throw new errors.InvalidRequest('subject_token_type is not supported');
    }

    const token = await provider.AccessToken.find(subject ?? '');
    if (!token || token.isExpired) {
      throw new errors.InvalidGrant('subject_token is not valid');
    }

    if (audience && audience !== 'reports') {
      throw new errors.InvalidTarget('audience is not known');
    }

    await give(ctx, token.accountId, scope, { issued_token_type: requested ?? type });
  }, ['subject_token', 'subject_token_type', 'requested_token_type', 'audience', 'scope']);
}
