using System.Net.Http.Headers;
using System.Text.Json.Nodes;

namespace Recipes.Connections;

/// <summary>A JSON web token that the connection signs itself, again and again before it ends.</summary>
/// <remarks>Source: RFC 7519; RFC 7515. The token is kept like one that an app issued, so that it is redacted like one.</remarks>
public sealed record JwtScheme : AuthScheme
{
    /// <summary>What the token says and how it is signed. Its key is in a secret field.</summary>
    public required AssertionRules Token { get; init; }

    /// <inheritdoc/>
    public override bool AcquiresTokens => true;

    /// <inheritdoc/>
    public override bool CanRenew(Credential credential) => true;

    /// <inheritdoc/>
    public override void CheckCredential(SchemeInputs inputs) => Sign(inputs);

    /// <inheritdoc/>
    public override RequestAuthenticator CreateAuthenticator(SchemeInputs inputs)
    {
        var token = inputs.Credential.Tokens?.AccessToken.Reveal() ?? throw new FormatException("The connection has signed no token yet.");
        return Apply?.Reads("tokens") == true ? NothingAuthenticator.Instance : new HeaderAuthenticator(new AuthenticationHeaderValue("Bearer", token));
    }

    internal TokenReply Issue(ConnectionSnapshot seen, TimeProvider time)
    {
        var now = time.GetUtcNow();
        try
        {
            var token = Sign(new SchemeInputs { Fields = seen.Fields, Credential = seen.Credential!, BaseAddress = seen.BaseAddress, Time = time });
            return new TokenReply.Granted(new TokenSet(new Secret(token), null, now + Token.Lifetime, Token.Lifetime, null));
        }
        catch (FormatException e)
        {
            return new TokenReply.Refused(new Failure { Kind = FailureKind.Misconfigured, Message = $"No token can be signed: {e.Message}", At = now });
        }
    }

    private string Sign(SchemeInputs inputs)
    {
        var scope = new CredentialScope(inputs);
        var field = Token.KeyField ?? throw new FormatException("No field is named that holds the key.");
        using var key = SigningKey.Parse(Token.Algorithm, inputs.Credential.Secrets.GetValueOrDefault(field) ?? throw new FormatException($"The field '{field}' has no value."), Token.KeyEncoding);
        var header = new JsonObject { ["typ"] = "JWT" };
        Put(header, [new("kid", Token.KeyId), .. Token.Header.Select(h => KeyValuePair.Create(h.Key, (CredentialTemplate?)h.Value))], scope);
        var now = scope.Now.ToUnixTimeSeconds();
        var claims = new JsonObject { ["iat"] = now, ["exp"] = now + (long)Token.Lifetime.TotalSeconds, ["jti"] = Guid.NewGuid().ToString("N") };
        Put(claims, [new("iss", Token.Issuer), new("sub", Token.Subject), new("aud", Token.Audience), .. Token.Claims.Select(c => KeyValuePair.Create(c.Key, (CredentialTemplate?)c.Value))], scope);
        return JsonWebSignature.Sign(key, header, claims);
    }

    // A template that comes out empty takes the usual member out.
    private static void Put(JsonObject json, IEnumerable<KeyValuePair<string, CredentialTemplate?>> members, CredentialScope scope)
    {
        foreach (var (name, template) in members)
        {
            if (template?.RenderOrNull(scope) is { } value)
                json[name] = value;
            else if (template is not null)
                json.Remove(name);
        }
    }
}
