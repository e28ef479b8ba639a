import { errors } from 'oidc-provider';

/** How long a used-up refresh token is remembered, so that using it again is noticed, in milliseconds. */
const REUSE_MEMORY_MS = 7 * 24 * 3600 * 1000;
const TOKENS = ['AccessToken', 'RefreshToken', 'AuthorizationCode'];

/**
 * Grants, tokens, interactions and sign-in sessions of the authorization server, kept in the state file. OAuth apps are read
 * from `data.apps`, so they can be made and deleted while the server runs.
 */
export class AuthorizationStore {
  #state;
  #models;
  #byGrant = new Map();

  constructor(state) {
    this.#state = state;
    const now = Date.now();
    this.#models = new Map(state.data.models.filter(([, entry]) => !(entry.expiresAt <= now)));
    // The Map itself is the live data; the file holds it as a list of pairs.
    state.data.models = this.#models;
    this.#models.toJSON = function toJSON() { return [...this]; };
    for (const [key, { payload }] of this.#models) this.#index(key, payload);
  }

  /** The adapter for one of oidc-provider's models. */
  adapter(model) {
    const keyOf = (id) => `${model}:${id}`;
    if (model === 'Client') return this.#clients();
    return {
      find: async (id) => this.#find(keyOf(id)),
      findByUid: async (uid) => this.#findBy(model, 'uid', uid),
      findByUserCode: async (userCode) => this.#findBy(model, 'userCode', userCode),
      upsert: async (id, payload, expiresIn) => {
        this.#put(keyOf(id), payload, expiresIn === undefined ? undefined : Date.now() + expiresIn * 1000);
      },
      consume: async (id) => this.#consume(keyOf(id)),
      destroy: async (id) => this.#delete(keyOf(id)),
      revokeByGrantId: async (grantId) => this.#deleteTokens(grantId, [model]),
    };
  }

  /** What users granted to apps. @returns {{id, account, appId, scopes: string[], grantedAt: Date}[]} Newest first. */
  grants() {
    const found = [];
    for (const [key, { payload, expiresAt }] of this.#models) {
      if (!key.startsWith('Grant:') || expiresAt <= Date.now()) continue;
      found.push({
        id: key.slice('Grant:'.length),
        account: payload.accountId,
        appId: payload.clientId,
        scopes: (payload.openid?.scope ?? '').split(' ').filter(Boolean),
        grantedAt: new Date(payload.iat * 1000),
      });
    }
    return found.reverse();
  }

  /** Ends a grant with all its tokens. */
  revokeGrant(id) {
    this.#deleteTokens(id, TOKENS);
    this.#delete(`Grant:${id}`);
  }

  revokeAllOf(appId) {
    for (const grant of this.grants()) if (grant.appId === appId) this.revokeGrant(grant.id);
  }

  hasGrant(id) {
    return this.#find(`Grant:${id}`) !== undefined;
  }

  dropExpired() {
    const now = Date.now();
    for (const [key, entry] of this.#models) if (entry.expiresAt <= now) this.#delete(key);
  }

  #find(key) {
    const entry = this.#models.get(key);
    if (!entry || entry.expiresAt <= Date.now()) return undefined;
    return structuredClone(entry.payload);
  }

  #findBy(model, property, value) {
    for (const [key, { payload }] of this.#models) {
      if (key.startsWith(`${model}:`) && payload[property] === value) return this.#find(key);
    }
    return undefined;
  }

  #put(key, payload, expiresAt) {
    this.#models.set(key, { payload, expiresAt });
    this.#index(key, payload);
    this.#state.changed();
  }

  #consume(key) {
    const entry = this.#models.get(key);
    // Two requests with one token at the same moment both find it unused; the second is a reuse like any other.
    if (!entry || entry.payload.consumed) {
      if (entry?.payload.grantId) this.revokeGrant(entry.payload.grantId);
      throw new errors.InvalidGrant('token already used');
    }
    entry.payload.consumed = Math.floor(Date.now() / 1000);
    entry.expiresAt = Math.min(entry.expiresAt ?? Infinity, Date.now() + REUSE_MEMORY_MS);
    this.#state.changed();
  }

  #delete(key) {
    const entry = this.#models.get(key);
    if (!entry) return;
    this.#models.delete(key);
    const siblings = this.#byGrant.get(entry.payload.grantId);
    siblings?.delete(key);
    if (siblings?.size === 0) this.#byGrant.delete(entry.payload.grantId);
    this.#state.changed();
  }

  #deleteTokens(grantId, models) {
    for (const key of [...this.#byGrant.get(grantId) ?? []]) {
      if (models.includes(key.slice(0, key.indexOf(':')))) this.#delete(key);
    }
  }

  #index(key, payload) {
    if (!payload.grantId) return;
    const siblings = this.#byGrant.get(payload.grantId) ?? new Set();
    this.#byGrant.set(payload.grantId, siblings.add(key));
  }

  #clients() {
    const fixed = async () => { throw new Error('OAuth apps are registered on the developer page only.'); };
    return {
      find: async (id) => {
        const app = this.#state.data.apps.find((each) => each.id === id);
        return app && {
          client_id: app.id,
          client_name: app.name,
          client_secret: app.secret,
          redirect_uris: app.redirectUris,
          grant_types: ['authorization_code', 'refresh_token'],
          response_types: ['code'],
          token_endpoint_auth_method: 'client_secret_basic',
        };
      },
      upsert: fixed,
      destroy: fixed,
    };
  }
}
