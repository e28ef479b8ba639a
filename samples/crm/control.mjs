/** What a manager can switch on to see how a connected program copes. Kept over a restart. */
export const SWITCHES = {
  outage: 'Every call of the API is answered 503, and no webhook is called',
  duplicateDeliveries: 'Each webhook delivery comes twice',
  shuffleDeliveries: 'Webhook deliveries come in the wrong order',
  shufflePages: 'Lists for polling come in no order',
};

export class Control {
  #state;

  constructor(state) {
    this.#state = state;
    state.data.control ??= {};
  }

  is(name) {
    return this.#state.data.control[name] === true;
  }

  all() {
    return Object.fromEntries(Object.keys(SWITCHES).map((name) => [name, this.is(name)]));
  }

  /** @returns faults by name; empty when all was set. */
  set(values) {
    const faults = {};
    for (const [name, value] of Object.entries(values)) {
      if (!(name in SWITCHES)) faults[name] = `There is no such switch; there are ${Object.keys(SWITCHES).join(', ')}.`;
      else if (typeof value !== 'boolean') faults[name] = 'This must be true or false.';
    }
    if (Object.keys(faults).length) return faults;
    Object.assign(this.#state.data.control, values);
    this.#state.changed();
    return faults;
  }
}
