using Microsoft.Extensions.Options;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Recipes.Host;

/// <summary>Sends metrics and traces to the operator's collector: those of connections, and of requests to this host. What is sent to apps gets no tracing header.</summary>
/// <remarks>The collector is the operator's own setting: it does not go through the egress guard. Requests to apps are not listened to by themselves: their addresses may hold keys.</remarks>
internal sealed class TelemetryExport(IOptions<TelemetryOptions> options, IConnectionCounts counts, TimeProvider time, ILogger<HealthGauge> log) : IHostedService, IDisposable
{
    private HealthGauge? _gauge;
    private MeterProvider? _metrics;
    private TracerProvider? _traces;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        var resource = ResourceBuilder.CreateDefault().AddService("recipes");
        _gauge = new(counts, time, log);
        _metrics = Sdk.CreateMeterProviderBuilder()
            .SetResourceBuilder(resource)
            .AddMeter(ConnectionTelemetry.Name, "Microsoft.AspNetCore.Hosting", "System.Runtime")
            .AddOtlpExporter((exporter, reader) =>
            {
                Configure(exporter, "v1/metrics");
                reader.PeriodicExportingMetricReaderOptions.ExportIntervalMilliseconds = (int)options.Value.Interval.TotalMilliseconds;
            })
            .Build();
        _traces = Sdk.CreateTracerProviderBuilder()
            .SetResourceBuilder(resource)
            .AddSource(ConnectionTelemetry.Name, "Microsoft.AspNetCore")
            .AddOtlpExporter(exporter => Configure(exporter, "v1/traces"))
            .Build();
        return Task.CompletedTask;
    }

    // What is left is sent off the thread: a collector that does not answer must not hold up the end for long.
    public Task StopAsync(CancellationToken cancellationToken) => Task.Run(() =>
    {
        _metrics?.ForceFlush(2000);
        _traces?.ForceFlush(2000);
    }, cancellationToken);

    public void Dispose()
    {
        _metrics?.Dispose();
        _traces?.Dispose();
        _gauge?.Dispose();
    }

    private void Configure(OtlpExporterOptions exporter, string path)
    {
        // Otherwise the standard variables say it all.
        if (!options.Value.HasEndpoint)
            return;
        exporter.Protocol = OtlpExportProtocol.HttpProtobuf;
        exporter.Endpoint = new Uri($"{options.Value.Endpoint!.TrimEnd('/')}/{path}");
    }
}

internal static class TelemetryRegistration
{
    /// <summary>Nothing of it is loaded where no collector is named.</summary>
    public static IServiceCollection AddTelemetryExport(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton<IValidateOptions<TelemetryOptions>, TelemetryOptionsCheck>();
        services.AddOptions<TelemetryOptions>().Bind(configuration.GetSection(TelemetryOptions.Section)).ValidateOnStart();
        if (!string.IsNullOrWhiteSpace(configuration[$"{TelemetryOptions.Section}:{nameof(TelemetryOptions.Endpoint)}"]) || !string.IsNullOrWhiteSpace(configuration[TelemetryOptions.StandardEndpoint]))
            services.AddHostedService<TelemetryExport>();
        return services;
    }
}
