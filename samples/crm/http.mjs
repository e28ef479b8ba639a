const MAX_BODY_BYTES = 64 * 1024;

/** An answer other than success, thrown where it is found and sent at the edge. */
export class HttpError extends Error {
  constructor(status, body, headers = {}) {
    super(body.message ?? body.error);
    this.status = status;
    this.body = body;
    this.headers = headers;
  }
}

/** @throws {HttpError} 413 above 64 KB. */
export async function readBody(request) {
  if (Number(request.headers['content-length']) > MAX_BODY_BYTES) throw tooLarge();
  const chunks = [];
  let size = 0;
  // Leaving the loop must not cut the connection, or the answer would be lost with it.
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) throw tooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

export async function readForm(request) {
  return new URLSearchParams(await readBody(request));
}

/** @throws {HttpError} 415, 413 or 400. */
export async function readJsonObject(request) {
  if (!/^application\/json\s*(;|$)/i.test(request.headers['content-type'] ?? '')) {
    throw new HttpError(415, { error: 'unsupported_media_type', message: 'Send the body with Content-Type: application/json.' });
  }
  const text = await readBody(request);
  let value;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new HttpError(400, { error: 'malformed_json', message: `The body is not valid JSON: ${error.message}` });
  }
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    throw new HttpError(400, { error: 'malformed_json', message: 'The body must be a JSON object.' });
  }
  return value;
}

export function sendJson(response, status, body, headers = {}) {
  send(response, status, { 'Content-Type': 'application/json; charset=utf-8', ...headers }, JSON.stringify(body));
}

export function sendPage(response, status, page) {
  send(response, status, { 'Content-Type': 'text/html; charset=utf-8' }, page.toString());
}

export function redirect(response, location) {
  response.writeHead(303, { Location: location, 'Cache-Control': 'no-store' });
  response.end();
}

/** A number of items asked for in the query. @throws {HttpError} 400 */
export function readLimit(query, fallback, max) {
  const text = query.get('limit');
  if (text === null) return fallback;
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= 1 && value <= max) return value;
  throw new HttpError(400, { error: 'bad_request', message: `limit must be a whole number from 1 to ${max}.` });
}

/** Whether a browser says that another site sent this request. Programs send no Origin. */
export function isForeign(request) {
  const { origin, host } = request.headers;
  if (origin === undefined) return false;
  return !URL.canParse(origin) || new URL(origin).host !== host;
}

function send(response, status, headers, text) {
  const body = Buffer.from(text);
  response.writeHead(status, { 'Cache-Control': 'no-store', 'Content-Length': body.length, ...headers });
  response.end(body);
}

function tooLarge() {
  return new HttpError(413, { error: 'too_large', message: 'The body may hold at most 64 KB.' });
}
