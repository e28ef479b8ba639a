import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const SERVER = fileURLToPath(new URL('../server.mjs', import.meta.url));
const CALLBACK = 'http://127.0.0.1:9/callback';
export const APP = { id: 'recipes', secret: 'a+secret/1%', callback: CALLBACK };

/** A CRM in a process of its own, with a state file of its own. */
export class RunningCrm {
  static async start(environment = {}) {
    const crm = new RunningCrm();
    crm.folder = await mkdtemp(path.join(tmpdir(), 'crm-test-'));
    crm.environment = environment;
    await crm.launch('0');
    return crm;
  }

  get stateFile() {
    return path.join(this.folder, 'state', 'crm.json');
  }

  async launch(port) {
    this.process = spawn(process.execPath, [SERVER], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: {
        PATH: process.env.PATH,
        CRM_PORT: port,
        CRM_STATE: this.stateFile,
        CRM_CLIENT_ID: APP.id,
        CRM_CLIENT_SECRET: APP.secret,
        CRM_REDIRECT_URIS: CALLBACK,
        ...this.environment,
      },
    });
    this.exited = new Promise((resolve) => { this.process.once('exit', (code, signal) => resolve({ code, signal })); });
    const [line] = await Promise.race([
      new Promise((resolve) => { createInterface(this.process.stdout).once('line', (text) => resolve([text])); }),
      this.exited.then(() => { throw new Error('The CRM ended before it was ready.'); }),
    ]);
    this.base = /^READY (http:\/\/127\.0\.0\.1:\d+)$/.exec(line)[1];
  }

  /** Ends the process with the signal and starts it again at the same address. */
  async restart(signal) {
    this.process.kill(signal);
    const exit = await this.exited;
    await this.launch(new URL(this.base).port);
    return exit;
  }

  async stop() {
    this.process.kill('SIGKILL');
    await this.exited;
    await rm(this.folder, { recursive: true, force: true });
  }

  api(method, route, headers, body) {
    return answerOf(fetch(this.base + route, {
      method,
      headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
      body: body === undefined ? undefined : JSON.stringify(body),
    }));
  }

  /** POST to an endpoint for apps, with the app's id and secret by basic auth. */
  asApp(route, form) {
    return answerOf(fetch(this.base + route, {
      method: 'POST',
      headers: { authorization: basic(APP.id, encodeURIComponent(APP.secret)) },
      body: new URLSearchParams(form),
    }));
  }

  refresh(refreshToken) {
    return this.asApp('/token', { grant_type: 'refresh_token', refresh_token: refreshToken });
  }

  /** The whole way of an app: authorization request, pages, code, tokens. */
  async connect(account, scope, browser = new Browser()) {
    const request = authorizationRequest(this.base, scope);
    const returned = await browser.authorize(request.url, account);
    const code = returned.searchParams.get('code');
    const answer = await this.asApp('/token', {
      grant_type: 'authorization_code', code, redirect_uri: CALLBACK, code_verifier: request.verifier,
    });
    return { ...answer.body, returned, state: request.state, code };
  }
}

/** Keeps cookies and follows forms, as a browser does. */
export class Browser {
  cookies = new Map();

  async request(url, form) {
    const response = await fetch(url, {
      method: form ? 'POST' : 'GET',
      body: form,
      redirect: 'manual',
      headers: { cookie: this.#cookiesFor(new URL(url)), ...(form ? { origin: new URL(url).origin } : {}) },
    });
    this.#keep(response, new URL(url));
    const location = response.headers.get('location');
    return { status: response.status, text: await response.text(), url, headers: response.headers, next: location && new URL(location, url).href };
  }

  /** Follows redirects until a page, or until an address that is not the CRM's. */
  async open(url, form) {
    let page = await this.request(url, form);
    while (page.next && new URL(page.next).origin === new URL(url).origin) page = await this.request(page.next);
    return page;
  }

  /** Submits the page's form to `action` (the last form, if not given) with these values. */
  submit(page, values, action = '') {
    const forms = [...page.text.matchAll(/<form method="post" action="([^"]*)"[^>]*>([\s\S]*?)<\/form>/g)];
    const [, target, inside] = forms.findLast((each) => each[1].startsWith(action));
    const form = new URLSearchParams();
    for (const [tag] of inside.matchAll(/<input[^>]*type="hidden"[^>]*>/g)) form.set(/name="([^"]*)"/.exec(tag)[1], /value="([^"]*)"/.exec(tag)[1]);
    for (const [name, value] of Object.entries(values)) form.set(name, value);
    return this.open(new URL(target, page.url).href, form);
  }

  /** Signs in where asked, and allows. @returns {Promise<URL>} The app's own address, with code and state. */
  async authorize(url, account, decision = 'allow') {
    let page = await this.open(url);
    if (page.text.includes('name="password"')) page = await this.submit(page, { account, password: `${account}-pw` });
    page = await this.submit(page, { decision });
    return new URL(page.next);
  }

  async signIn(base, account, password = `${account}-pw`) {
    return this.submit(await this.open(`${base}/login`), { account, password });
  }

  header() {
    return { cookie: this.#cookiesFor(new URL('http://127.0.0.1/api/')) };
  }

  #cookiesFor(url) {
    return [...this.cookies.values()].filter((each) => url.pathname.startsWith(each.path)).map((each) => `${each.name}=${each.value}`).join('; ');
  }

  #keep(response) {
    for (const line of response.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line);
      const cookiePath = /;\s*path=([^;]*)/i.exec(line)?.[1] ?? '/';
      if (value === '') this.cookies.delete(name + cookiePath);
      else this.cookies.set(name + cookiePath, { name, value, path: cookiePath });
    }
  }
}

export function authorizationRequest(base, scope) {
  const verifier = randomBytes(32).toString('base64url');
  const state = randomBytes(8).toString('hex');
  const query = new URLSearchParams({
    client_id: APP.id, response_type: 'code', redirect_uri: CALLBACK, scope, state, code_challenge_method: 'S256',
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
  });
  return { url: `${base}/authorize?${query}`, verifier, state };
}

export function basic(account, password) {
  return `Basic ${Buffer.from(`${account}:${password}`).toString('base64')}`;
}

export function bearer(token) {
  return { authorization: `Bearer ${token}` };
}

async function answerOf(pending) {
  const response = await pending;
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text && JSON.parse(text) };
}
