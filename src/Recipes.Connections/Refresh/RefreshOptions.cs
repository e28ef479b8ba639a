namespace Recipes.Connections;

/// <summary>How refreshes go on several nodes. Section <c>Refresh</c>.</summary>
public sealed class RefreshOptions
{
    /// <summary>How much longer than its requests a node may hold a connection's refresh: the time to store the reply, and the longest that another node waits once a node has died in the middle.</summary>
    /// <value>1 second to 10 minutes, default 20 seconds.</value>
    public TimeSpan LeaseMargin { get; set; } = TimeSpan.FromSeconds(20);
}
