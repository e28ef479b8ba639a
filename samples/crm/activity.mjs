const KEPT = 5000;

/** The CRM's own record of who did what through its API. */
export class Activity {
  #state;

  constructor(state) {
    this.#state = state;
  }

  /** @param entry {{account, via, app, method, path, status, summary}} account and via are null when no credential was accepted. */
  record(entry) {
    const { activity } = this.#state.data;
    activity.push({ at: new Date().toISOString(), ...entry });
    if (activity.length > KEPT) activity.splice(0, activity.length - KEPT);
    this.#state.changed();
  }

  /** Newest first; managers see all, others what was done as them. */
  visibleTo(user, limit) {
    const { activity } = this.#state.data;
    const found = [];
    for (let i = activity.length - 1; i >= 0 && found.length < limit; i--) {
      if (user.role === 'manager' || activity[i].account === user.id) found.push(activity[i]);
    }
    return found;
  }
}
