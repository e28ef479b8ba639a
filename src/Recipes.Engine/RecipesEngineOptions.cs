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

    /// <summary>How long the folder has to be quiet before it is read again.</summary>
    /// <value>Default 200 milliseconds.</value>
    public TimeSpan Quiet { get; set; } = TimeSpan.FromMilliseconds(200);

    /// <summary>How often the folder is looked through even when no change was reported: some file systems report none.</summary>
    /// <value>Default 15 seconds.</value>
    public TimeSpan Rescan { get; set; } = TimeSpan.FromSeconds(15);
}
