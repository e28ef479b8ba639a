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

/// <summary>One OAuth 1.0 provider for a class.</summary>
public sealed class OAuth1Fixture : IAsyncLifetime
{
    public OAuth1Provider Provider { get; private set; } = null!;

    public async Task InitializeAsync() => Provider = await OAuth1Provider.StartAsync();

    public async Task DisposeAsync() => await Provider.DisposeAsync();
}
