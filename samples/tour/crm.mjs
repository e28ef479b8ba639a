/** The sandbox CRM, used directly and not through Recipes: the witness of who did what. */
export class Crm {
  #cookie;

  constructor(address) {
    this.address = address;
  }

  /** Signs in with the CRM's own password: the session has nothing to do with Recipes. */
  async signIn(account, password) {
    const response = await fetch(new URL('/login', this.address), {
      method: 'POST', headers: { accept: 'application/json' }, body: new URLSearchParams({ account, password }),
    });
    if (!response.ok) throw new Error(`The CRM let ${account} not in: ${response.status}`);
    this.#cookie = response.headers.getSetCookie().map((line) => line.split(';')[0]).join('; ');
    return this;
  }

  get = (path) => this.#send('GET', path);
  post = (path, body) => this.#send('POST', path, body);

  async #send(method, path, body) {
    const response = await fetch(new URL(path, this.address), {
      method,
      headers: { cookie: this.#cookie, accept: 'application/json', ...(body && { 'content-type': 'application/json' }) },
      body: body && JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`The CRM answered ${method} ${path} with ${response.status}`);
    return response.status === 204 ? undefined : response.json();
  }
}
