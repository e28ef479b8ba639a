using Recipes.Engine;

namespace Recipes.Host;

/// <summary>What came of writing a recipe's file.</summary>
internal abstract record FileWriteResult
{
    private FileWriteResult() { }

    /// <param name="IsNew">Whether there was none before.</param>
    public sealed record Written(Recipe Recipe, bool IsNew) : FileWriteResult;

    /// <summary>It cannot run, so it was not written.</summary>
    public sealed record Refused(IReadOnlyList<RecipeFault> Faults) : FileWriteResult;

    /// <summary>There is another file than whoever writes thought.</summary>
    /// <param name="Version">Its version; null when there is none.</param>
    public sealed record OtherVersion(string? Version) : FileWriteResult;
}
