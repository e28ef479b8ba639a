/** The REST surface of Recipes, as one user sees it. */
export class RecipesApi {
  constructor(address, token) {
    this.address = address;
    this.token = token;
  }

  get = (path) => this.#send('GET', path);
  post = (path, body) => this.#send('POST', path, body);
  delete = (path) => this.#send('DELETE', path);

  /** The answer's body; throws with the problem's own words where there is an error, except for the statuses named. */
  async #send(method, path, body) {
    const response = await fetch(new URL(path, this.address), {
      method,
      headers: { authorization: `Bearer ${this.token}`, accept: 'application/json', ...(body !== undefined && { 'content-type': 'application/json' }) },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await response.text();
    const answer = text ? JSON.parse(text) : undefined;
    if (response.ok || answer?.runId) return answer;
    const errors = (answer?.errors ?? []).map((e) => `${e.path}: ${e.message}`).join('; ');
    throw Object.assign(new Error(`${method} ${path} answered ${response.status}: ${answer?.detail ?? answer?.title ?? ''} ${errors}`.trim()), { status: response.status, answer });
  }
}
