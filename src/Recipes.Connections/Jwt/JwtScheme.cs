using System.Net.Http.Headers;

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
        var field = Token.KeyField ?? throw new FormatException("No field is named that holds the key.");
        return Assertion.Sign(new CredentialScope(inputs), Token, inputs.Credential.Secrets.GetValueOrDefault(field) ?? throw new FormatException($"The field '{field}' has no value."));
    }
}
