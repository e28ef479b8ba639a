namespace Recipes.Connections;

/// <summary>Identity of a development app, a UUIDv7.</summary>
public readonly record struct DevelopmentAppId(Guid Value)
{
    public override string ToString() => Value.ToString();
}

/// <summary>An OAuth client that an operator registered once at a provider, so that authors can build before they have one of their own.</summary>
public sealed record DevelopmentApp
{
    public required DevelopmentAppId Id { get; init; }

    /// <summary>Name of the connector; there is one app for each of its schemes.</summary>
    public required string Connector { get; init; }
    public required string Scheme { get; init; }
    public required string ClientId { get; init; }

    /// <summary>Sealed by the vault; null for a public client.</summary>
    public byte[]? SealedClientSecret { get; init; }

    /// <summary>Values of the fields that the secret's addresses are made of: definitions on this app have these and no others.</summary>
    public IReadOnlyDictionary<string, string> Presets { get; init; } = new Dictionary<string, string>();
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Counts changes, for compare-and-set.</summary>
    public long Version { get; init; } = 1;

    public string CallbackSlug => CallbackSlugOf(Connector, Scheme);

    /// <summary>Last segment of the redirect address to register for it.</summary>
    public static string CallbackSlugOf(string connector, string scheme) => $"development.{connector}.{scheme}";
}
