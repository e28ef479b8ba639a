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
      const base = { account: ctx.oidc.entities.RefreshToken?.accountId ?? null, spent, node: ctx.get('x-node') || null, at: Date.now() };
      if (ctx.status === 200) {
        ctx.state.rotation = { ...base, issued: hash(ctx.body.refresh_token), dropped: false };
        rotations.push(ctx.state.rotation);
      } else if (rotations.some((rotation) => rotation.spent === spent)) {
        reuses.push(base);
      }
    },
  };
}
