namespace Recipes.Connections;

/// <summary>When connections are probed without anybody asking.</summary>
public sealed class ProbeOptions
{
    /// <summary>How long a suspect is left alone before the one probe that decides.</summary>
    /// <value>0 to 1 day, default 30 seconds. Real apps lock accounts after a few wrong tries.</value>
    public TimeSpan SuspectPause { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How often suspects are looked for.</summary>
    /// <value>1 second to 1 hour, default 5 seconds.</value>
    public TimeSpan SuspectInterval { get; set; } = TimeSpan.FromSeconds(5);
}
