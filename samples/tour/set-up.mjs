import { Crm } from './crm.mjs';
import { PageReader } from './page-reader.mjs';
import { RecipesApi } from './recipes-api.mjs';

export const passwordOf = (account) => `${account}-pw`;

/** Users, connection definitions and connections for the sample recipes; what is there already stays. */
export class Workshop {
  constructor({ host, crm, operatorToken, client, alerts }) {
    this.host = host;
    this.crm = crm;
    this.client = client;
    this.alerts = alerts;
    this.operator = new RecipesApi(host, operatorToken);
    this.users = {};
  }

  /** A user of Recipes with a new token of its own, in place of those from earlier tours. */
  async user(id, displayName, privileges) {
    const known = await this.operator.get('/api/users');
    if (!known.some((user) => user.id === id)) await this.operator.post('/api/users', { id, displayName, privileges });
    const tokens = `/api/users/${id}/tokens`;
    for (const old of await this.operator.get(tokens)) {
      if (old.label === 'tour') await this.operator.delete(`${tokens}/${old.id}`);
    }
    const { token } = await this.operator.post(tokens, { label: 'tour' });
    this.users[id] = new RecipesApi(this.host, token);
    return this.users[id];
  }

  async definition(definition) {
    const known = await this.operator.get('/api/connection-definitions');
    if (!known.some((d) => d.key === definition.key)) {
      await this.operator.post('/api/connection-definitions', { connector: 'sandbox-crm', presets: { address: this.crm }, ...definition });
    }
  }

  async everything() {
    const oauth = { scheme: 'oauth2', clientId: this.client.id, clientSecret: this.client.secret };
    await this.definition({ key: 'crm', displayName: 'Sandbox CRM', ...oauth, runtimeUser: 'required' });
    await this.definition({ key: 'crm-optional', displayName: 'Sandbox CRM, shared', ...oauth, runtimeUser: 'optional' });
    await this.definition({ key: 'crm-basic', displayName: 'Sandbox CRM, reports', scheme: 'basic' });
    await this.definition({ key: 'crm-key', displayName: 'Sandbox CRM, status', scheme: 'api-key' });
    await this.user('manager', 'Mia Manager', ['createConnections', 'manageConnections', 'viewAllRuns']);
    await this.user('rep-one', 'Rita One', ['createConnections']);
    await this.user('rep-two', 'Ravi Two', ['createConnections']);
  }

  /** Whether the owner has a working connection under that key. */
  async isConnected(user, key, owner) {
    const connections = await this.users[user].get(`/api/connections?definition=${key}`);
    return connections.some((c) => c.state === 'connected' && (owner === 'organisation' ? c.owner.kind === 'organisation' : c.owner.id === user));
  }

  /**
   * Connects the way a person does: signs in to Recipes, opens the connect page, signs in to the CRM and allows it.
   * @returns The page "authorization complete".
   */
  async consent(user, key, { owner = 'me', account = user } = {}) {
    const reader = new PageReader();
    await reader.open(new URL('/sign-in', this.host));
    await reader.submit({ token: this.users[user].token });
    await reader.open(new URL(`/connect/${key}${owner === 'organisation' ? '?owner=organisation' : ''}`, this.host));
    const forms = reader.forms().filter((form) => !/sign-out/.test(form.action ?? ''));
    if (forms.length === 0) throw new Error(`The connect page of ${key} offers no form (${reader.page.status})`);
    reader.page.html = reader.page.html.replace(/<form\b[^>]*sign-out[\s\S]*?<\/form>/gi, '');
    await reader.submit({});
    if (reader.forms().some((f) => f.fields.has('password'))) await reader.submit({ account, password: passwordOf(account) });
    await reader.submit({}, 'decision=allow');
    if (!/\/connected$/.test(reader.page.url.pathname)) {
      throw new Error(`The consent of ${account} ended on ${reader.page.url.pathname} with ${reader.page.status}`);
    }
    return reader.page;
  }

  /** Ends the access of Recipes to an account, as a person does it: on the settings page of the CRM. */
  async endAccess(account) {
    const reader = new PageReader();
    await reader.open(new URL('/login', this.crm));
    await reader.submit({ account, password: passwordOf(account) });
    await reader.open(new URL('/settings', this.crm));
    await reader.submit({}, undefined, '/settings/apps/revoke');
  }

  /** The organisation's connections that need no consent: basic auth and an API key, both of the CRM's manager. */
  async connectWithSecrets() {
    const { manager } = this.users;
    if (!(await this.isConnected('manager', 'crm-basic', 'organisation'))) {
      await manager.post('/api/connections', { definition: 'crm-basic', owner: 'organisation', displayName: 'Reports account', fields: { username: 'manager', password: passwordOf('manager') } });
    }
    if (!(await this.isConnected('manager', 'crm-key', 'organisation'))) {
      const crm = await new Crm(this.crm).signIn('manager', passwordOf('manager'));
      const { key } = await crm.post('/api/me/api-keys', { label: 'recipes' });
      await manager.post('/api/connections', { definition: 'crm-key', owner: 'organisation', displayName: 'Status key', fields: { apiKey: key } });
    }
  }
}
