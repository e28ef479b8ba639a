import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

const COOKIE = 'crm_session';
const FORM_COOKIE = 'crm_form';
const LIFE_MS = 14 * 24 * 3600 * 1000;

/** Who is signed in to the CRM's own pages. The file holds a hash of the cookie, never the cookie. */
export class Sessions {
  #state;
  #users;

  constructor(state, users) {
    this.#state = state;
    this.#users = users;
  }

  /** @returns {{user, id} | undefined} The session of this request's cookie. */
  current(request) {
    const cookie = readCookies(request)[COOKIE];
    if (!cookie) return undefined;
    const id = hash(cookie);
    const session = this.#state.data.sessions.find((each) => each.id === id);
    const user = session && session.expiresAt > Date.now() ? this.#users.find(session.account) : undefined;
    return user && { user, id };
  }

  /** Signs a user in: an old session of this browser ends, a new one begins. */
  begin(request, response, user) {
    this.#drop(request);
    const cookie = randomBytes(32).toString('base64url');
    this.#state.data.sessions.push({ id: hash(cookie), account: user.id, expiresAt: Date.now() + LIFE_MS });
    this.#state.changed();
    response.appendHeader('Set-Cookie', `${COOKIE}=${cookie}; Path=/; HttpOnly; SameSite=Lax; Max-Age=${LIFE_MS / 1000}`);
  }

  end(request, response) {
    this.#drop(request);
    response.appendHeader('Set-Cookie', `${COOKIE}=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0`);
  }

  /** The token that every form of this browser must carry; it is tied to the session, or before sign-in to a cookie of its own. */
  formToken(request, response) {
    const cookies = readCookies(request);
    let anchor = this.current(request) ? cookies[COOKIE] : cookies[FORM_COOKIE];
    if (!anchor) {
      anchor = randomBytes(16).toString('base64url');
      response.appendHeader('Set-Cookie', `${FORM_COOKIE}=${anchor}; Path=/; HttpOnly; SameSite=Lax`);
    }
    return this.#sign(anchor);
  }

  isFormTokenValid(request, token) {
    const cookies = readCookies(request);
    const anchor = this.current(request) ? cookies[COOKIE] : cookies[FORM_COOKIE];
    return Boolean(anchor) && typeof token === 'string' && sameText(token, this.#sign(anchor));
  }

  dropExpired() {
    const { data } = this.#state;
    const live = data.sessions.filter((session) => session.expiresAt > Date.now());
    if (live.length === data.sessions.length) return;
    data.sessions = live;
    this.#state.changed();
  }

  #drop(request) {
    const cookie = readCookies(request)[COOKIE];
    if (!cookie) return;
    const id = hash(cookie);
    this.#state.data.sessions = this.#state.data.sessions.filter((session) => session.id !== id);
    this.#state.changed();
  }

  #sign(anchor) {
    return createHmac('sha256', this.#state.data.keys.cookies[0]).update(`form:${anchor}`).digest('base64url');
  }
}

export function readCookies(request) {
  const cookies = Object.create(null);
  for (const pair of (request.headers.cookie ?? '').split(';')) {
    const at = pair.indexOf('=');
    if (at > 0) cookies[pair.slice(0, at).trim()] ??= pair.slice(at + 1).trim();
  }
  return cookies;
}

function hash(cookie) {
  return createHash('sha256').update(cookie).digest('base64url');
}

function sameText(one, other) {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}
