using System.Net.Http.Headers;

namespace Recipes.Connections;

/// <summary>A login in two steps: what the account knows is exchanged for a token, and the token is sent with every request.</summary>
public sealed record LoginScheme : AuthScheme
{
    /// <summary>Calls before <see cref="Login"/>, in this order.</summary>
    public IReadOnlyList<LoginCall> Steps { get; init; } = [];
    public required LoginCall Login { get; init; }

    /// <summary>Renews a token that there is; where it is refused, <see cref="Login"/> follows. Null where only a login brings a new one.</summary>
    public LoginCall? Refresh { get; init; }

    /// <inheritdoc/>
    public override bool AcquiresTokens => true;

    /// <inheritdoc/>
    public override bool CanRenew(Credential credential) => true;

    /// <inheritdoc/>
    public override IEnumerable<SchemeAddress> Addresses =>
        ((IEnumerable<(string What, LoginCall? Call)>)[("login address", Login), ("refresh address", Refresh), .. Steps.Select((s, i) => ($"address of step {i + 1}", (LoginCall?)s))])
            .Where(c => c.Call is { HasOwnAddress: true })
            .Select(c => new SchemeAddress(c.What, c.Call!.Path));

    /// <inheritdoc/>
    public override RequestAuthenticator CreateAuthenticator(SchemeInputs inputs)
    {
        var token = inputs.Credential.Tokens?.AccessToken.Reveal() ?? throw new FormatException("The connection is not logged in.");
        return Apply?.Reads("tokens") == true ? NothingAuthenticator.Instance : new HeaderAuthenticator(new AuthenticationHeaderValue("Bearer", token));
    }
}
