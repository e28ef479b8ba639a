using Microsoft.Extensions.Options;

namespace Recipes.Host;

/// <summary>When sweeps come. Section <c>Schedules</c>.</summary>
/// <exception cref="OptionsValidationException">At start-up, when a value is out of range.</exception>
internal sealed class SchedulesOptions
{
    public const string Section = "Schedules";

    /// <summary>How often single sweeps come, by their names (<c>Schedules:Every:device-flows</c>), where it is to be otherwise than they say.</summary>
    /// <value>1 second to 7 days; 0 leaves a sweep out.</value>
    public Dictionary<string, TimeSpan> Every { get; } = [];

    /// <summary>How long a host that stops waits for sweeps to end, before it cancels them.</summary>
    /// <value>0 to 1 minute, default 5 seconds.</value>
    public TimeSpan StopWait { get; set; } = TimeSpan.FromSeconds(5);
}

internal sealed class SchedulesOptionsCheck(Sweeps sweeps) : IValidateOptions<SchedulesOptions>
{
    public ValidateOptionsResult Validate(string? name, SchedulesOptions options)
    {
        List<string> faults = [];
        foreach (var (sweep, every) in options.Every)
        {
            if (sweeps.All.All(s => s.Name != sweep))
                faults.Add($"{SchedulesOptions.Section}:{nameof(options.Every)}:{sweep}: there is no such sweep. Known: {string.Join(", ", sweeps.All.Select(s => s.Name).Order())}.");
            if (every != TimeSpan.Zero && (every < TimeSpan.FromSeconds(1) || every > TimeSpan.FromDays(7)))
                faults.Add($"{SchedulesOptions.Section}:{nameof(options.Every)}:{sweep} must be 1 second to 7 days, or 0 to leave it out.");
        }

        if (options.StopWait < TimeSpan.Zero || options.StopWait > TimeSpan.FromMinutes(1))
            faults.Add($"{SchedulesOptions.Section}:{nameof(options.StopWait)} must be 0 to 1 minute.");
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }
}
