import { labelFault } from './api-keys.mjs';
import { HttpError, readForm, readLimit, redirect, sendJson, sendPage } from './http.mjs';
import { activityPage } from './pages/activity.mjs';
import { dashboardPage } from './pages/dashboard.mjs';
import { developerPage } from './pages/developer.mjs';
import { settingsPage } from './pages/settings.mjs';
import { signInPage } from './pages/sign-in.mjs';
import { signOutPage } from './pages/sign-out.mjs';

/** The CRM's own pages, for people who are signed in. */
export class Site {
  #users;
  #sessions;
  #apiKeys;
  #apps;
  #sales;
  #activity;
  #store;
  #interactions;
  #routes;

  constructor({ users, sessions, apiKeys, apps, sales, activity, store, interactions }) {
    this.#users = users;
    this.#sessions = sessions;
    this.#apiKeys = apiKeys;
    this.#apps = apps;
    this.#sales = sales;
    this.#activity = activity;
    this.#store = store;
    this.#interactions = interactions;
    this.#routes = {
      '/': { GET: (visit) => this.#dashboard(visit) },
      '/activity': { GET: (visit) => this.#activityList(visit) },
      '/logout': { GET: (visit) => show(visit, 200, signOutPage), POST: (visit) => this.#signOut(visit) },
      '/settings': { GET: (visit) => this.#settings(visit, 200) },
      '/settings/password': { POST: (visit) => this.#changePassword(visit) },
      '/settings/api-keys': { POST: (visit) => this.#createApiKey(visit) },
      '/settings/api-keys/revoke': { POST: (visit) => this.#revokeApiKey(visit) },
      '/settings/apps/revoke': { POST: (visit) => this.#revokeGrant(visit) },
      '/developer': { GET: (visit) => this.#developer(visit, 200), POST: (visit) => this.#registerApp(visit) },
      '/developer/delete': { POST: (visit) => this.#deleteApp(visit) },
    };
  }

  async handle(request, response, url) {
    const method = request.method === 'HEAD' ? 'GET' : request.method;
    if (url.pathname === '/login') return this.#signIn(request, response, url, method);
    const route = this.#routes[url.pathname];
    if (!route) throw new HttpError(404, { message: `There is no page at ${url.pathname}.` });
    if (!route[method]) {
      response.setHeader('Allow', Object.keys(route).join(', '));
      throw new HttpError(405, { message: 'This page cannot be used that way.' });
    }

    const session = this.#sessions.current(request);
    if (!session) {
      const next = method === 'GET' ? url.pathname + url.search : '/';
      return redirect(response, next === '/' ? '/login' : `/login?next=${encodeURIComponent(next)}`);
    }
    const visit = {
      request, response, url, user: session.user, path: url.pathname, formToken: this.#sessions.formToken(request, response),
    };
    if (method === 'POST') {
      visit.form = await readForm(request);
      if (!this.#sessions.isFormTokenValid(request, visit.form.get('form_token'))) {
        throw new HttpError(403, { message: 'This form was out of date, so nothing was done. Go back, reload the page and try again.' });
      }
    }
    return route[method](visit);
  }

  async #signIn(request, response, url, method) {
    const forProgram = (request.headers.accept ?? '').includes('application/json');
    const form = method === 'POST' ? await readForm(request) : undefined;
    const next = localPath(form?.get('next') ?? url.searchParams.get('next'));
    const account = form?.get('account') ?? '';
    const refuse = (status, error, message) => (forProgram
      ? sendJson(response, status, { error, message })
      : sendPage(response, status, signInPage({
        action: '/login', next, account, error: message, formToken: this.#sessions.formToken(request, response),
      })));

    if (!form) return this.#sessions.current(request) ? redirect(response, next) : refuse(200);
    if (!forProgram && !this.#sessions.isFormTokenValid(request, form.get('form_token'))) {
      return refuse(403, 'forbidden', 'This form was out of date. Please try again.');
    }
    const outcome = await this.#users.signIn(account, form.get('password') ?? '');
    if (outcome.tooMany) {
      response.setHeader('Retry-After', String(outcome.retryAfterSeconds));
      return refuse(429, 'too_many_attempts', 'Too many wrong passwords for this account. Try again in a minute.');
    }
    if (outcome.wrong) return refuse(401, 'invalid_credentials', 'Account or password is wrong.');

    const { user } = outcome;
    await this.#interactions.endSignIn(request);
    this.#sessions.begin(request, response, user);
    return forProgram ? sendJson(response, 200, { account: user.id, name: user.name, role: user.role }) : redirect(response, next);
  }

  async #signOut({ request, response }) {
    await this.#interactions.endSignIn(request);
    this.#sessions.end(request, response);
    redirect(response, '/login');
  }

  #dashboard(visit) {
    show(visit, 200, dashboardPage, {
      opportunities: this.#sales.opportunities().slice(0, 50),
      notifications: this.#sales.notificationsFor(visit.user).slice(0, 20),
      nameOf: (account) => this.#users.nameOf(account),
    });
  }

  #activityList(visit) {
    show(visit, 200, activityPage, {
      entries: this.#activity.visibleTo(visit.user, readLimit(visit.url.searchParams, 100, 500)),
      nameOf: (account) => this.#users.nameOf(account),
    });
  }

  #settings(visit, status, more = {}) {
    const grants = this.#store.grants().filter((grant) => grant.account === visit.user.id)
      .map((grant) => ({ ...grant, appName: this.#apps.find(grant.appId)?.name ?? grant.appId }));
    show(visit, status, settingsPage, { grants, apiKeys: this.#apiKeys.listFor(visit.user), done: visit.url.searchParams.get('done'), ...more });
  }

  async #changePassword(visit) {
    const { form, user, response } = visit;
    const faults = await this.#users.changePassword(user, form.get('current'), form.get('new'));
    if (Object.keys(faults).length) return this.#settings(visit, 422, { faults });
    return redirect(response, '/settings?done=password');
  }

  #createApiKey(visit) {
    const label = visit.form.get('label') ?? '';
    const fault = labelFault(label);
    if (fault) return this.#settings(visit, 422, { faults: { label: fault } });
    const created = this.#apiKeys.create(visit.user, label.trim());
    return this.#settings(visit, 201, { created });
  }

  #revokeApiKey({ form, user, response }) {
    this.#apiKeys.revoke(user, form.get('id'));
    redirect(response, '/settings?done=key');
  }

  #revokeGrant({ form, user, response }) {
    const own = this.#store.grants().find((grant) => grant.id === form.get('id') && grant.account === user.id);
    if (own) this.#store.revokeGrant(own.id);
    redirect(response, '/settings?done=app');
  }

  #developer(visit, status, more = {}) {
    requireManager(visit);
    show(visit, status, developerPage, { apps: this.#apps.all(), done: visit.url.searchParams.get('done'), ...more });
  }

  #registerApp(visit) {
    requireManager(visit);
    const [name, redirectUris] = [visit.form.get('name') ?? '', visit.form.get('redirect_uris') ?? ''];
    const { app, faults } = this.#apps.register(name, redirectUris);
    return faults
      ? this.#developer(visit, 422, { faults, entered: { name, redirectUris } })
      : this.#developer(visit, 201, { created: app });
  }

  #deleteApp(visit) {
    requireManager(visit);
    this.#apps.delete(visit.form.get('id'));
    redirect(visit.response, '/developer?done=deleted');
  }
}

function show({ response, user, path, formToken }, status, page, more = {}) {
  sendPage(response, status, page({ user, path, formToken, ...more }));
}

function requireManager({ user }) {
  if (user.role !== 'manager') throw new HttpError(403, { message: 'Only managers may register apps. Sign in as a manager.' });
}

/** Where to go after signing in: a path of this CRM, never another site. */
function localPath(next) {
  return /^\/(?![/\\])[\x21-\x7e]*$/.test(next ?? '') ? next : '/';
}
