/** Companies, opportunities, notifications and forecasts. */
export class Sales {
  #state;

  constructor(state) {
    this.#state = state;
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

  opportunity(id) {
    return this.#state.data.opportunities.find((each) => each.id === id);
  }

  /** @param author {{account: string, app: string | null}} From the credential, never from the body. */
  createOpportunity(company, name, amount, author) {
    const opportunity = {
      id: `opp-${++this.#state.data.counters.opportunity}`,
      accountId: company.id,
      accountName: company.name,
      name,
      amount,
      createdBy: author.account,
      createdAt: new Date().toISOString(),
      app: author.app,
    };
    this.#state.data.opportunities.push(opportunity);
    this.#state.changed();
    return opportunity;
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
}
