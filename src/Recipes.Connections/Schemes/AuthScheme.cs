namespace Recipes.Connections;

/// <summary>How a connector authenticates, as its file declares it. Immutable; shared by all its connections.</summary>
public abstract record AuthScheme
{
    /// <summary>Name within the connector: <c>oauth2</c>, <c>basic</c>, …</summary>
    public required string Name { get; init; }
    public required string DisplayName { get; init; }

    /// <summary>Which account or app setting this way needs, for the person who chooses.</summary>
    public string? Help { get; init; }

    /// <summary>What has to be filled in, by the author (as presets) or by whoever connects.</summary>
    public IReadOnlyList<Field> Fields { get; init; } = [];

    /// <summary>Tests connections of this scheme in place of the connector's own probe; null when that one serves.</summary>
    public Probe? Probe { get; init; }

    /// <summary>Whether connecting takes a person's consent in a browser.</summary>
    public virtual bool NeedsConsent => false;

    /// <summary>Makes what authenticates requests, once per credential; it holds everything rendered already.</summary>
    /// <exception cref="FormatException">When the fields or the credential lack something the scheme needs.</exception>
    public abstract RequestAuthenticator CreateAuthenticator(IReadOnlyDictionary<string, string> fields, Credential credential);
}

/// <summary>Puts one credential on requests. Thread-safe, allocates next to nothing.</summary>
public abstract class RequestAuthenticator
{
    public abstract ValueTask ApplyAsync(HttpRequestMessage request, CancellationToken cancellationToken);

    /// <summary>Takes the headers it set off again, so that whoever gets the request back sees no credential; address and content are put back anyway.</summary>
    public virtual void Withdraw(HttpRequestMessage request)
    {
    }
}
