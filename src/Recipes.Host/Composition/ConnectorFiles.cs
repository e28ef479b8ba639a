using Microsoft.Extensions.Options;
using Recipes.Connectors;

namespace Recipes.Host;

/// <summary>Loads the connectors at start and says in the log what is wrong with any of their files.</summary>
internal sealed partial class ConnectorFiles(ConnectorCatalogue catalogue, ILogger<ConnectorFiles> logger) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var fault in catalogue.Faults)
            LogFault(fault.File, fault.Line, fault.Column, fault.Message);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(Level = LogLevel.Warning, Message = "Connector file {File}, line {Line}, column {Column}: {Fault} The file was left out.")]
    private partial void LogFault(string file, int line, int column, string fault);
}

internal static class ConnectorFilesRegistration
{
    public static IServiceCollection AddConnectorFiles(this IServiceCollection services)
    {
        services.AddSingleton(s =>
        {
            var options = s.GetRequiredService<IOptions<RecipesHostOptions>>().Value;
            return ConnectorCatalogue.Load(options.ConnectorsFolder is { Length: > 0 } folder ? [folder] : [], s.GetRequiredService<TimeProvider>(), s.GetServices<ICodeAuthentication>(), options.OfferedConnectors);
        });
        services.AddSingleton<IConnectorProfiles>(s => s.GetRequiredService<ConnectorCatalogue>());
        services.AddHostedService<ConnectorFiles>();
        return services;
    }
}
