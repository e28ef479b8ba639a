using Microsoft.Extensions.Options;

namespace Recipes.Host;

/// <summary>Where metrics and traces go. Section <c>OpenTelemetry</c>; without an endpoint nothing is collected.</summary>
internal sealed class TelemetryOptions
{
    public const string Section = "OpenTelemetry";

    /// <summary>The standard variable, which counts where <see cref="Endpoint"/> is not given; with it go the other standard variables (protocol, headers).</summary>
    public const string StandardEndpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";

    /// <summary>Address of a collector that takes OTLP over HTTP, such as <c>http://127.0.0.1:4318</c>.</summary>
    public string? Endpoint { get; set; }

    /// <summary>How often metrics are sent.</summary>
    /// <value>1 second to 1 hour, default 1 minute.</value>
    public TimeSpan Interval { get; set; } = TimeSpan.FromMinutes(1);

    public bool HasEndpoint => !string.IsNullOrWhiteSpace(Endpoint);
}

internal sealed class TelemetryOptionsCheck : IValidateOptions<TelemetryOptions>
{
    public ValidateOptionsResult Validate(string? name, TelemetryOptions options)
    {
        List<string> faults = [];
        if (options.HasEndpoint && (!Uri.TryCreate(options.Endpoint, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https")))
            faults.Add($"{TelemetryOptions.Section}:{nameof(options.Endpoint)} is no http address: write for instance http://127.0.0.1:4318.");
        if (options.Interval < TimeSpan.FromSeconds(1) || options.Interval > TimeSpan.FromHours(1))
            faults.Add($"{TelemetryOptions.Section}:{nameof(options.Interval)} must be 1 second to 1 hour.");
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }
}
