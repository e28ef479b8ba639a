using Recipes.Connections;

namespace Recipes.Storage;

internal sealed class ConnectionDefinitionRow
{
    public Guid Id { get; init; }
    public required string Tenant { get; init; }
    public required string Key { get; init; }
    public required string DisplayName { get; init; }
    public required string Connector { get; init; }
    public required string Scheme { get; init; }
    public required string Presets { get; init; }
    public required string Scopes { get; init; }
    public string? ClientId { get; init; }
    public byte[]? SealedClientSecret { get; init; }
    public bool UseDevelopmentApp { get; init; }
    public required string RuntimeUser { get; init; }
    public string? ClientFailure { get; init; }
    public bool ClientLossTold { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
    public long Version { get; init; }
    public string? SuccessAddress { get; init; }
    public string? FailureAddress { get; init; }
    public long? CheckEverySeconds { get; init; }

    public static ConnectionDefinitionRow Of(ConnectionDefinition definition) => new()
    {
        Id = definition.Id.Value,
        Tenant = definition.Tenant.Value,
        Key = definition.Key.Value,
        DisplayName = definition.DisplayName,
        Connector = definition.Connector,
        Scheme = definition.Scheme,
        Presets = StoredJson.Write(definition.Presets),
        Scopes = StoredJson.Write(definition.Scopes),
        // The client of a development app is kept in one place only.
        ClientId = definition.UsesDevelopmentApp ? null : definition.OAuthApp?.ClientId,
        SealedClientSecret = definition.UsesDevelopmentApp ? null : definition.OAuthApp?.SealedClientSecret,
        UseDevelopmentApp = definition.UsesDevelopmentApp,
        RuntimeUser = definition.RuntimeUser.ToString(),
        ClientFailure = StoredJson.Write(definition.ClientFailure),
        ClientLossTold = definition.IsClientLossTold,
        CreatedAt = definition.CreatedAt,
        Version = definition.Version,
        SuccessAddress = definition.SuccessAddress?.AbsoluteUri,
        FailureAddress = definition.FailureAddress?.AbsoluteUri,
        CheckEverySeconds = (long?)definition.CheckEvery?.TotalSeconds,
    };

    public ConnectionDefinition ToDefinition() => new()
    {
        Id = new(Id),
        Tenant = TenantId.Parse(Tenant),
        Key = StableKey.Parse(Key),
        DisplayName = DisplayName,
        Connector = Connector,
        Scheme = Scheme,
        Presets = StoredJson.ReadMap(Presets),
        Scopes = StoredJson.ReadList(Scopes),
        UsesDevelopmentApp = UseDevelopmentApp,
        OAuthApp = ClientId is null ? null : new(ClientId, SealedClientSecret),
        RuntimeUser = Enum.Parse<RuntimeUserPolicy>(RuntimeUser),
        ClientFailure = StoredJson.ReadFailure(ClientFailure),
        IsClientLossTold = ClientLossTold,
        CreatedAt = CreatedAt,
        Version = Version,
        SuccessAddress = SuccessAddress is null ? null : new(SuccessAddress),
        FailureAddress = FailureAddress is null ? null : new(FailureAddress),
        CheckEvery = CheckEverySeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
    };
}
