namespace Recipes.Web;

/// <summary>A connection as somebody asks for it.</summary>
public sealed record NewConnectionRequest
{
    /// <summary>Stable key of a connection definition.</summary>
    public string? Definition { get; init; }

    /// <summary>Whose account it acts as: <c>"me"</c> (when left out), <c>"organisation"</c> or <c>{"user": "rep-one"}</c>.</summary>
    public OwnerRequest? Owner { get; init; }
    public string? DisplayName { get; init; }

    /// <summary>Values by field name, secret ones among them. No answer ever shows a secret one again.</summary>
    public Dictionary<string, Secret?>? Fields { get; init; }

    /// <summary>Tokens that were got elsewhere, in place of a consent; then values that the flow would have filled in are given in fields.</summary>
    public TokensRequest? Tokens { get; init; }

    /// <summary>Whether its owner's runs use it when there are several.</summary>
    public bool Default { get; init; }

    /// <inheritdoc cref="ConnectionChangeRequest.Environment"/>
    public AccountEnvironment Environment { get; init; }

    /// <inheritdoc cref="ConnectionChangeRequest.AccountKind"/>
    public AccountKind AccountKind { get; init; }
}

/// <summary>New values for a connection, or the scopes to ask for where it takes consent.</summary>
public sealed record AuthorizeRequest
{
    /// <summary>Scopes chosen among those on offer; the usual ones when left out. Those that the app requires are asked for always.</summary>
    public List<string>? Scopes { get; init; }

    /// <summary>Whether the connection may become another account's than the one it belongs to. Without it such a consent is refused and nothing changes.</summary>
    public bool AcceptOtherAccount { get; init; }

    /// <summary>Id of the recipe that it is authorised for: goes along to the definition's success and failure addresses, as do id and name of the installation.</summary>
    public string? Recipe { get; init; }

    /// <inheritdoc cref="Recipe"/>
    public string? Installation { get; init; }

    /// <inheritdoc cref="Recipe"/>
    public string? InstallationName { get; init; }

    /// <summary>Values that change; plain ones left out keep theirs, secret ones must all be given again. Under a consent, as in a change of the connection.</summary>
    public Dictionary<string, Secret?>? Fields { get; init; }

    internal FlowReturn Return => FlowReturn.Of(Recipe, Installation, InstallationName);
}

/// <summary>What is to change of a connection.</summary>
public sealed record ConnectionChangeRequest
{
    /// <summary>Values that change; null takes a plain one away. Secret ones left out stay, unless an address that they go to changes.</summary>
    public Dictionary<string, Secret?>? Fields { get; init; }

    /// <inheritdoc cref="AuthorizeRequest.AcceptOtherAccount"/>
    public bool AcceptOtherAccount { get; init; }

    /// <summary>What kind of space of the app the account is in.</summary>
    public AccountEnvironment? Environment { get; init; }

    /// <summary>Whose account it is: a person's own, or one that is there for programs.</summary>
    public AccountKind? AccountKind { get; init; }
}

/// <summary>Tokens for a connection that there is already.</summary>
public sealed record ImportRequest
{
    public TokensRequest? Tokens { get; init; }

    /// <inheritdoc cref="AuthorizeRequest.AcceptOtherAccount"/>
    public bool AcceptOtherAccount { get; init; }

    /// <summary>Values that change; those that the flow would have filled in may be among them.</summary>
    public Dictionary<string, Secret?>? Fields { get; init; }
}

/// <summary>Tokens that were got elsewhere. No answer ever shows them.</summary>
public sealed record TokensRequest
{
    public Secret? AccessToken { get; init; }

    /// <summary>OAuth 2.0: what new access tokens are got with. Without it the connection ends with its access token.</summary>
    public Secret? RefreshToken { get; init; }

    /// <summary>OAuth 1.0: the secret of the token.</summary>
    public Secret? TokenSecret { get; init; }

    /// <summary>When the access token dies; left out when it does not, or nobody knows.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>In place of expiresAt: the seconds it lives from now on.</summary>
    public long? ExpiresIn { get; init; }

    /// <summary>The scopes that were granted.</summary>
    public IReadOnlyList<string>? Scopes { get; init; }

    /// <summary>Further secret values that the connector keeps beside the token, by name.</summary>
    public Dictionary<string, Secret?>? Values { get; init; }

    internal ImportedTokens ToTokens() => new()
    {
        AccessToken = AccessToken,
        RefreshToken = RefreshToken,
        TokenSecret = TokenSecret,
        ExpiresAt = ExpiresAt,
        ExpiresIn = ExpiresIn,
        Scopes = Scopes,
        Values = Values.Given(),
    };
}

/// <summary>Values by name as requests give them: null takes one away.</summary>
internal static class GivenValues
{
    public static Dictionary<string, Secret> Given(this Dictionary<string, Secret?>? values) =>
        (values ?? []).Where(v => v.Value is not null).ToDictionary(v => v.Key, v => v.Value!);

    public static FieldChanges Changes(this Dictionary<string, Secret?>? values) =>
        new(values.Given(), [.. (values ?? []).Where(v => v.Value is null).Select(v => v.Key)]);
}
