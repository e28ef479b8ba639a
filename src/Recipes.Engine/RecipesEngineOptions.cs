namespace Recipes.Engine;

/// <summary>Settings of the engine. Section <c>Runs</c>.</summary>
public sealed class RecipesEngineOptions
{
    public const string Section = "Runs";

    /// <summary>Folder that recipes are loaded from; made at start when it does not exist.</summary>
    public string RecipesFolder { get; set; } = "recipes";

    /// <summary>Most steps of one run, nested calls included.</summary>
    /// <value>1 to 1,000,000, default 10,000.</value>
    public int MaxSteps { get; set; } = 10_000;

    /// <summary>How deep calls of recipes may be nested.</summary>
    /// <value>0 (no recipe calls another) to 100, default 16.</value>
    public int MaxDepth { get; set; } = 16;

    /// <summary>Most data that one run may hold at once, nested calls included: inputs, variables, outputs and what its steps left.</summary>
    /// <value>1,000 to 1,000,000,000 bytes, about as JSON takes; default 16,000,000.</value>
    public long MaxRunSize { get; set; } = 16_000_000;

    /// <summary>Largest input of a call.</summary>
    /// <value>1,000 to <see cref="MaxRunSize"/> bytes, about as JSON takes; default 4,000,000.</value>
    public long MaxInputSize { get; set; } = 4_000_000;

    /// <summary>How long a run may take whose recipe says nothing of it (<c>customProperties.Recipes.timeLimit</c>).</summary>
    /// <value>1 second to 366 days; default null: no limit.</value>
    public TimeSpan? MaxRunTime { get; set; }

    /// <summary>How long the folder has to be quiet before it is read again.</summary>
    /// <value>Default 200 milliseconds.</value>
    public TimeSpan Quiet { get; set; } = TimeSpan.FromMilliseconds(200);

    /// <summary>How often the folder is looked through even when no change was reported: some file systems report none.</summary>
    /// <value>Default 15 seconds.</value>
    public TimeSpan Rescan { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>Most runs that this node takes out of the queue at once.</summary>
    /// <value>1 to 10,000, default 64.</value>
    public int RunsAtOnce { get; set; } = 64;

    /// <summary>Most calls that wait for their run at this node at once; further ones are told to come back.</summary>
    /// <value>1 to 100,000, default 1,000.</value>
    public int CallsAtOnce { get; set; } = 1000;

    /// <summary>Most runs of a tenant that wait for room; further calls are told to come back.</summary>
    /// <value>1 to 10,000,000, default 100,000.</value>
    public int LongestQueue { get; set; } = 100_000;

    /// <summary>Most runs that go on at once, for each connector and node, after a connection that they were held for has healed.</summary>
    /// <value>1 to 1,000, default 8.</value>
    public int ResumedAtOnce { get; set; } = 8;

    /// <summary>Most runs at once with one connection, over all nodes; null for any number.</summary>
    public int? RunsPerConnection { get; set; }

    /// <summary>How often the queue is looked through even when nothing was reported.</summary>
    /// <value>10 milliseconds to 1 minute, default 1 second.</value>
    public TimeSpan LookEvery { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a call waits for its run to end before it is told that the run goes on by itself.</summary>
    /// <value>0 to 10 minutes, default 1 minute.</value>
    public TimeSpan LongestCall { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How long requests under way may take to end when the host stops.</summary>
    /// <value>0 to 5 minutes, default 10 seconds.</value>
    public TimeSpan StopGrace { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long runs are kept after their end.</summary>
    /// <value>1 hour to 10 years, default 90 days.</value>
    public TimeSpan KeepRunsFor { get; set; } = TimeSpan.FromDays(90);
}
