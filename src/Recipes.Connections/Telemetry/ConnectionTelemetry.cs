using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Text.Json;

namespace Recipes.Connections;

/// <summary>What connections measure of themselves: one meter and one source of spans, both named <see cref="Name"/>. Costs next to nothing as long as nobody listens.</summary>
/// <remarks>Tags are few and bounded: connectors, kinds, outcomes. No id, no address and nothing that a provider said is among them.</remarks>
public static class ConnectionTelemetry
{
    public const string Name = "Recipes.Connections";

    internal const string ConnectorTag = "recipes.connector";
    internal const string OutcomeTag = "recipes.outcome";
    internal const string KindTag = "recipes.kind";

    private static readonly Meter s_meter = new(Name);
    private static readonly Counter<long> s_refreshes = s_meter.CreateCounter<long>("recipes.connection.refreshes", "{refresh}", "Requests for new tokens without a person, by outcome.");
    private static readonly Counter<long> s_probes = s_meter.CreateCounter<long>("recipes.connection.probes", "{probe}", "Probes, by outcome.");
    private static readonly Counter<long> s_failures = s_meter.CreateCounter<long>("recipes.connection.failures", "{failure}", "Calls, refreshes and probes that failed, by what went wrong.");
    private static readonly Counter<long> s_deliveries = s_meter.CreateCounter<long>("recipes.alert.deliveries", "{delivery}", "Tries to deliver an alert, by outcome.");
    private static readonly Histogram<double> s_leaseWaits = Durations("recipes.connection.lease.wait", "How long callers waited because another node refreshed.", [.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30]);
    private static readonly Histogram<double> s_heals = Durations("recipes.connection.heal.duration", "How long lost connections were lost until they worked again.", [60, 300, 900, 3600, 14_400, 43_200, 86_400, 259_200, 604_800]);
    private static readonly Histogram<double> s_sweeps = Durations("recipes.sweep.duration", "How long one round of a sweep took.", [.01, .1, .5, 1, 5, 15, 60, 300, 900, 3600]);

    /// <summary>Spans are named after what is done; who is meant is not in them.</summary>
    internal static ActivitySource Activities { get; } = new(Name);

    /// <summary>Somebody waited for the lease of a refresh that another holds.</summary>
    internal static void LeaseWaited(TimeSpan waited, LeaseWaitOutcome outcome) => s_leaseWaits.Record(waited.TotalSeconds, Tag(OutcomeTag, Text(outcome)));

    /// <summary>The provider was asked for new tokens.</summary>
    /// <param name="failure">Null when it gave them.</param>
    internal static void Refreshed(string connector, Failure? failure)
    {
        s_refreshes.Add(1, Tag(ConnectorTag, connector), Outcome(failure));
        CountFailure(connector, "refresh", failure);
    }

    /// <param name="failure">Null when it went through.</param>
    internal static void Probed(string connector, Failure? failure)
    {
        s_probes.Add(1, Tag(ConnectorTag, connector), Outcome(failure));
        CountFailure(connector, "probe", failure);
    }

    /// <summary>A call through a connection failed.</summary>
    internal static void CallFailed(string connector, Failure failure) => CountFailure(connector, "call", failure);

    /// <summary>A lost connection works again.</summary>
    internal static void Healed(string connector, TimeSpan lostFor) => s_heals.Record(Math.Max(0, lostFor.TotalSeconds), Tag(ConnectorTag, connector));

    /// <param name="channel">Way that it went, <c>webhook</c> or <c>mail</c>.</param>
    internal static void AlertSent(string channel, string type, string outcome) => s_deliveries.Add(1, Tag("recipes.channel", channel), Tag(KindTag, type), Tag(OutcomeTag, outcome));

    internal static Activity? StartProbe(string connector) => Activities.StartActivity("connection probe")?.SetTag(ConnectorTag, connector);

    /// <summary>A round of a sweep begins; what it does is below it.</summary>
    internal static Activity? StartSweep(string sweep) => Activities.StartActivity("sweep")?.SetTag("recipes.sweep", sweep);

    /// <summary>A round of a sweep is over.</summary>
    internal static void Swept(string sweep, TimeSpan took, bool failed) => s_sweeps.Record(took.TotalSeconds, Tag("recipes.sweep", sweep), Tag(OutcomeTag, failed ? "failed" : "ok"));

    /// <summary>Says on a span how it ended.</summary>
    internal static void End(this Activity? activity, Failure? failure)
    {
        if (activity is null)
            return;
        activity.SetTag(OutcomeTag, failure is null ? "ok" : "failed");
        if (failure is null)
            return;
        activity.SetTag(KindTag, Text(failure.Kind));
        if (failure.Status is { } status)
            activity.SetTag("http.response.status_code", status);
        activity.SetStatus(ActivityStatusCode.Error);
    }

    private static void CountFailure(string connector, string operation, Failure? failure)
    {
        if (failure is not null)
            s_failures.Add(1, Tag(ConnectorTag, connector), Tag("recipes.operation", operation), Tag(KindTag, Text(failure.Kind)));
    }

    private static Histogram<double> Durations(string name, string description, double[] bounds) =>
        s_meter.CreateHistogram(name, "s", description, advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = bounds });

    private static KeyValuePair<string, object?> Outcome(Failure? failure) => Tag(OutcomeTag, failure is null ? "ok" : "failed");

    private static KeyValuePair<string, object?> Tag(string name, string value) => new(name, value);

    private static string Text<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.CamelCase.ConvertName(value.ToString());
}
