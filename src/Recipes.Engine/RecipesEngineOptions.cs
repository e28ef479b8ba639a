namespace Recipes.Engine;

/// <summary>Settings of the engine.</summary>
public sealed class RecipesEngineOptions
{
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
}
