namespace Recipes.Connections;

/// <summary>One line of a connection's log. Nothing secret is in it.</summary>
public sealed record LogEntry
{
    /// <summary>Counts up over all connections in the order of storing; 0 before it is stored.</summary>
    public long Number { get; init; }
    public required ConnectionId Connection { get; init; }
    public required TenantId Tenant { get; init; }
    public required DateTimeOffset At { get; init; }
    public required ConnectionEvent Event { get; init; }
    public required Actor By { get; init; }

    /// <summary>Why it did not work; null when it did.</summary>
    public Failure? Failure { get; init; }

    /// <summary>More about it, one sentence; null when the event says it all.</summary>
    public string? Detail { get; init; }

    /// <summary>Method and address of the request, without secrets; null where there was none.</summary>
    public string? RequestLine { get; init; }

    /// <summary>The health from then on.</summary>
    public required Health Health { get; init; }
}
