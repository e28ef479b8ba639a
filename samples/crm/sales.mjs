import { createHash } from 'node:crypto';

/** Companies, opportunities, notifications and forecasts. */
export class Sales {
  #state;
  #webhooks;

  constructor(state, webhooks) {
    this.#state = state;
    this.#webhooks = webhooks;
    for (const each of state.data.opportunities) {
      each.updatedAt ??= each.createdAt;
      each.revision ??= 1;
    }
  }

  /** Companies whose name is or contains the text, whatever the case; exact matches first. */
  companies(name) {
    const wanted = name?.trim().toLowerCase();
    const { companies } = this.#state.data;
    if (!wanted) return companies;
    return companies
      .filter((company) => company.name.toLowerCase().includes(wanted))
      .sort((a, b) => (b.name.toLowerCase() === wanted) - (a.name.toLowerCase() === wanted));
  }

  company(id) {
    return this.#state.data.companies.find((company) => company.id === id);
  }

  /** Newest first. */
  opportunities({ account, createdBy } = {}) {
    return this.#state.data.opportunities
      .filter((each) => (!account || each.accountId === account || each.accountName.toLowerCase() === account.toLowerCase())
        && (!createdBy || each.createdBy === createdBy))
      .reverse();
  }

  /**
   * What was created or changed at that time or later, oldest change first (in no order when shuffled), page by page.
   * A page goes on after the last one's mark, so nothing is left out when something changes meanwhile.
   * @returns {{items: object[], next: string | null}}
   */
  changes({ since, after, limit, shuffled }) {
    const markOf = (each) => (shuffled ? createHash('sha256').update(each.id).digest('hex') : `${each.updatedAt} ${each.id}`);
    const found = this.#state.data.opportunities
      .filter((each) => each.updatedAt >= since)
      .map((each) => ({ mark: markOf(each), each }))
      .filter(({ mark }) => !after || mark > after)
      .sort((a, b) => (a.mark < b.mark ? -1 : 1));
    return { items: found.slice(0, limit).map(({ each }) => each), next: found.length > limit ? found[limit - 1].mark : null };
  }

  opportunity(id) {
    return this.#state.data.opportunities.find((each) => each.id === id);
  }

  /** @param author {{account: string, app: string | null}} From the credential, never from the body. */
  createOpportunity(company, name, amount, author) {
    const now = new Date().toISOString();
    const opportunity = {
      id: `opp-${++this.#state.data.counters.opportunity}`,
      accountId: company.id,
      accountName: company.name,
      name,
      amount,
      createdBy: author.account,
      createdAt: now,
      updatedAt: now,
      revision: 1,
      app: author.app,
    };
    this.#state.data.opportunities.push(opportunity);
    this.#state.changed();
    this.#tell('opportunity.created', opportunity);
    return opportunity;
  }

  changeOpportunity(opportunity, changes) {
    Object.assign(opportunity, changes, { updatedAt: new Date().toISOString(), revision: opportunity.revision + 1 });
    this.#state.changed();
    this.#tell('opportunity.updated', opportunity);
  }

  /** What this user may see, newest first: managers all, others their own. */
  notificationsFor(user) {
    return this.#state.data.notifications.filter((each) => user.role === 'manager' || each.recipient === user.id).reverse();
  }

  createNotification(recipient, subject, opportunityId, author) {
    const notification = {
      id: `ntf-${++this.#state.data.counters.notification}`,
      recipient,
      subject,
      opportunityId: opportunityId ?? null,
      createdBy: author.account,
      createdAt: new Date().toISOString(),
      app: author.app,
    };
    this.#state.data.notifications.push(notification);
    this.#state.changed();
    return notification;
  }

  forecasts() {
    return this.#state.data.forecasts;
  }

  #tell(type, { app, ...opportunity }) {
    this.#webhooks.happened(type, opportunity);
  }
}
