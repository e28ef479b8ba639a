using System.Text.Json.Serialization;

namespace Recipes.Connections;

/// <summary>One failure of a request through a connection, fit to be shown to a stranger: no secret is in it.</summary>
public sealed record Failure
{
    public required FailureKind Kind { get; init; }

    /// <summary>One sentence: what was seen.</summary>
    public required string Message { get; init; }

    /// <summary>HTTP status of the reply, 100 to 599; null when there was none.</summary>
    public int? Status { get; init; }

    /// <summary>The provider's own code, for instance <c>invalid_grant</c>.</summary>
    public string? ProviderCode { get; init; }

    /// <summary>The provider's own words, redacted, at most 500 characters.</summary>
    public string? ProviderWords { get; init; }

    /// <summary>When trying again makes sense; null when the provider did not say.</summary>
    public DateTimeOffset? RetryAt { get; init; }

    /// <summary>Whether the app may have done what was asked all the same: it was sent, would do something twice when sent again, and no answer tells what became of it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool IsDoubtful { get; init; }

    public required DateTimeOffset At { get; init; }

    /// <summary>Whether nothing was sent because the connection is in a state in which it cannot be used. Not stored.</summary>
    [JsonIgnore]
    public bool IsUnusable { get; init; }

    /// <summary>Whether the trouble is here, and says nothing about the provider: the database, another node. Not stored.</summary>
    internal bool IsOurs { get; init; }
}
