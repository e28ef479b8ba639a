// What is altered on the way out.

// The consent pages name a font on another host; here nothing may be fetched from outside.
export function alterPages(knobs) {
  return async (ctx, next) => {
    await next();
    if (typeof ctx.body === 'string' && ctx.response.is('html')) {
      ctx.body = ctx.body.replace(/@import url\([^)]*\);?/g, '');
    }

    if (['/.well-known/openid-configuration', '/.well-known/oauth-authorization-server'].includes(ctx.path) && ctx.status === 200) {
      // Null leaves a member out.
      const { authorization_response_iss_parameter_supported: iss, ...rest } = ctx.body;
      const all = { ...rest, ...(knobs.announceIss ? { authorization_response_iss_parameter_supported: iss } : {}), ...knobs.metadata };
      ctx.body = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== null));
    }
  };
}

// RFC 9207: an authorization response names its issuer; a mix-up attack shows a wrong one, an old server none.
export function alterAuthorizationResponse(knobs) {
  return async (ctx, next) => {
    await next();
    if (!ctx.path.startsWith('/auth')) {
      return;
    }

    const location = parse(ctx.response.get('location'));
    if (!location?.searchParams.has('iss')) {
      return;
    }

    if (knobs.iss === 'none') {
      location.searchParams.delete('iss');
    } else if (knobs.iss === 'wrong') {
      location.searchParams.set('iss', 'https://attacker.example');
    }

    // What a provider says beyond the RFC: which data centre the account is in.
    for (const [name, value] of Object.entries(knobs.callback)) {
      location.searchParams.set(name, value);
    }

    ctx.set('location', location.href);
  };
}

function parse(text) {
  try {
    return new URL(text);
  } catch {
    return null;
  }
}
