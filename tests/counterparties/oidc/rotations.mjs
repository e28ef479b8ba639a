// The provider's own record of refreshes: which token was spent for which, who asked (header X-Node), whether the answer was dropped, and which
// tokens were used again after they had been replaced. Tokens are told apart by their hash.
import { createHash } from 'node:crypto';

const hash = (token) => (token ? createHash('sha256').update(token).digest('hex') : null);

export function createRotations() {
  let rotations = [];
  let reuses = [];
  return {
    read: () => ({ rotations, reuses }),
    reset: () => {
      rotations = [];
      reuses = [];
    },

    // Inside of the faults: what was done is on record even where its answer is lost.
    async middleware(ctx, next) {
      await next();
      if (ctx.path !== '/token' || ctx.oidc?.params?.grant_type !== 'refresh_token') {
        return;
      }

      const spent = hash(ctx.oidc.params.refresh_token);
      const base = { spent, node: ctx.get('x-node') || null, at: Date.now(), dropped: false };
      if (ctx.status === 200) {
        ctx.state.rotation = { ...base, account: ctx.oidc.entities.RefreshToken.accountId, issued: hash(ctx.body.refresh_token) };
        rotations.push(ctx.state.rotation);
        return;
      }

      // Whose it was, by the record: once the grant is gone the server itself does not know any more.
      const replaced = rotations.find((rotation) => rotation.spent === spent);
      if (replaced) {
        ctx.state.rotation = { ...base, account: replaced.account };
        reuses.push(ctx.state.rotation);
      }
    },
  };
}
