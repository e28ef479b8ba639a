using Recipes.Connections;

namespace Recipes.Storage;

internal sealed class LogEntryRow
{
    public long Number { get; init; }
    public Guid ConnectionId { get; init; }
    public required string Tenant { get; init; }
    public DateTimeOffset At { get; init; }
    public required string Event { get; init; }
    public required string ByKind { get; init; }
    public string? ByName { get; init; }
    public string? Failure { get; init; }
    public string? Detail { get; init; }
    public string? RequestLine { get; init; }
    public required string Health { get; init; }

    public static LogEntryRow Of(LogEntry entry) => new()
    {
        ConnectionId = entry.Connection.Value,
        Tenant = entry.Tenant.Value,
        At = entry.At,
        Event = entry.Event.ToString(),
        ByKind = entry.By.Kind.ToString(),
        ByName = entry.By.Name,
        Failure = StoredJson.Write(entry.Failure),
        Detail = entry.Detail,
        RequestLine = entry.RequestLine,
        Health = entry.Health.ToString(),
    };

    public LogEntry ToEntry() => new()
    {
        Number = Number,
        Connection = new(ConnectionId),
        Tenant = TenantId.Parse(Tenant),
        At = At,
        Event = Enum.Parse<ConnectionEvent>(Event),
        By = new(Enum.Parse<ActorKind>(ByKind), ByName),
        Failure = StoredJson.ReadFailure(Failure),
        Detail = Detail,
        RequestLine = RequestLine,
        Health = Enum.Parse<Health>(Health),
    };
}
