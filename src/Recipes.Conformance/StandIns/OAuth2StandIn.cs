using System.Text.Json.Nodes;

namespace Recipes.Conformance;

/// <summary>An authorization server and the API behind it, as an OAuth 2.0 scheme declares them.</summary>
/// <remarks>Source: RFC 6749, RFC 6750, RFC 7009, RFC 7662, RFC 8414, RFC 8628, RFC 9126.</remarks>
internal sealed class OAuth2StandIn : StandIn
{
    public static readonly TimeSpan UsualLife = TimeSpan.FromHours(1);

    private readonly OAuth2TokenDesk _desk;
    private readonly OAuth2SideDoors _side;

    public OAuth2StandIn(ConnectorProfile connector, OAuth2Scheme scheme, SampleAccount account, TimeProvider time)
        : base(connector, scheme, account, time)
    {
        OAuth = scheme;
        Replies = new TokenReplies(this);
        _desk = new OAuth2TokenDesk(this, time);
        _side = new OAuth2SideDoors(this);
    }

    public OAuth2Scheme OAuth { get; }
    public TokenReplies Replies { get; }
    public List<Grant> Grants { get; } = [];

    /// <summary>How many refresh requests were granted.</summary>
    public int Refreshes { get; set; }

    /// <summary>Whether a refresh brings a new refresh token, after which the old one is dead.</summary>
    public bool Rotates { get; set; } = true;

    /// <summary>Whether the person has consented on the other device.</summary>
    public bool DeviceConsented { get; set; }

    /// <summary>Whether the OAuth app's own secret was changed at the provider.</summary>
    public bool ClientChanged { get; set; }

    /// <summary>Parameters of the last pushed authorization request (RFC 9126).</summary>
    public IReadOnlyList<KeyValuePair<string, string>>? Pushed { get; set; }

    public string ClientId => OAuth.ClientIdField is { } own ? Account.Secrets.GetValueOrDefault(own) ?? Fields.GetValueOrDefault(own) ?? "" : Account.Client?.Id ?? "";
    public string? ClientSecret => OAuth.ClientSecretField is { } own ? Account.Secrets.GetValueOrDefault(own) : Account.Client?.Secret;

    public Uri? Issuer => Address(OAuth.Discovery) ?? Address(OAuth.Issuer);
    public Uri AuthorizationEndpoint => Address(OAuth.AuthorizationEndpoint) ?? Default("authorize");
    public Uri TokenEndpoint => Address(OAuth.TokenEndpoint) ?? Default("token");
    public Uri RefreshEndpoint => Address(OAuth.RefreshEndpoint) ?? TokenEndpoint;
    public Uri? RevocationEndpoint => Address(OAuth.RevocationEndpoint);
    public Uri? IntrospectionEndpoint => Address(OAuth.IntrospectionEndpoint);
    public Uri DeviceEndpoint => Address(OAuth.DeviceAuthorizationEndpoint) ?? Default("device");
    public Uri? PushedEndpoint => Address(OAuth.PushedAuthorizationEndpoint);

    public override IEnumerable<Uri> OwnAddresses =>
        new[] { AuthorizationEndpoint, TokenEndpoint, RefreshEndpoint, RevocationEndpoint, IntrospectionEndpoint, DeviceEndpoint, PushedEndpoint, Issuer }.OfType<Uri>();

    public override TimeSpan? TokenLife => OAuth.AccessTokenLifetime ?? UsualLife;

    public override void LoseTokens() => Grants.ForEach(g => g.AccessToken = null);

    protected override Door OwnDoorOf(ReceivedRequest request) =>
        Same(TokenEndpoint, request) || Same(RefreshEndpoint, request) ? Door.Token
        : RevocationEndpoint is { } revocation && Same(revocation, request) ? Door.Revocation
        : IntrospectionEndpoint is { } introspection && Same(introspection, request) ? Door.Introspection
        : _side.Knows(request) ? Door.Other
        : Door.Api;

    protected override IEnumerable<IReadOnlyDictionary<string, string>> LiveTokens => Grants.Where(g => !g.IsRevoked).Reverse().Select(TokensOf);

    public TimeProvider Clock => Time;

    public new void Note(params IEnumerable<WireFault> faults) => base.Note(faults);

    public new string HandOut(string secret) => base.HandOut(secret);

    public WireScope TemplateScope(ReceivedRequest request, Grant? grant) =>
        Scope(request, grant is null ? null : TokensOf(grant));

    public override Uri Consent(Uri address) => OAuth2Consent.Give(this, address);

    public Grant? Live(string accessToken) => Grants.FirstOrDefault(g => g.AccessToken == accessToken && !g.IsRevoked && !(g.ExpiresAt <= Time.GetUtcNow()));

    protected override StandInReply AnswerOwn(Door door, ReceivedRequest request) => door == Door.Token ? _desk.Answer(request) : _side.Answer(door, request);

    protected override IEnumerable<WireFault> CheckCredential(ReceivedRequest request)
    {
        var live = Grants.Where(g => g.AccessToken is not null && !g.IsRevoked && !(g.ExpiresAt <= Time.GetUtcNow())).ToArray();
        if (OAuth.Apply?.Reads("tokens") == true)
        {
            IReadOnlyList<WireFault> faults = [new("a token that is alive, put where 'apply' says", "none is alive", "Look at 'apply' and 'tokenResponse'.")];
            // Newest first: of those that do not fit it is the likeliest that was meant.
            foreach (var grant in live.Reverse())
            {
                WireFault[] seen = [.. CheckApply(request, TokensOf(grant))];
                if (seen.Length == 0)
                    return [];
                faults = faults.Count == 1 && !live.Contains(grant) ? faults : seen;
            }

            return faults;
        }

        var header = request.Header("Authorization");
        var kind = OAuth.DPoP ? "DPoP" : "Bearer";
        if (header is null || !header.StartsWith($"{kind} ", StringComparison.Ordinal))
            return [new($"the header Authorization: {kind} <access token>", header is null ? "no such header came" : "another kind of header came", "Look at 'apply'.")];
        if (live.FirstOrDefault(g => g.AccessToken == header[(kind.Length + 1)..]) is not { } used)
            return [new("the access token that was issued last", "another text came", "Look at 'tokenResponse.accessToken'.")];
        return [.. CheckApply(request, TokensOf(used)), .. OAuth.DPoP ? DPoPCheck.Check(request, used.AccessToken, used.KeyThumbprint, Time.GetUtcNow()) : []];
    }

    private Dictionary<string, string> TokensOf(Grant grant)
    {
        var tokens = Captured.ToDictionary();
        if (grant.AccessToken is not null)
            tokens["accessToken"] = grant.AccessToken;
        if (grant.RefreshToken is not null)
            tokens["refreshToken"] = grant.RefreshToken;
        return tokens;
    }

    private Uri? Address(FieldTemplate? template) => template?.RenderOrNull(Fields) is { } text ? new Uri(text) : null;

    // What the connector leaves to discovery lives under the issuer.
    private Uri Default(string name) => new($"{(Issuer?.AbsoluteUri ?? "https://nowhere.invalid/").TrimEnd('/')}/stand-in/{name}");
}
