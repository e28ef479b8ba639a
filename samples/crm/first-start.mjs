import { createPrivateKey, generateKeyPairSync, randomBytes } from 'node:crypto';
import { hashPasswordSync } from './passwords.mjs';

const USERS = [
  { id: 'manager', name: 'Mia Manager', role: 'manager' },
  { id: 'rep-one', name: 'Rita One', role: 'rep' },
  { id: 'rep-two', name: 'Ravi Two', role: 'rep' },
];

const COMPANIES = ['Acme', 'Globex', 'Initech', 'Umbrella', 'Stark Industries', 'Wayne Enterprises', 'Hooli', 'Soylent'];

/** What a CRM that was never started before holds. Keys are fresh; passwords are the documented ones. */
export function firstStart() {
  return {
    version: 1,
    users: USERS.map((user) => ({ ...user, password: hashPasswordSync(`${user.id}-pw`) })),
    sessions: [],
    apiKeys: [],
    apps: [],
    models: [],
    keys: { jwks: { keys: [signingKey()] }, cookies: [randomBytes(32).toString('base64url')] },
    companies: COMPANIES.map((name, index) => ({ id: `acc-${index + 1}`, name })),
    opportunities: [],
    notifications: [],
    forecasts: [
      { quarter: '2026-Q1', amount: 412_000 },
      { quarter: '2026-Q2', amount: 455_500 },
      { quarter: '2026-Q3', amount: 389_000 },
      { quarter: '2026-Q4', amount: 520_250 },
    ],
    activity: [],
    counters: { opportunity: 0, notification: 0 },
  };
}

function signingKey() {
  // By way of PEM: Node 20 can lock up for good when the job that made a key is collected while that very key is exported as JWK.
  const { privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  return { ...createPrivateKey(privateKey).export({ format: 'jwk' }), kid: randomBytes(8).toString('hex'), alg: 'RS256', use: 'sig' };
}
