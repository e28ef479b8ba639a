import { createHash, randomBytes } from 'node:crypto';

/** API keys. Only a SHA-256 hash is kept: a key has 192 random bits, so nothing slower is needed. */
export class ApiKeys {
  #state;
  #users;

  constructor(state, users) {
    this.#state = state;
    this.#users = users;
  }

  /** @returns {{id, label, key, createdAt}} The one time the key itself is seen. */
  create(user, label) {
    const key = `crm_${randomBytes(24).toString('base64url')}`;
    const entry = {
      id: `key-${randomBytes(6).toString('hex')}`,
      account: user.id,
      label,
      start: key.slice(0, 8),
      hash: hash(key),
      createdAt: new Date().toISOString(),
    };
    this.#state.data.apiKeys.push(entry);
    this.#state.changed();
    return { id: entry.id, label, key, createdAt: entry.createdAt };
  }

  listFor(user) {
    return this.#state.data.apiKeys.filter((entry) => entry.account === user.id)
      .map(({ id, label, start, createdAt }) => ({ id, label, start, createdAt }));
  }

  /** @returns {boolean} false when the user has no such key. */
  revoke(user, id) {
    const { data } = this.#state;
    const left = data.apiKeys.filter((entry) => entry.id !== id || entry.account !== user.id);
    if (left.length === data.apiKeys.length) return false;
    data.apiKeys = left;
    this.#state.changed();
    return true;
  }

  /** @returns {{user, label} | undefined} */
  verify(key) {
    const hashed = hash(key);
    const entry = this.#state.data.apiKeys.find((each) => each.hash === hashed);
    const user = entry && this.#users.find(entry.account);
    return user && { user, label: entry.label };
  }
}

/** What is wrong with a label somebody typed, or undefined. */
export function labelFault(label) {
  return typeof label === 'string' && label.trim().length >= 1 && label.trim().length <= 80
    ? undefined
    : 'Give the key a label of 1 to 80 characters.';
}

function hash(key) {
  return createHash('sha256').update(key).digest('base64url');
}
