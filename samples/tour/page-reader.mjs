/** Just enough of a browser to go through sign-in and consent pages: cookies, redirects and forms. No scripts. */
export class PageReader {
  #cookies = new Map();

  /** The page the reader is on: `{ url, status, html }`. */
  page;

  async open(address) {
    return this.#go(new URL(address), { method: 'GET' });
  }

  /**
   * Fills the form that has all the named fields (or the only one with that button) and sends it.
   * @param fields Values by field name.
   * @param button `name=value` of the button to press; the first one where it is left out.
   * @param action Where the form goes, where fields and button do not tell it from others.
   */
  async submit(fields, button, action) {
    const form = this.forms().find((f) => (!action || f.action === action) && Object.keys(fields).every((name) => f.fields.has(name)) && (!button || f.buttons.includes(button)));
    if (!form) throw new Error(`There is no form for ${[...Object.keys(fields), button, action].filter(Boolean).join(', ')} on ${this.page.url.origin}${this.page.url.pathname} (${this.page.status})`);
    const body = new URLSearchParams(form.given);
    for (const [name, value] of Object.entries(fields)) body.set(name, value);
    if (button) body.set(...button.split('='));
    const address = new URL(form.action || this.page.url, this.page.url);
    return this.#go(address, { method: 'POST', body });
  }

  /** The forms of the page that post. */
  forms() {
    return [...this.page.html.matchAll(/<form\b([^>]*)>([\s\S]*?)<\/form>/gi)]
      .filter(([, head]) => attribute(head, 'method')?.toLowerCase() === 'post')
      .map(([, head, inside]) => {
        const inputs = [...inside.matchAll(/<(?:input|textarea|select)\b([^>]*)>/gi)].map(([, a]) => a);
        return {
          action: attribute(head, 'action'),
          fields: new Set(inputs.map((a) => attribute(a, 'name'))),
          given: inputs.filter((a) => attribute(a, 'type') === 'hidden' || (attribute(a, 'type') === 'checkbox' && /\schecked\b/i.test(a))).map((a) => [attribute(a, 'name'), attribute(a, 'value') ?? '']),
          buttons: [...inside.matchAll(/<button\b([^>]*)>/gi)].map(([, a]) => `${attribute(a, 'name')}=${attribute(a, 'value')}`),
        };
      });
  }

  async #go(address, request) {
    for (let hop = 0; hop < 20; hop++) {
      const cookie = this.#cookiesFor(address);
      const headers = { accept: 'text/html', ...(cookie && { cookie }), ...(request.method === 'POST' && { origin: address.origin }) };
      const response = await fetch(address, { ...request, headers, redirect: 'manual' });
      this.#keep(address, response.headers.getSetCookie());
      if (response.status < 300 || response.status >= 400) {
        this.page = { url: address, status: response.status, html: await response.text() };
        return this.page;
      }
      address = new URL(response.headers.get('location'), address);
      request = { method: 'GET' };
    }
    throw new Error(`${address.origin} redirects without end`);
  }

  #cookiesFor(address) {
    return [...this.#cookies.values()].filter((c) => c.host === address.host && address.pathname.startsWith(c.path)).map((c) => `${c.name}=${c.value}`).join('; ');
  }

  #keep(address, lines) {
    for (const line of lines) {
      const [pair, ...attributes] = line.split(';').map((part) => part.trim());
      const [name, value] = [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)];
      const path = attributes.find((a) => /^path=/i.test(a))?.slice(5) ?? '/';
      const gone = value === '' || attributes.some((a) => /^expires=Thu, 01 Jan 1970/i.test(a) || /^max-age=0/i.test(a));
      const key = `${address.host} ${path} ${name}`;
      if (gone) this.#cookies.delete(key);
      else this.#cookies.set(key, { host: address.host, path, name, value });
    }
  }
}

function attribute(text, name) {
  const found = new RegExp(`\\b${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)'|([^\\s>]+))`, 'i').exec(text);
  const value = found?.[1] ?? found?.[2] ?? found?.[3];
  return value?.replace(/&(amp|lt|gt|quot|#39|#x27|#x2B|#43);/gi, (whole, entity) => ({ amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'", '#x27': "'", '#x2b': '+', '#43': '+' })[entity.toLowerCase()] ?? whole);
}
