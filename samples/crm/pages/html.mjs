const ESCAPES = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

class Html {
  #text;

  constructor(text) {
    this.#text = text;
  }

  toString() {
    return this.#text;
  }
}

/** A template whose values are escaped; lists are joined, nothing is printed for undefined, null and false. */
export function html(parts, ...values) {
  return new Html(parts.reduce((text, part, index) => text + render(values[index - 1]) + part));
}

/** A moment, in UTC, as people read it. */
export function moment(date) {
  const iso = new Date(date).toISOString();
  const words = new Date(date).toLocaleString('en-GB', {
    timeZone: 'UTC', day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit',
  });
  return html`<time datetime="${iso}">${words} UTC</time>`;
}

export function money(amount) {
  return amount.toLocaleString('en-US', { style: 'currency', currency: 'USD', minimumFractionDigits: 0, maximumFractionDigits: 2 });
}

function render(value) {
  if (value instanceof Html) return value.toString();
  if (Array.isArray(value)) return value.map(render).join('');
  if (value === undefined || value === null || value === false) return '';
  return String(value).replace(/[&<>"']/g, (each) => ESCAPES[each]);
}
