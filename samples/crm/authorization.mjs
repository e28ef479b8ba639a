import { interactionPolicy, Provider } from 'oidc-provider';
import { errorPage } from './pages/error.mjs';

const DAY = 24 * 3600;

/** Paths that the authorization server answers itself. */
export const PROVIDER_PATHS = /^\/(authorize(\/[^/]+)?|token|revoke|introspect|userinfo|jwks|\.well-known\/(openid-configuration|oauth-authorization-server))$/;

export const COOKIE_NAMES = { session: 'crm_oauth_session', interaction: 'crm_oauth_interaction', resume: 'crm_oauth_resume' };

/** What an app may ask for, in the words of the consent page. */
export const SCOPES = {
  openid: 'Know which account you are',
  profile: 'See your name and role',
  offline_access: 'Stay connected while you are not using it',
  'opportunities.read': 'See accounts, opportunities, notifications and your activity',
  'opportunities.write': 'Create opportunities and notifications in your name',
  'forecasts.read': 'See forecasts, if your role allows it',
};

/**
 * The authorization server: code with PKCE S256, refresh tokens that rotate, revocation, introspection.
 * Each authorization asks for consent and makes a grant of its own, so that revoking one connection leaves others alone.
 * @param issuer The base address, such as http://127.0.0.1:4010.
 */
export function createProvider({ issuer, store, users, keys, accessTokenSeconds }) {
  const provider = new Provider(issuer, {
    adapter: (model) => store.adapter(model),
    jwks: keys.jwks,
    cookies: { keys: keys.cookies, names: COOKIE_NAMES },
    scopes: Object.keys(SCOPES),
    claims: { openid: ['sub'], profile: ['name', 'role'] },
    conformIdTokenClaims: false,
    findAccount: (_, id) => accountOf(users.find(id)),
    responseTypes: ['code'],
    clientAuthMethods: ['client_secret_basic', 'client_secret_post'],
    pkce: { required: () => true },
    issueRefreshToken: async () => true,
    rotateRefreshToken: true,
    expiresWithSession: async () => false,
    loadExistingGrant: async (ctx) => {
      const id = ctx.oidc.result?.consent?.grantId;
      return id && ctx.oidc.provider.Grant.find(id);
    },
    clockTolerance: 0,
    routes: {
      authorization: '/authorize',
      token: '/token',
      revocation: '/revoke',
      introspection: '/introspect',
      userinfo: '/userinfo',
      jwks: '/jwks',
    },
    features: {
      devInteractions: { enabled: false },
      rpInitiatedLogout: { enabled: false },
      introspection: { enabled: true },
      revocation: { enabled: true },
      pushedAuthorizationRequests: { enabled: false },
      resourceIndicators: { enabled: false },
    },
    interactions: { policy: alwaysAskForConsent(), url: (_, interaction) => `/interaction/${interaction.uid}` },
    renderError: (ctx, out) => {
      ctx.type = 'html';
      ctx.body = errorPage(ctx.status, 'This app cannot be connected', describe(out)).toString();
    },
    ttl: {
      AccessToken: accessTokenSeconds,
      AuthorizationCode: 60,
      IdToken: 3600,
      Interaction: 3600,
      Session: 14 * DAY,
      RefreshToken: 60 * DAY,
      Grant: 400 * DAY,
    },
  });
  provider.on('server_error', (_, error) => console.error(error));
  return provider;
}

function accountOf(user) {
  return user && { accountId: user.id, claims: async () => ({ sub: user.id, name: user.name, role: user.role }) };
}

function alwaysAskForConsent() {
  const { base, Check } = interactionPolicy;
  const policy = base();
  policy.get('consent').checks.add(new Check('consent_always', 'every authorization asks for consent', 'consent_required', (ctx) =>
    (ctx.oidc.result?.consent ? Check.NO_NEED_TO_PROMPT : Check.REQUEST_PROMPT)));
  return policy;
}

function describe({ error, error_description: description }) {
  if (error === 'invalid_client') return 'The app that sent you here is not registered with Sandbox CRM. Ask a manager to check its client id on the Developer page.';
  if (error === 'invalid_redirect_uri') return 'The app that sent you here gave a return address that is not registered for it. Ask a manager to add it on the Developer page.';
  return `The app that sent you here made a request that Sandbox CRM does not accept: ${description ?? error}. Go back to the app and start again.`;
}
