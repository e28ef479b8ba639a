namespace Recipes.Connections;

/// <summary>How long the past of connections is kept. Section <c>History</c>.</summary>
public sealed class HistoryOptions
{
    public const string Section = "History";

    /// <summary>Days that log entries, daily figures and alerts are kept.</summary>
    /// <value>1 to 3650, default 90.</value>
    public int KeepDays { get; set; } = 90;
}
