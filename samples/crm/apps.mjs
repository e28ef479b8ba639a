import { randomBytes } from 'node:crypto';
import { redirectUriFault } from './settings.mjs';

/** OAuth apps: the programs that may ask users for access. */
export class Apps {
  #state;
  #grants;

  constructor(state, grants) {
    this.#state = state;
    this.#grants = grants;
  }

  all() {
    return this.#state.data.apps;
  }

  find(id) {
    return this.#state.data.apps.find((app) => app.id === id);
  }

  /** Creates the app, or brings the one of that id up to date; grants stay. */
  put({ id, name, secret, redirectUris }) {
    const known = this.find(id);
    if (known) Object.assign(known, { name, secret, redirectUris });
    else this.#state.data.apps.push({ id, name, secret, redirectUris, createdAt: new Date().toISOString() });
    this.#state.changed();
  }

  /** @returns {{faults} | {app}} The secret is shown this once. */
  register(name, redirectText) {
    const redirectUris = [...new Set(redirectText.split(/[\s,]+/).filter(Boolean))];
    const faults = {};
    if (!name.trim() || name.trim().length > 80) faults.name = 'Give the app a name of 1 to 80 characters.';
    const wrong = redirectUris.map(redirectUriFault).find(Boolean);
    if (!redirectUris.length) faults.redirectUris = 'Give at least one redirect address.';
    else if (wrong) faults.redirectUris = `${wrong}.`;
    if (Object.keys(faults).length) return { faults };

    const app = {
      id: `app-${randomBytes(8).toString('hex')}`,
      name: name.trim(),
      secret: randomBytes(32).toString('base64url'),
      redirectUris,
    };
    this.put(app);
    return { app };
  }

  /** Deletes an app and everything that users granted it. */
  delete(id) {
    const { data } = this.#state;
    data.apps = data.apps.filter((app) => app.id !== id);
    this.#grants.revokeAllOf(id);
    this.#state.changed();
  }
}
