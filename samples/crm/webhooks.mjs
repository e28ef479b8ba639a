import { createHmac, randomBytes } from 'node:crypto';

const TIMEOUT_MS = 5000;
const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 30_000;
const GIVE_UP_MS = 24 * 3600_000;
const AT_ONCE = 16;
/** How long a delivery waits at most so that others overtake it, in milliseconds. */
const SHUFFLE_MS = 300;

export const EVENTS = ['opportunity.created', 'opportunity.updated'];

/**
 * Who is told what happens, and what is still to be told. Each event is delivered at least once, signed as Standard Webhooks has
 * it: again with longer and longer pauses until somebody answers 2xx; 410 ends the webhook.
 */
export class Webhooks {
  #state;
  #control;
  #timers = new Map();
  #ready = [];
  #active = 0;
  #stopped = false;

  constructor(state, control) {
    this.#state = state;
    this.#control = control;
    state.data.webhooks ??= [];
    state.data.deliveries ??= [];
    for (const delivery of state.data.deliveries) this.#schedule(delivery, 0);
  }

  /** @param secret With whsec_ in front, or undefined for one made here. */
  register(user, address, events, secret) {
    const webhook = {
      id: `hook-${randomBytes(6).toString('hex')}`,
      account: user.id,
      address,
      events,
      secret: secret ?? `whsec_${randomBytes(32).toString('base64')}`,
      createdAt: new Date().toISOString(),
    };
    this.#state.data.webhooks.push(webhook);
    this.#state.changed();
    return webhook;
  }

  listFor(user) {
    const { webhooks, deliveries } = this.#state.data;
    return webhooks.filter((each) => each.account === user.id).map(({ secret, ...rest }) =>
      ({ ...rest, pending: deliveries.filter((delivery) => delivery.webhook === rest.id).length }));
  }

  /** @returns {boolean} false when the user has no such webhook. */
  remove(user, id) {
    if (!this.#state.data.webhooks.some((each) => each.id === id && each.account === user.id)) return false;
    this.#drop(id);
    return true;
  }

  /** Tells all who want to know. */
  happened(type, data) {
    const id = `msg_${randomBytes(12).toString('base64url')}`;
    const text = JSON.stringify({ type, timestamp: new Date().toISOString(), data });
    const shuffled = this.#control.is('shuffleDeliveries');
    for (const webhook of this.#state.data.webhooks.filter((each) => each.events.includes(type))) {
      const copies = this.#control.is('duplicateDeliveries') ? 2 : 1;
      const delivery = { id, webhook: webhook.id, text, tries: 0, copies, since: Date.now() };
      this.#state.data.deliveries.push(delivery);
      this.#schedule(delivery, shuffled ? Math.random() * SHUFFLE_MS : 0);
    }
    this.#state.changed();
  }

  stop() {
    this.#stopped = true;
    for (const timer of this.#timers.values()) clearTimeout(timer);
  }

  #schedule(delivery, pause) {
    this.#timers.set(delivery, setTimeout(() => {
      this.#timers.delete(delivery);
      this.#ready.push(delivery);
      this.#pump();
    }, pause).unref());
  }

  #pump() {
    while (!this.#stopped && this.#active < AT_ONCE && this.#ready.length) {
      const delivery = this.#ready.shift();
      this.#active++;
      this.#deliver(delivery).finally(() => {
        this.#active--;
        this.#pump();
      });
    }
  }

  async #deliver(delivery) {
    const webhook = this.#state.data.webhooks.find((each) => each.id === delivery.webhook);
    if (!webhook) return this.#over(delivery);
    if (this.#control.is('outage')) return this.#again(delivery);
    const status = await send(webhook, delivery);
    delivery.tries++;
    if (status === 410) return this.#drop(webhook.id);
    if (status >= 200 && status < 300 && --delivery.copies <= 0) return this.#over(delivery);
    if (Date.now() - delivery.since > GIVE_UP_MS) return this.#over(delivery);
    return this.#again(delivery);
  }

  #over(delivery) {
    const { data } = this.#state;
    data.deliveries = data.deliveries.filter((each) => each !== delivery);
    this.#state.changed();
  }

  #again(delivery) {
    this.#state.changed();
    if (!this.#stopped) this.#schedule(delivery, Math.min(FIRST_PAUSE_MS * 2 ** Math.max(0, delivery.tries - 1), LONGEST_PAUSE_MS));
  }

  #drop(id) {
    const { data } = this.#state;
    data.webhooks = data.webhooks.filter((each) => each.id !== id);
    data.deliveries = data.deliveries.filter((each) => each.webhook !== id);
    this.#state.changed();
  }
}

/** What is wrong with an address to call, or undefined. This CRM calls programs of this machine only. */
export function addressFault(address) {
  if (typeof address !== 'string' || !URL.canParse(address) || address.length > 500) return 'Give an absolute address of at most 500 characters.';
  const { protocol, hostname } = new URL(address);
  return /^https?:$/.test(protocol) && /^(127\.0\.0\.1|localhost|\[::1\])$/.test(hostname) ? undefined : 'This CRM calls programs of this machine only, at 127.0.0.1.';
}

/** What is wrong with the events asked for, or undefined. */
export function eventsFault(events) {
  return Array.isArray(events) && events.length && events.every((each) => EVENTS.includes(each)) ? undefined : `Give a list of ${EVENTS.join(' and ')}.`;
}

/** What is wrong with a secret, or undefined. Standard Webhooks has 24 to 64 bytes. */
export function secretFault(secret) {
  if (secret === undefined || secret === null) return undefined;
  const bytes = typeof secret === 'string' && /^whsec_[A-Za-z0-9+/]+=*$/.test(secret) ? Buffer.from(secret.slice(6), 'base64').length : 0;
  return bytes >= 24 && bytes <= 64 ? undefined : 'A secret is whsec_ and 24 to 64 bytes in base64.';
}

/** @returns the status answered, or 0 when there was none. */
async function send(webhook, { id, text }) {
  const timestamp = Math.floor(Date.now() / 1000);
  const signature = createHmac('sha256', Buffer.from(webhook.secret.slice(6), 'base64')).update(`${id}.${timestamp}.${text}`).digest('base64');
  try {
    const response = await fetch(webhook.address, {
      method: 'POST',
      redirect: 'manual',
      signal: AbortSignal.timeout(TIMEOUT_MS),
      headers: { 'Content-Type': 'application/json', 'webhook-id': id, 'webhook-timestamp': `${timestamp}`, 'webhook-signature': `v1,${signature}` },
      body: text,
    });
    await response.body?.cancel();
    return response.status;
  } catch {
    return 0;
  }
}
