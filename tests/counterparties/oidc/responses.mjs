// What is altered on the way out.

// The consent pages name a font on another host; here nothing may be fetched from outside.
export function alterPages(knobs) {
  return async (ctx, next) => {
    await next();
    if (typeof ctx.body === 'string' && ctx.response.is('html')) {
      ctx.body = ctx.body.replace(/@import url\([^)]*\);?/g, '');
    }

    if (ctx.path === '/.well-known/openid-configuration' && !knobs.announceIss) {
      const { authorization_response_iss_parameter_supported: _, ...rest } = ctx.body;
      ctx.body = rest;
    }
  };
}

// RFC 9207: an authorization response names its issuer; a mix-up attack shows a wrong one, an old server none.
export function alterAuthorizationResponse(knobs) {
  return async (ctx, next) => {
    await next();
    if (knobs.iss === 'right' || !ctx.path.startsWith('/auth')) {
      return;
    }

    const location = parse(ctx.response.get('location'));
    if (!location?.searchParams.has('iss')) {
      return;
    }

    if (knobs.iss === 'none') {
      location.searchParams.delete('iss');
    } else {
      location.searchParams.set('iss', 'https://attacker.example');
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
