namespace Recipes.Connections;

/// <summary>Work that comes again and again and looks for what is due. Nodes may run it side by side: it claims what it works on.</summary>
public interface ISweep
{
    /// <summary>A name of its own, for the log and the schedule: lower case with hyphens.</summary>
    string Name { get; }

    /// <summary>How often it comes, over all nodes together.</summary>
    /// <value>1 second or more.</value>
    TimeSpan Every { get; }

    /// <summary>Does what is due now. What it throws is logged, and it comes again.</summary>
    Task RunAsync(CancellationToken cancellationToken);
}
