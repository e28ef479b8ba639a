import { readFileSync } from 'node:fs';
import { Activity } from './activity.mjs';
import { Api } from './api.mjs';
import { ApiCredentials } from './api-credentials.mjs';
import { ApiKeys } from './api-keys.mjs';
import { Apps } from './apps.mjs';
import { AuthorizationStore } from './authorization-store.mjs';
import { createProvider, PROVIDER_PATHS } from './authorization.mjs';
import { Control } from './control.mjs';
import { HttpError, isForeign, redirect, sendJson, sendPage } from './http.mjs';
import { Interactions } from './interactions.mjs';
import { errorPage } from './pages/error.mjs';
import { Sales } from './sales.mjs';
import { Sessions } from './sessions.mjs';
import { Site } from './site.mjs';
import { Users } from './users.mjs';
import { Webhooks } from './webhooks.mjs';

const SWEEP_MS = 60_000;
const FILES = {
  '/style.css': { type: 'text/css; charset=utf-8', content: readFileSync(new URL('pages/style.css', import.meta.url)) },
  '/favicon.svg': { type: 'image/svg+xml', content: readFileSync(new URL('pages/favicon.svg', import.meta.url)) },
};

/** Wires the CRM together. @returns {{handle: (request, response) => Promise<void>, stop: () => void}} */
export function createCrm({ settings, state, address }) {
  const store = new AuthorizationStore(state);
  const users = new Users(state);
  const sessions = new Sessions(state, users);
  const apiKeys = new ApiKeys(state, users);
  const apps = new Apps(state, store);
  const control = new Control(state);
  const webhooks = new Webhooks(state, control);
  const sales = new Sales(state, webhooks);
  const activity = new Activity(state);
  const provider = createProvider({ issuer: address, store, users, keys: state.data.keys, accessTokenSeconds: settings.accessTokenSeconds });
  const credentials = new ApiCredentials({ provider, store, apps, users, apiKeys, sessions });
  const api = new Api({ credentials, users, apiKeys, sales, activity, webhooks, control });
  const interactions = new Interactions({ provider, users, sessions, store, apps });
  const site = new Site({ users, sessions, apiKeys, apps, sales, activity, store, interactions });
  const oauth = provider.callback();

  if (settings.app) apps.put(settings.app);
  const sweep = setInterval(() => {
    store.dropExpired();
    sessions.dropExpired();
  }, SWEEP_MS).unref();

  async function answer(request, response) {
    if (!isLoopback(request.headers.host)) {
      return sendJson(response, 421, { error: 'misdirected', message: `This CRM answers at ${address} only.` });
    }
    if (!request.url.startsWith('/')) throw new HttpError(400, { message: 'The address of this request is not valid.' });
    const url = new URL(address + request.url);
    if (url.pathname === '/health') return sendJson(response, 200, { status: 'ok' });
    if (FILES[url.pathname]) return sendFile(response, FILES[url.pathname]);
    if (url.pathname.startsWith('/api/')) return api.handle(request, response, url);
    if (PROVIDER_PATHS.test(url.pathname)) {
      // An answer by form_post goes to the app; its script is allowed by hash, by oidc-provider itself.
      setPolicy(response, false);
      return oauth(request, response);
    }

    if (request.method === 'GET' && request.headers.host.startsWith('localhost:')) return redirect(response, `${address}${url.pathname}${url.search}`);
    if (request.method === 'POST' && isForeign(request)) {
      throw new HttpError(403, { message: 'This form was sent by another site, so nothing was done.' });
    }
    const interaction = /^\/interaction\/[^/]+(\/switch)?$/.exec(url.pathname);
    if (interaction) {
      // Allowing or denying redirects on to the app, which a form-action rule would stop in Chromium.
      setPolicy(response, false);
      return interactions.handle(request, response, interaction[1] !== undefined);
    }
    return site.handle(request, response, url);
  }

  return {
    handle: async (request, response) => {
      setPolicy(response, true);
      try {
        await answer(request, response);
      } catch (error) {
        if (!(error instanceof HttpError)) console.error(error);
        if (response.headersSent) return response.destroy();
        const status = error instanceof HttpError ? error.status : 500;
        const message = error instanceof HttpError ? error.message : 'Something went wrong in the CRM. Its log says more.';
        sendPage(response, status, errorPage(status, status === 500 ? 'That is our fault' : 'That did not work', message));
      }
    },
    stop: () => {
      clearInterval(sweep);
      webhooks.stop();
    },
  };
}

function setPolicy(response, formsStayHere) {
  response.setHeader('Content-Security-Policy', [
    "default-src 'none'", "script-src 'none'", "style-src 'self'", "img-src 'self'", "base-uri 'none'", "frame-ancestors 'none'",
    ...(formsStayHere ? ["form-action 'self'"] : []),
  ].join('; '));
  response.setHeader('X-Content-Type-Options', 'nosniff');
  // A stricter policy would make browsers send Origin: null with our own forms.
  response.setHeader('Referrer-Policy', 'same-origin');
}

function sendFile(response, { type, content }) {
  response.writeHead(200, { 'Content-Type': type, 'Cache-Control': 'max-age=300' });
  response.end(content);
}

/** Names that another site could point here are refused, whatever the port (a test may put a proxy in front). */
function isLoopback(host) {
  return /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/.test(host ?? '');
}
