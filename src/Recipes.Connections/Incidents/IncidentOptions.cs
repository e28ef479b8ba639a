namespace Recipes.Connections;

/// <summary>When refusals are taken for the provider's trouble. Section <c>Incidents</c>.</summary>
public sealed class IncidentOptions
{
    public const string Section = "Incidents";

    /// <summary>How many accounts have to be refused, that had been accepted before.</summary>
    /// <value>2 to 500, default 5. Several connections of one account, or of one user or customer, count once.</value>
    public int AtLeast { get; set; } = 5;

    /// <summary>What share of the connections tried at the same time they have to be.</summary>
    /// <value>Above 0 to 1, default 0.2.</value>
    public double Share { get; set; } = 0.2;

    /// <summary>How close together; for so long the alert of a lost connection waits where others could follow.</summary>
    /// <value>10 seconds to 1 hour, default 2 minutes.</value>
    public TimeSpan Window { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>Pause before it is tried for the first time whether an incident is over; it doubles with each try.</summary>
    /// <value>1 second to 1 hour, default 1 minute.</value>
    public TimeSpan FirstPause { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>The longest pause between two tries.</summary>
    /// <value><see cref="FirstPause"/> to 1 day, default 15 minutes.</value>
    public TimeSpan LongestPause { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>How many connections each try asks with.</summary>
    /// <value>1 to 20, default 3.</value>
    public int Canaries { get; set; } = 3;

    /// <summary>After how long it is no outage.</summary>
    /// <value>1 minute to 30 days, default 1 day.</value>
    public TimeSpan GiveUpAfter { get; set; } = TimeSpan.FromDays(1);

    internal TimeSpan PauseAfter(int tries)
    {
        var pause = FirstPause * Math.Pow(2, Math.Min(tries, 30));
        return pause < LongestPause ? pause : LongestPause;
    }
}
