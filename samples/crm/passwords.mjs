import { createHmac, randomBytes, scrypt, scryptSync, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

const scryptAsync = promisify(scrypt);
const HASH_BYTES = 32;

/** A scrypt hash with Node's default cost (N 16384, r 8, p 1), as "salt.hash" in base64url. */
export async function hashPassword(password) {
  const salt = randomBytes(16);
  return `${salt.toString('base64url')}.${(await scryptAsync(password, salt, HASH_BYTES)).toString('base64url')}`;
}

export function hashPasswordSync(password) {
  const salt = randomBytes(16);
  return `${salt.toString('base64url')}.${scryptSync(password, salt, HASH_BYTES).toString('base64url')}`;
}

/** Checks passwords, and remembers good answers so that basic auth does not pay for scrypt with every request. */
export class PasswordChecker {
  #key = randomBytes(32);
  #known = new Map();
  #decoy = hashPasswordSync('');

  /** With no stored hash (an unknown account) it takes as long and says no. */
  async matches(password, stored) {
    const fingerprint = createHmac('sha256', this.#key).update(password).digest('base64url');
    if (stored && this.#known.get(stored) === fingerprint) return true;

    const [salt, hash] = (stored ?? this.#decoy).split('.').map((part) => Buffer.from(part, 'base64url'));
    const same = timingSafeEqual(await scryptAsync(password, salt, HASH_BYTES), hash);
    if (!same || !stored) return false;
    if (this.#known.size > 100) this.#known.clear();
    this.#known.set(stored, fingerprint);
    return true;
  }
}
