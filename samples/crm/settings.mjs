import { fileURLToPath } from 'node:url';

const HERE = fileURLToPath(new URL('.', import.meta.url));

/**
 * Reads the environment. All faults are reported together, each naming its variable.
 * @returns {{host: string, port: number, stateFile: string, accessTokenSeconds: number,
 *   app: {id: string, name: string, secret: string, redirectUris: string[]} | undefined}}
 * @throws {SettingsError}
 */
export function readSettings(env) {
  const faults = [];
  const settings = {
    host: '127.0.0.1',
    port: wholeNumber(env, 'CRM_PORT', 4010, 0, 65535, faults),
    stateFile: env.CRM_STATE || `${HERE}.data/crm.json`,
    accessTokenSeconds: wholeNumber(env, 'CRM_ACCESS_TOKEN_TTL', 600, 1, 86_400, faults),
    app: preregisteredApp(env, faults),
  };

  if (faults.length) throw new SettingsError(faults);
  return settings;
}

export class SettingsError extends Error {
  constructor(faults) {
    super(faults.join('\n'));
  }
}

/** What is wrong with a redirect address, or undefined. RFC 6749 §3.1.2: absolute, without a fragment. */
export function redirectUriFault(uri) {
  if (!URL.canParse(uri)) return `"${uri}" is not an absolute address, such as https://app.example/callback`;
  const { protocol, hash } = new URL(uri);
  if (protocol !== 'https:' && protocol !== 'http:') return `"${uri}" must start with https:// or http://`;
  if (hash || uri.includes('#')) return `"${uri}" must not have a # part`;
  return undefined;
}

function wholeNumber(env, name, fallback, min, max, faults) {
  const text = env[name];
  if (text === undefined || text === '') return fallback;
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= min && value <= max) return value;
  faults.push(`${name} is "${text}": use a whole number from ${min} to ${max}.`);
  return fallback;
}

function preregisteredApp(env, faults) {
  const names = ['CRM_CLIENT_ID', 'CRM_CLIENT_SECRET', 'CRM_REDIRECT_URIS'];
  const missing = names.filter((name) => !env[name]);
  if (missing.length === names.length) return undefined;
  if (missing.length) {
    faults.push(`${names.join(', ')} go together: ${missing.join(' and ')} is missing.`);
    return undefined;
  }

  for (const name of names.slice(0, 2)) {
    if (!/^[\x21-\x7e]{1,200}$/.test(env[name])) faults.push(`${name} may only hold 1 to 200 printable ASCII characters, no spaces.`);
  }
  const redirectUris = env.CRM_REDIRECT_URIS.split(',').map((uri) => uri.trim()).filter(Boolean);
  if (!redirectUris.length) faults.push('CRM_REDIRECT_URIS holds no address.');
  for (const uri of redirectUris) {
    const fault = redirectUriFault(uri);
    if (fault) faults.push(`CRM_REDIRECT_URIS: ${fault}.`);
  }
  return { id: env.CRM_CLIENT_ID, name: env.CRM_CLIENT_NAME || 'Recipes', secret: env.CRM_CLIENT_SECRET, redirectUris };
}
