using System.Text.Json.Serialization;

namespace Recipes.Host;

/// <summary>What <c>/health</c> answers. A stranger gets the status alone.</summary>
/// <param name="Status"><c>ok</c>; <c>degraded</c>, when something does not go as it should and requests are served all the same; <c>failing</c>.</param>
internal sealed record HealthReply(string Status)
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DatabasePart? Database { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public KeyRingPart? KeyRing { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public SchedulesPart? Schedules { get; init; }

    /// <param name="HearsOthers">Whether changes of other nodes are heard of at once; null where there are no others.</param>
    internal sealed record DatabasePart(bool Reachable, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] bool? HearsOthers);

    internal sealed record KeyRingPart(bool Usable);

    internal sealed record SchedulesPart(bool Running, IReadOnlyList<SweepPart> Sweeps);

    /// <summary>A sweep, and how it went on this node last; null where it has not run here yet.</summary>
    internal sealed record SweepPart(string Name, double EverySeconds, DateTimeOffset? StartedAt, DateTimeOffset? EndedAt, bool? Failed);
}
