import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:http';

/** Receives alerts as a program of the user's own would, and takes only what is signed with the secret. */
export class AlertReceiver {
  #secret;
  #server;

  /** What came with a good signature, oldest first. */
  alerts = [];

  constructor(secret) {
    this.#secret = secret;
  }

  async listen(port) {
    this.#server = createServer(async (request, response) => {
      const chunks = [];
      for await (const chunk of request) chunks.push(chunk);
      const body = Buffer.concat(chunks);
      const good = this.#isSigned(request.headers, body);
      if (good) this.alerts.push(JSON.parse(body));
      response.writeHead(good ? 204 : 401).end();
    });
    await new Promise((done) => this.#server.listen(port, '127.0.0.1', done));
    return this;
  }

  find = (type, connection) => this.alerts.find((alert) => alert.type === type && alert.connection?.id === connection);

  close() {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  // https://www.standardwebhooks.com
  #isSigned({ 'webhook-id': id, 'webhook-timestamp': at, 'webhook-signature': signatures }, body) {
    if (!id || !at || !signatures || Math.abs(Date.now() / 1000 - Number(at)) > 300) return false;
    const expected = createHmac('sha256', this.#secret).update(`${id}.${at}.`).update(body).digest();
    return signatures.split(' ').some((signature) => {
      const [version, value] = signature.split(',');
      const given = Buffer.from(value ?? '', 'base64');
      return version === 'v1' && given.length === expected.length && timingSafeEqual(given, expected);
    });
  }
}
