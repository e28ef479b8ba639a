using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Recipes.Connections;

/// <summary>Wires connections. The host adds a store (<see cref="IConnectionStore"/>, <see cref="IAuthorizationFlowStore"/>), connectors and Data Protection.</summary>
public static class ConnectionsRegistration
{
    /// <param name="configuration">Sections <c>Egress</c>, <c>Probes</c> and <c>OAuth2</c>.</param>
    public static IServiceCollection AddConnections(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<EgressOptions>().Bind(configuration.GetSection("Egress"))
            .Validate(o => o.RequestTimeout >= TimeSpan.FromSeconds(1) && o.RequestTimeout <= TimeSpan.FromMinutes(10), "Egress:RequestTimeout must be 1 second to 10 minutes.")
            .Validate(o => new EgressAllowList(o.Allow) is not null, "Egress:Allow")
            .Validate(o => o.Authorities.All(File.Exists), "Egress:Authorities must be files that exist.")
            .ValidateOnStart();
        services.AddOptions<ProbeOptions>().Bind(configuration.GetSection("Probes"))
            .Validate(o => o.SuspectPause >= TimeSpan.Zero && o.SuspectPause <= TimeSpan.FromDays(1), "Probes:SuspectPause must be 0 to 1 day.")
            .Validate(o => o.SuspectInterval >= TimeSpan.FromSeconds(1) && o.SuspectInterval <= TimeSpan.FromHours(1), "Probes:SuspectInterval must be 1 second to 1 hour.")
            .ValidateOnStart();
        services.AddOptions<OAuth2Options>().Bind(configuration.GetSection("OAuth2"));
        services.AddOptions<TenantOptions>().Bind(configuration.GetSection(TenantOptions.Section))
            .Validate(o => o.IsKnown, "Tenant:Kind must be development or production.")
            .ValidateOnStart();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<CredentialVault>();
        services.TryAddSingleton<EgressGuard>();
        services.TryAddSingleton<IssuerDirectory>();
        services.TryAddSingleton<OAuth2Endpoints>();
        services.TryAddSingleton<ClientAuthenticator>();
        services.TryAddSingleton<OAuth2Sender>();
        services.TryAddSingleton<TokenEndpoint>();
        services.TryAddSingleton<OAuth1Endpoint>();
        services.TryAddSingleton<OAuth1Flows>();
        services.TryAddSingleton<ConsumerVerdicts>();
        services.TryAddSingleton<SnapshotLoader>();
        services.TryAddSingleton<ClientHealth>();
        services.TryAddSingleton<LoginCalls>();
        services.TryAddSingleton<DPoPTokenRequests>();
        services.TryAddSingleton<TokenSources>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<ICodeAuthentication, EdgeGridAuthentication>());
        services.TryAddSingleton<Refresher>();
        services.TryAddSingleton<HealthRecorder>();
        services.TryAddSingleton<LiveConnections>();
        services.TryAddSingleton<IConnectionClients>(s => s.GetRequiredService<LiveConnections>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IConnectionNews, LiveConnections>(s => s.GetRequiredService<LiveConnections>()));
        services.TryAddSingleton<Revocation>();
        services.TryAddSingleton<FollowUps>();
        services.TryAddSingleton<IConnectionResolver, ConnectionResolver>();
        services.TryAddSingleton(s => new DefinitionSetup(
            s.GetRequiredService<IConnectionStore>(), s.GetRequiredService<IConnectorProfiles>(), s.GetRequiredService<CredentialVault>(), s.GetRequiredService<EgressGuard>(),
            s.GetRequiredService<LiveConnections>(), s.GetRequiredService<DevelopmentApps>(), s.GetRequiredService<IOptions<OAuth2Options>>(), s.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton<ConnectionFields>();
        services.TryAddSingleton<ConnectionChanges>();
        services.TryAddSingleton(s => new ConnectionSetup(
            s.GetRequiredService<IConnectionStore>(), s.GetRequiredService<IConnectorProfiles>(), s.GetRequiredService<CredentialVault>(), s.GetRequiredService<ConnectionFields>(),
            s.GetRequiredService<ConnectionChanges>(), s.GetRequiredService<LiveConnections>(), s.GetRequiredService<Revocation>(), s.GetRequiredService<FollowUps>(), s.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton(s => new DevelopmentApps(
            s.GetRequiredService<IDevelopmentAppStore>(), s.GetRequiredService<IConnectionStore>(), s.GetRequiredService<IConnectorProfiles>(), s.GetRequiredService<CredentialVault>(),
            s.GetRequiredService<EgressGuard>(), s.GetRequiredService<LiveConnections>(), s.GetRequiredService<IOptions<TenantOptions>>().Value, s.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton(s => new Introspection(
            s.GetRequiredService<SnapshotLoader>(), s.GetRequiredService<OAuth2Endpoints>(), s.GetRequiredService<ClientAuthenticator>(), s.GetRequiredService<OAuth2Sender>(), s.GetRequiredService<ILogger<Introspection>>()));
        services.TryAddSingleton(s => new Prober(s.GetRequiredService<LiveConnections>(), s.GetRequiredService<HealthRecorder>(), s.GetRequiredService<FollowUps>(), s.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton<ConsentAccounts>();
        services.TryAddSingleton<ConsentCompletion>();
        services.TryAddSingleton<ProviderRequests>();
        services.TryAddSingleton(s => new AuthorizationFlows(
            s.GetRequiredService<IConnectionStore>(), s.GetRequiredService<IAuthorizationFlowStore>(), s.GetRequiredService<ConsentAccounts>(), s.GetRequiredService<CredentialVault>(),
            s.GetRequiredService<EgressGuard>(), s.GetRequiredService<OAuth2Endpoints>(), s.GetRequiredService<ProviderRequests>(), s.GetRequiredService<TokenEndpoint>(), s.GetRequiredService<ConsentCompletion>(),
            s.GetRequiredService<OAuth1Flows>(), s.GetRequiredService<IConnectorProfiles>(), s.GetRequiredService<ClientHealth>(), s.GetRequiredService<TimeProvider>(), s.GetRequiredService<ILogger<AuthorizationFlows>>()));
        services.TryAddSingleton(s => new DeviceFlows(
            s.GetRequiredService<IConnectionStore>(), s.GetRequiredService<IDeviceFlowStore>(), s.GetRequiredService<ConsentAccounts>(), s.GetRequiredService<CredentialVault>(),
            s.GetRequiredService<EgressGuard>(), s.GetRequiredService<OAuth2Endpoints>(), s.GetRequiredService<ProviderRequests>(), s.GetRequiredService<TokenEndpoint>(), s.GetRequiredService<ConsentCompletion>(),
            s.GetRequiredService<ClientHealth>(), s.GetRequiredService<TimeProvider>(), s.GetRequiredService<ILogger<DeviceFlows>>()));
        services.AddSweep<DeviceChecks>();
        services.AddSweep<SuspectChecks>();
        return services;
    }

    /// <summary>Registers a store behind the cache that spares runs its round trips.</summary>
    public static IServiceCollection AddConnectionStore<TStore>(this IServiceCollection services)
        where TStore : class, IConnectionStore
    {
        services.TryAddSingleton<TStore>();
        services.TryAddSingleton(s => new CachingConnectionStore(
            s.GetRequiredService<TStore>(), s.GetRequiredService<IDevelopmentAppStore>(), s.GetRequiredService<IOptions<TenantOptions>>().Value, s.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton<IConnectionStore>(s => s.GetRequiredService<CachingConnectionStore>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IConnectionNews, CachingConnectionStore>(s => s.GetRequiredService<CachingConnectionStore>()));
        return services;
    }
}
