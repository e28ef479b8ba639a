namespace Recipes.Node;

/// <summary>What one node does. Section <c>Node</c>.</summary>
public sealed class NodeOptions
{
    /// <summary>Sent along with token requests (header X-Node).</summary>
    public required string Name { get; set; }

    /// <summary>Address of the authorization server.</summary>
    public required Uri Provider { get; set; }

    /// <summary>The only connection it calls through; null means all.</summary>
    public Guid? Connection { get; set; }

    /// <summary>How many callers each connection has here.</summary>
    public int Callers { get; set; } = 1;

    /// <summary>How long a caller waits between two calls, on average, in milliseconds.</summary>
    public int Pause { get; set; } = 100;

    /// <summary>Where it kills itself.</summary>
    public CrashPoint Crash { get; set; }
}
