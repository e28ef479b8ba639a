import { HttpError } from './http.mjs';

const REALM = 'realm="Sandbox CRM"';

/**
 * Who calls the API, from the credential alone: a bearer token, basic auth, an API key, or (when none of these is sent) the
 * cookie of somebody signed in to the CRM.
 */
export class ApiCredentials {
  #provider;
  #store;
  #apps;
  #users;
  #apiKeys;
  #sessions;

  constructor({ provider, store, apps, users, apiKeys, sessions }) {
    this.#provider = provider;
    this.#store = store;
    this.#apps = apps;
    this.#users = users;
    this.#apiKeys = apiKeys;
    this.#sessions = sessions;
  }

  /**
   * @returns {Promise<{user, via: 'oauth2'|'basic'|'api-key'|'session', app: string | null, scopes?: Set<string>}>}
   * @throws {HttpError} 400 for several credentials at once, 401 for none or a bad one.
   */
  async identify(request) {
    const { authorization, 'x-api-key': apiKey } = request.headers;
    const authorizations = request.headersDistinct.authorization?.length ?? 0;
    if (authorizations + (request.headersDistinct['x-api-key']?.length ?? 0) > 1) {
      throw new HttpError(400, {
        error: 'invalid_request',
        message: 'Send one credential only: a bearer token, basic auth or an API key.',
      }, { 'WWW-Authenticate': `Bearer ${REALM}, error="invalid_request"` });
    }

    if (apiKey !== undefined) return this.#byApiKey(apiKey);
    const [, scheme, value] = /^(\S+)\s+(.*)$/.exec(authorization ?? '') ?? [];
    if (scheme?.toLowerCase() === 'bearer') return this.#byToken(value);
    if (scheme?.toLowerCase() === 'basic') return this.#byPassword(value);
    const session = authorization === undefined ? this.#sessions.current(request) : undefined;
    if (session) return { user: session.user, via: 'session', app: null };
    throw new HttpError(401, {
      error: 'unauthorized',
      message: 'Send a credential: Authorization: Bearer, Authorization: Basic, or X-Api-Key.',
    }, { 'WWW-Authenticate': [`Bearer ${REALM}`, `Basic ${REALM}, charset="UTF-8"`] });
  }

  /** @throws {HttpError} 403 when an access token lacks the scope; other credentials have none. */
  requireScope(caller, scope) {
    if (caller.via !== 'oauth2' || caller.scopes.has(scope)) return;
    throw new HttpError(403, { error: 'insufficient_scope', scope, message: `The access token lacks the scope ${scope}.` }, {
      'WWW-Authenticate': `Bearer ${REALM}, error="insufficient_scope", error_description="The access token lacks a scope", scope="${scope}"`,
    });
  }

  async #byToken(value) {
    const token = await this.#provider.AccessToken.find(value);
    const user = token && this.#users.find(token.accountId);
    const app = token && this.#apps.find(token.clientId);
    if (!user || !app || token.isExpired || !this.#store.hasGrant(token.grantId)) {
      const message = 'The access token is unknown, expired or revoked.';
      throw new HttpError(401, { error: 'invalid_token', message }, {
        'WWW-Authenticate': `Bearer ${REALM}, error="invalid_token", error_description="${message}"`,
      });
    }
    return { user, via: 'oauth2', app: app.name, scopes: token.scopes };
  }

  async #byPassword(value) {
    const pair = Buffer.from(value, 'base64').toString('utf8');
    const at = pair.indexOf(':');
    const user = at > 0 ? await this.#users.verify(pair.slice(0, at), pair.slice(at + 1)) : undefined;
    if (!user) {
      throw new HttpError(401, { error: 'invalid_credentials', message: 'Account or password is wrong.' }, {
        'WWW-Authenticate': `Basic ${REALM}, charset="UTF-8"`,
      });
    }
    return { user, via: 'basic', app: null };
  }

  #byApiKey(key) {
    const found = this.#apiKeys.verify(key);
    if (!found) throw new HttpError(401, { error: 'invalid_api_key', message: 'The API key is unknown or revoked.' });
    return { user: found.user, via: 'api-key', app: found.label };
  }
}
