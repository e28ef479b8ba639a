namespace Recipes.Connections;

/// <summary>One call on the way to a token, or to give it back.</summary>
public sealed record LoginCall
{
    public HttpMethod Method { get; init; } = HttpMethod.Post;

    /// <summary>Absolute, or below the base address.</summary>
    public required FieldTemplate Path { get; init; }
    public IReadOnlyList<KeyValuePair<string, CredentialTemplate>> Query { get; init; } = [];
    public IReadOnlyList<KeyValuePair<string, CredentialTemplate>> Headers { get; init; } = [];

    /// <summary>Null for a call without a body.</summary>
    public CredentialBody? Body { get; init; }

    /// <summary>Where the token is; null in calls that bring none.</summary>
    public ReplyValue? Token { get; init; }

    /// <summary>Where what renews it is; null when there is no such thing.</summary>
    public ReplyValue? RefreshToken { get; init; }

    /// <summary>Where its life or end is; null when the answer does not say.</summary>
    public ReplyValue? ExpiresIn { get; init; }
    public ExpiryUnit ExpiryUnit { get; init; }

    /// <summary>How long it lives when the answer does not say; null means until it is refused.</summary>
    public TimeSpan? Lifetime { get; init; }
    public IReadOnlyList<LoginCapture> Captures { get; init; } = [];

    /// <summary>Whether it says itself where the credential goes: then nothing else of it is put on the request.</summary>
    public bool PlacesCredential => Query.Concat(Headers).Any(p => p.Value.Paths.Any(t => t.Root is "secrets" or "tokens"));

    /// <summary>Whether it goes to an address of its own, not below the base address.</summary>
    internal bool HasOwnAddress => Path.Source.Contains("://", StringComparison.Ordinal) || Path.Source.StartsWith("{{", StringComparison.Ordinal);

    /// <summary>Statuses that mean that the credentials are wrong.</summary>
    public IReadOnlyList<int> Refused { get; init; } = [400, 401, 403];
}
