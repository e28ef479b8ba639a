namespace Recipes.Connections;

/// <summary>When and how connections are checked without anybody asking.</summary>
public sealed class RevalidationOptions
{
    public const string Section = "Revalidation";

    /// <summary>The shortest time between two checks of one connection that anybody can ask for.</summary>
    public static readonly TimeSpan Shortest = TimeSpan.FromSeconds(10);

    /// <summary>How often a connection is checked, where neither its definition nor its connector says otherwise.</summary>
    /// <value>10 seconds or more, default 1 day.</value>
    public TimeSpan Every { get; set; } = TimeSpan.FromDays(1);

    /// <summary>How often it is looked for connections that are due.</summary>
    /// <value>1 second to 1 hour, default 5 seconds.</value>
    public TimeSpan Interval { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a suspect is left alone before the one probe that decides.</summary>
    /// <value>0 to 1 day, default 30 seconds. Real apps lock accounts after a few wrong tries.</value>
    public TimeSpan SuspectPause { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How many checks call one host at the same time, on one node.</summary>
    /// <value>1 or more, default 4.</value>
    public int MostPerHost { get; set; } = 4;

    /// <summary>How many checks run at the same time, on one node.</summary>
    /// <value>1 to 1000, default 64.</value>
    public int AtOnce { get; set; } = 64;

    /// <summary>How long a refresh token may lie unused before a check uses it: many providers let those die that nobody uses.</summary>
    /// <value>10 seconds or more, default 7 days.</value>
    public TimeSpan KeepAlive { get; set; } = TimeSpan.FromDays(7);

    /// <summary>How long before access ends for good it is told.</summary>
    /// <value>0 or more, default 7 days.</value>
    public TimeSpan TellBefore { get; set; } = TimeSpan.FromDays(7);

    /// <summary>How often the figures of uses are written down.</summary>
    /// <value>1 second to 1 hour, default 1 minute.</value>
    public TimeSpan FiguresEvery { get; set; } = TimeSpan.FromMinutes(1);
}
