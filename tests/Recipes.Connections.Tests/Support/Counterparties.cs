using Recipes.Testing;

namespace Recipes.Connections.Tests;

/// <summary>One authorization server for a class.</summary>
public sealed class OidcFixture : IAsyncLifetime
{
    public OidcProvider Provider { get; private set; } = null!;

    public async Task InitializeAsync() => Provider = await OidcProvider.StartAsync();

    public async Task DisposeAsync() => await Provider.DisposeAsync();
}

/// <summary>One nginx for a class.</summary>
public sealed class NginxFixture : IAsyncLifetime
{
    public NginxServer Server { get; private set; } = null!;

    public async Task InitializeAsync() => Server = await NginxServer.StartAsync();

    public async Task DisposeAsync() => await Server.DisposeAsync();
}

/// <summary>One Radicale for a class.</summary>
public sealed class RadicaleFixture : IAsyncLifetime
{
    public RadicaleServer Server { get; private set; } = null!;

    public async Task InitializeAsync() => Server = await RadicaleServer.StartAsync();

    public async Task DisposeAsync() => await Server.DisposeAsync();
}
