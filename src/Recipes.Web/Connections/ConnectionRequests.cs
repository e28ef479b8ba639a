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
    public Dictionary<string, Secret>? Fields { get; init; }

    /// <summary>Whether its owner's runs use it when there are several.</summary>
    public bool Default { get; init; }
}

/// <summary>New values for a connection that needs no consent, or the scopes to ask for where it does.</summary>
public sealed record AuthorizeRequest
{
    /// <summary>Values that change; plain ones left out keep theirs, secret ones must all be given again.</summary>
    public Dictionary<string, Secret>? Fields { get; init; }

    /// <summary>Scopes chosen among those on offer; the usual ones when left out. Those that the app requires are asked for always.</summary>
    public List<string>? Scopes { get; init; }
}
