import { hashPassword, PasswordChecker } from './passwords.mjs';

const TRIES = 5;
const WINDOW_MS = 60_000;

/** The people with an account. `account` is the name they sign in with. */
export class Users {
  #state;
  #checker = new PasswordChecker();
  #failures = new Map();

  constructor(state) {
    this.#state = state;
  }

  find(account) {
    return this.#state.data.users.find((user) => user.id === account);
  }

  nameOf(account) {
    return this.find(account)?.name ?? account;
  }

  all() {
    return this.#state.data.users;
  }

  /** @returns the user, or undefined when account or password is wrong. */
  async verify(account, password) {
    const user = this.find(account);
    return (await this.#checker.matches(password, user?.password)) ? user : undefined;
  }

  /**
   * Signing in on a page: as verify, but after five wrong tries for an account within a minute nothing is tried any more.
   * @returns {{user} | {wrong: true} | {tooMany: true, retryAfterSeconds: number}}
   */
  async signIn(account, password) {
    const now = Date.now();
    const failures = (this.#failures.get(account) ?? []).filter((at) => now - at < WINDOW_MS);
    if (failures.length >= TRIES) {
      return { tooMany: true, retryAfterSeconds: Math.max(1, Math.ceil((failures[0] + WINDOW_MS - now) / 1000)) };
    }

    // Counted before the slow check, so that tries at the same time cannot slip past the limit.
    if (this.#failures.size > 1000) this.#failures.clear();
    this.#failures.set(account, [...failures, now]);
    const user = await this.verify(account, password);
    if (!user) return { wrong: true };
    this.#failures.delete(account);
    return { user };
  }

  /** @returns faults by field; empty when the password was changed. Sessions, API keys and connected apps stay as they are. */
  async changePassword(user, current, next) {
    const faults = {};
    if (typeof current !== 'string' || !(await this.verify(user.id, current))) faults.current = 'That is not your current password.';
    if (typeof next !== 'string' || next.length < 6 || next.length > 200) faults.new = 'Use 6 to 200 characters.';
    if (Object.keys(faults).length) return faults;

    user.password = await hashPassword(next);
    this.#failures.delete(user.id);
    this.#state.changed();
    return faults;
  }
}
