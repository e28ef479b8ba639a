// What reached the authorization server: requests per path, and at the token endpoint grants and ways of client authentication.
const bump = (counts, key) => {
  counts[key] = (counts[key] ?? 0) + 1;
};

const empty = () => ({ paths: {}, statuses: {}, grants: {}, clientAuthentication: {} });

export function createCounters() {
  let counts = empty();
  return {
    read: () => counts,
    reset: () => {
      counts = empty();
    },

    // Reads the body of a token request before any fault strikes, so that refused and dropped requests are counted too.
    async readTokenRequest(request) {
      if (request.method !== 'POST' || request.url !== '/token') {
        return;
      }

      const chunks = [];
      for await (const chunk of request) {
        chunks.push(chunk);
      }

      request.body = Buffer.concat(chunks).toString();
      const form = new URLSearchParams(request.body);
      bump(counts.grants, form.get('grant_type') ?? 'none');
      const how = /^basic /i.test(request.headers.authorization ?? '') ? 'basic' : form.has('client_secret') ? 'body' : form.has('client_assertion') ? 'assertion' : 'none';
      bump(counts.clientAuthentication, how);
    },

    // Pages of one interaction count as one path, and so does the way back from them.
    async middleware(ctx, next) {
      const path = ctx.path.replace(/^\/(interaction|auth)\/.*$/, '/$1/:id');
      bump(counts.paths, path);
      try {
        await next();
      } finally {
        bump(counts.statuses, `${path} ${ctx.status}`);
      }
    },
  };
}
