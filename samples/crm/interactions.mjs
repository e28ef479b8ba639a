import { COOKIE_NAMES } from './authorization.mjs';
import { readForm, redirect, sendPage } from './http.mjs';
import { readCookies } from './sessions.mjs';
import { consentPage } from './pages/consent.mjs';
import { errorPage } from './pages/error.mjs';
import { signInPage } from './pages/sign-in.mjs';

/**
 * The pages between an app's authorization request and its answer: sign in (skipped for whoever is signed in to the CRM
 * already), then consent.
 */
export class Interactions {
  #provider;
  #users;
  #sessions;
  #store;
  #apps;

  constructor({ provider, users, sessions, store, apps }) {
    this.#provider = provider;
    this.#users = users;
    this.#sessions = sessions;
    this.#store = store;
    this.#apps = apps;
  }

  /** Answers /interaction/{uid} and /interaction/{uid}/switch. */
  async handle(request, response, switching) {
    const details = await this.#details(request, response);
    if (!details) return;
    if (switching) await this.#switch(request, response, details);
    else if (details.prompt.name === 'login') await this.#signIn(request, response, details);
    else await this.#consent(request, response, details);
  }

  /** Ends the authorization server's own sign-in of this browser. */
  async endSignIn(request) {
    const id = readCookies(request)[COOKIE_NAMES.session];
    if (id) await this.#provider.Session.adapter.destroy(id);
  }

  async #details(request, response) {
    try {
      return await this.#provider.interactionDetails(request, response);
    } catch (error) {
      if (error.name !== 'SessionNotFound') throw error;
      sendPage(response, 400, errorPage(400, 'This sign-in has expired', 'Go back to the app that sent you here and start again.'));
      return undefined;
    }
  }

  async #signIn(request, response, details) {
    const app = this.#apps.find(details.params.client_id);
    const show = (status, fields = {}) => sendPage(response, status, signInPage({
      action: `/interaction/${details.uid}`, formToken: this.#sessions.formToken(request, response), app, ...fields,
    }));

    if (request.method !== 'POST') {
      const signedIn = this.#sessions.current(request);
      const onlyUnknown = details.prompt.reasons.every((reason) => reason === 'no_session');
      if (signedIn && onlyUnknown) return this.#finish(request, response, { login: { accountId: signedIn.user.id } });
      return show(200);
    }

    const form = await readForm(request);
    const account = form.get('account') ?? '';
    if (!this.#sessions.isFormTokenValid(request, form.get('form_token'))) {
      return show(403, { account, error: 'This form was out of date. Please try again.' });
    }
    if (form.get('decision') === 'deny') return this.#deny(request, response);

    const outcome = await this.#users.signIn(account, form.get('password') ?? '');
    if (outcome.tooMany) {
      response.setHeader('Retry-After', String(outcome.retryAfterSeconds));
      return show(429, { account, error: 'Too many wrong passwords for this account. Try again in a minute.' });
    }
    if (outcome.wrong) return show(401, { account, error: 'Account or password is wrong.' });

    this.#sessions.begin(request, response, outcome.user);
    if (details.session && details.session.accountId !== outcome.user.id) return this.#startAgain(request, response, details);
    return this.#finish(request, response, { login: { accountId: outcome.user.id } });
  }

  async #consent(request, response, details) {
    const { params, session, prompt, uid } = details;
    const user = this.#users.find(session.accountId);
    const app = this.#apps.find(params.client_id);
    if (!user || !app) return this.#switch(request, response, details);

    const show = (status, error) => sendPage(response, status, consentPage({
      action: `/interaction/${uid}`,
      formToken: this.#sessions.formToken(request, response),
      user,
      app,
      returnsTo: new URL(params.redirect_uri).origin,
      scopes: (params.scope ?? '').split(' ').filter(Boolean),
      error,
    }));
    if (request.method !== 'POST') return show(200);

    const form = await readForm(request);
    if (!this.#sessions.isFormTokenValid(request, form.get('form_token'))) return show(403, 'This form was out of date. Please try again.');
    if (form.get('decision') === 'deny') return this.#deny(request, response);
    if (form.get('decision') !== 'allow') return show(400, 'Choose Allow or Deny.');

    const grant = new this.#provider.Grant({ accountId: user.id, clientId: app.id });
    if (prompt.details.missingOIDCScope) grant.addOIDCScope(prompt.details.missingOIDCScope.join(' '));
    if (prompt.details.missingOIDCClaims) grant.addOIDCClaims(prompt.details.missingOIDCClaims);
    return this.#finish(request, response, { consent: { grantId: await grant.save() } }, true);
  }

  /** "Not you?": forgets who is signed in and asks again. */
  async #switch(request, response, details) {
    this.#sessions.end(request, response);
    await this.#startAgain(request, response, details);
  }

  async #startAgain(request, response, { uid, params }) {
    await this.endSignIn(request);
    await this.#store.adapter('Interaction').destroy(uid);
    const query = new URLSearchParams(Object.entries(params).filter(([, value]) => value !== undefined));
    // A sign-in that was asked for has just happened, or is about to; consent is asked for in any case.
    if (query.has('prompt')) query.set('prompt', 'consent');
    redirect(response, `/authorize?${query}`);
  }

  #deny(request, response) {
    return this.#finish(request, response, { error: 'access_denied', error_description: 'The account holder said no.' });
  }

  #finish(request, response, result, merge = false) {
    return this.#provider.interactionFinished(request, response, result, { mergeWithLastSubmission: merge });
  }
}
