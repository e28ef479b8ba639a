using Recipes.Connections;

namespace Recipes.Storage;

internal sealed class DevelopmentAppRow
{
    public Guid Id { get; init; }
    public required string Connector { get; init; }
    public required string Scheme { get; init; }
    public required string ClientId { get; init; }
    public byte[]? SealedClientSecret { get; init; }
    public required string Presets { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
    public long Version { get; init; }

    public static DevelopmentAppRow Of(DevelopmentApp app) => new()
    {
        Id = app.Id.Value,
        Connector = app.Connector,
        Scheme = app.Scheme,
        ClientId = app.ClientId,
        SealedClientSecret = app.SealedClientSecret,
        Presets = StoredJson.Write(app.Presets),
        CreatedAt = app.CreatedAt,
        Version = app.Version,
    };

    public DevelopmentApp ToApp() => new()
    {
        Id = new(Id),
        Connector = Connector,
        Scheme = Scheme,
        ClientId = ClientId,
        SealedClientSecret = SealedClientSecret,
        Presets = StoredJson.ReadMap(Presets),
        CreatedAt = CreatedAt,
        Version = Version,
    };
}
