// Faults on order: { status, retryAfter, path, body, type, drop, after, times, every }.
// path: only there. drop: close the connection. after: do the work first, so that only the answer is lost. times: so often, then well again.
// every: only each so-manieth request there.
export function createFaults(knobs) {
  return async (ctx, next) => {
    if (knobs.latencyMs > 0) {
      await new Promise((resolve) => setTimeout(resolve, knobs.latencyMs));
    }

    const fail = knobs.fail;
    if (!fail || (fail.path && ctx.path !== fail.path) || fail.times === 0) {
      await next();
      return;
    }

    if (fail.every > 1) {
      fail.met = (fail.met ?? 0) + 1;
      if (fail.met % fail.every !== 0) {
        await next();
        return;
      }
    }

    if (fail.times > 0) {
      fail.times -= 1;
    }

    if (fail.after) {
      await next();
    }

    if (fail.drop) {
      if (ctx.state.rotation) {
        ctx.state.rotation.dropped = true;
      }

      ctx.req.socket.destroy();
      ctx.respond = false;
      return;
    }

    ctx.status = fail.status ?? 500;
    if (fail.retryAfter !== undefined && fail.retryAfter !== null) {
      ctx.set('retry-after', String(fail.retryAfter));
    }

    ctx.type = fail.type ?? 'text/plain';
    ctx.body = fail.body ?? 'fault on order';
  };
}
