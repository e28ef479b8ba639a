using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Recipes.Connections;

/// <summary>Wires connections. The host adds a store (<see cref="IConnectionStore"/>, <see cref="IAuthorizationFlowStore"/>), connectors and Data Protection.</summary>
public static class ConnectionsRegistration
{
    /// <param name="configuration">Sections <c>Egress</c>, <c>Revalidation</c>, <c>Incidents</c>, <c>Refresh</c> and <c>OAuth2</c>.</param>
    public static IServiceCollection AddConnections(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<EgressOptions>().Bind(configuration.GetSection("Egress"))
            .Validate(o => o.RequestTimeout >= TimeSpan.FromSeconds(1) && o.RequestTimeout <= TimeSpan.FromMinutes(10), "Egress:RequestTimeout must be 1 second to 10 minutes.")
            .Validate(o => new EgressAllowList(o.Allow) is not null, "Egress:Allow")
            .Validate(o => o.Authorities.All(File.Exists), "Egress:Authorities must be files that exist.")
            .ValidateOnStart();
        services.AddOptions<RevalidationOptions>().Bind(configuration.GetSection(RevalidationOptions.Section))
            .Validate(o => o.Every >= RevalidationOptions.Shortest, "Revalidation:Every must be 10 seconds or more.")
            .Validate(o => o.Interval >= TimeSpan.FromSeconds(1) && o.Interval <= TimeSpan.FromHours(1), "Revalidation:Interval must be 1 second to 1 hour.")
            .Validate(o => o.SuspectPause >= TimeSpan.Zero && o.SuspectPause <= TimeSpan.FromDays(1), "Revalidation:SuspectPause must be 0 to 1 day.")
            .Validate(o => o.MostPerHost >= 1, "Revalidation:MostPerHost must be 1 or more.")
            .Validate(o => o.AtOnce is >= 1 and <= 1000, "Revalidation:AtOnce must be 1 to 1000.")
            .Validate(o => o.KeepAlive >= RevalidationOptions.Shortest, "Revalidation:KeepAlive must be 10 seconds or more.")
            .Validate(o => o.TellBefore >= TimeSpan.Zero, "Revalidation:TellBefore must be 0 or more.")
            .Validate(o => o.FiguresEvery >= TimeSpan.FromSeconds(1) && o.FiguresEvery <= TimeSpan.FromHours(1), "Revalidation:FiguresEvery must be 1 second to 1 hour.")
            .ValidateOnStart();
        services.AddOptions<IncidentOptions>().Bind(configuration.GetSection(IncidentOptions.Section))
            .Validate(o => o.AtLeast is >= 2 and <= 500, "Incidents:AtLeast must be 2 to 500.")
            .Validate(o => o.Share is > 0 and <= 1, "Incidents:Share must be above 0 and at most 1.")
            .Validate(o => o.Window >= TimeSpan.FromSeconds(10) && o.Window <= TimeSpan.FromHours(1), "Incidents:Window must be 10 seconds to 1 hour.")
            .Validate(o => o.FirstPause >= TimeSpan.FromSeconds(1) && o.FirstPause <= TimeSpan.FromHours(1), "Incidents:FirstPause must be 1 second to 1 hour.")
            .Validate(o => o.LongestPause >= o.FirstPause && o.LongestPause <= TimeSpan.FromDays(1), "Incidents:LongestPause must be Incidents:FirstPause to 1 day.")
            .Validate(o => o.Canaries is >= 1 and <= 20, "Incidents:Canaries must be 1 to 20.")
            .Validate(o => o.GiveUpAfter >= TimeSpan.FromMinutes(1) && o.GiveUpAfter <= TimeSpan.FromDays(30), "Incidents:GiveUpAfter must be 1 minute to 30 days.")
            .ValidateOnStart();
        services.AddOptions<RefreshOptions>().Bind(configuration.GetSection("Refresh"))
            .Validate(o => o.LeaseMargin >= TimeSpan.FromSeconds(1) && o.LeaseMargin <= TimeSpan.FromMinutes(10), "Refresh:LeaseMargin must be 1 second to 10 minutes.")
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
        services.TryAddSingleton<TokenWriter>();
        services.TryAddSingleton<RefreshTurns>();
        services.TryAddSingleton<Refresher>();
        services.AddSingleton<IHostedService, RefreshShutdown>();
        services.TryAddSingleton<IncidentWatch>();
        services.TryAddSingleton<HealthRecorder>();
        services.TryAddSingleton<UsageFigures>();
        services.TryAddSingleton<LiveConnections>();
        services.TryAddSingleton<IConnectionClients>(s => s.GetRequiredService<LiveConnections>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IConnectionNews, LiveConnections>(s => s.GetRequiredService<LiveConnections>()));
        services.TryAddSingleton<Revocation>();
        services.TryAddSingleton<IConnectionUses, NoUses>();
        services.TryAddSingleton<FollowUps>();
        services.TryAddSingleton<ConnectionOverview>();
        services.TryAddSingleton<IConnectionResolver, ConnectionResolver>();
        services.TryAddSingleton(s => new DefinitionSetup(
            s.GetRequiredService<IConnectionStore>(), s.GetRequiredService<IConnectorProfiles>(), s.GetRequiredService<CredentialVault>(), s.GetRequiredService<EgressGuard>(),
            s.GetRequiredService<LiveConnections>(), s.GetRequiredService<DevelopmentApps>(), s.GetRequiredService<IOptions<OAuth2Options>>(), s.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton<ConnectionFields>();
        services.TryAddSingleton<ConnectionChanges>();
        services.TryAddSingleton(s => new ConnectionSetup(
            s.GetRequiredService<IConnectionStore>(), s.GetRequiredService<IConnectorProfiles>(), s.GetRequiredService<CredentialVault>(), s.GetRequiredService<ConnectionFields>(),
            s.GetRequiredService<ConnectionChanges>(), s.GetRequiredService<LiveConnections>(), s.GetRequiredService<Revocation>(), s.GetRequiredService<FollowUps>(), s.GetRequiredService<IConnectionUses>(),
            s.GetRequiredService<TimeProvider>(), s.GetRequiredService<ILogger<ConnectionSetup>>()));
        services.TryAddSingleton(s => new DefinitionRemoval(
            s.GetRequiredService<IConnectionStore>(), s.GetRequiredService<ConnectionSetup>(), s.GetRequiredService<IConnectionUses>(), s.GetRequiredService<LiveConnections>(), s.GetRequiredService<ILogger<DefinitionRemoval>>()));
        services.TryAddSingleton(s => new DevelopmentApps(
            s.GetRequiredService<IDevelopmentAppStore>(), s.GetRequiredService<IConnectionStore>(), s.GetRequiredService<IConnectorProfiles>(), s.GetRequiredService<CredentialVault>(),
            s.GetRequiredService<EgressGuard>(), s.GetRequiredService<LiveConnections>(), s.GetRequiredService<IOptions<TenantOptions>>().Value, s.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton(s => new Introspection(
            s.GetRequiredService<SnapshotLoader>(), s.GetRequiredService<OAuth2Endpoints>(), s.GetRequiredService<ClientAuthenticator>(), s.GetRequiredService<OAuth2Sender>(), s.GetRequiredService<TimeProvider>(),
            s.GetRequiredService<ILogger<Introspection>>()));
        services.TryAddSingleton(s => new Prober(s.GetRequiredService<LiveConnections>(), s.GetRequiredService<HealthRecorder>(), s.GetRequiredService<FollowUps>(), s.GetRequiredService<Introspection>(), s.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton<ConsentAccounts>();
        services.TryAddSingleton<AccountIdentities>();
        services.TryAddSingleton<OtherAccounts>();
        services.TryAddSingleton<ConsentNotes>();
        services.TryAddSingleton<ConsentCompletion>();
        services.TryAddSingleton<ProviderRequests>();
        services.TryAddSingleton(s => new AuthorizationFlows(
            s.GetRequiredService<IConnectionStore>(), s.GetRequiredService<IAuthorizationFlowStore>(), s.GetRequiredService<ConsentAccounts>(), s.GetRequiredService<CredentialVault>(),
            s.GetRequiredService<EgressGuard>(), s.GetRequiredService<OAuth2Endpoints>(), s.GetRequiredService<ProviderRequests>(), s.GetRequiredService<TokenEndpoint>(), s.GetRequiredService<ConsentCompletion>(),
            s.GetRequiredService<ConsentNotes>(), s.GetRequiredService<OAuth1Flows>(), s.GetRequiredService<IConnectorProfiles>(), s.GetRequiredService<ClientHealth>(), s.GetRequiredService<TimeProvider>(), s.GetRequiredService<ILogger<AuthorizationFlows>>()));
        services.TryAddSingleton(s => new DeviceFlows(
            s.GetRequiredService<IConnectionStore>(), s.GetRequiredService<IDeviceFlowStore>(), s.GetRequiredService<ConsentAccounts>(), s.GetRequiredService<CredentialVault>(),
            s.GetRequiredService<EgressGuard>(), s.GetRequiredService<OAuth2Endpoints>(), s.GetRequiredService<ProviderRequests>(), s.GetRequiredService<TokenEndpoint>(), s.GetRequiredService<ConsentCompletion>(),
            s.GetRequiredService<ConsentNotes>(), s.GetRequiredService<ClientHealth>(), s.GetRequiredService<TimeProvider>(), s.GetRequiredService<ILogger<DeviceFlows>>()));
        services.AddSweep<DeviceChecks>();
        services.TryAddSingleton(s => new CheckTimes(s.GetRequiredService<IOptions<RevalidationOptions>>().Value, s.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton<NextChecks>();
        services.TryAddSingleton<RejectedClients>();
        services.TryAddSingleton<ConnectionCheck>();
        services.AddSweep<RevalidationSweep>();
        services.AddSweep<IncidentSweep>();
        services.TryAddSingleton<FiguresWriting>();
        services.AddSingleton<IHostedService>(s => s.GetRequiredService<FiguresWriting>());
        return services;
    }

    /// <summary>Tells people and programs what happens to connections, and forgets what is old. The host adds a store (<see cref="IAlertOutbox"/>, <see cref="IConnectionLog"/>) and <see cref="IAlertPages"/>.</summary>
    /// <param name="configuration">Sections <c>Alerts</c> and <c>History</c>.</param>
    public static IServiceCollection AddAlerts(this IServiceCollection services, IConfiguration configuration)
    {
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<AlertOptions>, AlertOptionsCheck>());
        services.AddOptions<AlertOptions>().Bind(configuration.GetSection(AlertOptions.Section)).ValidateOnStart();
        services.AddOptions<HistoryOptions>().Bind(configuration.GetSection(HistoryOptions.Section))
            .Validate(o => o.KeepDays is >= 1 and <= 3650, "History:KeepDays must be 1 to 3650.")
            .ValidateOnStart();
        services.TryAddSingleton<AlertTargets>();
        services.TryAddSingleton<AlertNotices>();
        services.TryAddSingleton<WebhookSender>();
        services.TryAddSingleton<MailSender>();
        services.TryAddSingleton<AlertSender>();
        services.TryAddSingleton(s => new AlertTest(s.GetRequiredService<AlertTargets>(), s.GetRequiredService<AlertNotices>(), s.GetRequiredService<AlertSender>(), s.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton(s => new AlertSweep(
            s.GetRequiredService<IAlertOutbox>(), s.GetRequiredService<AlertTargets>(), s.GetRequiredService<AlertNotices>(), s.GetRequiredService<AlertSender>(),
            s.GetRequiredService<IOptions<AlertOptions>>(), s.GetRequiredService<TimeProvider>(), s.GetRequiredService<ILogger<AlertSweep>>()));
        return services.AddSweep<AlertSweep>().AddSweep<PurgeSweep>();
    }

    /// <summary>Registers a store behind the cache that spares runs its round trips.</summary>
    public static IServiceCollection AddConnectionStore<TStore>(this IServiceCollection services)
        where TStore : class, IConnectionStore
    {
        services.TryAddSingleton<TStore>();
        services.TryAddSingleton<UsageFigures>();
        services.TryAddSingleton(s => new CachingConnectionStore(
            s.GetRequiredService<TStore>(), s.GetRequiredService<IDevelopmentAppStore>(), s.GetRequiredService<IOptions<TenantOptions>>().Value,
            s.GetRequiredService<UsageFigures>(), s.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton<IConnectionStore>(s => s.GetRequiredService<CachingConnectionStore>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IConnectionNews, CachingConnectionStore>(s => s.GetRequiredService<CachingConnectionStore>()));
        return services;
    }
}
