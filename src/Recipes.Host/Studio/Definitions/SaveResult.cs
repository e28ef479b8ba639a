using System.Text.Json.Nodes;
using Recipes.Engine;

namespace Recipes.Host;

/// <summary>What came of saving or publishing a recipe.</summary>
internal abstract record SaveResult
{
    private SaveResult() { }

    /// <param name="Faults">What still keeps it from running: a draft may have some.</param>
    public sealed record Saved(DesignedVersion Version, JsonObject Source, IReadOnlyList<RecipeFault> Faults, IReadOnlyList<RecipeFault> Warnings) : SaveResult
    {
        /// <summary>Whether it was to be published, and is published just so already.</summary>
        public bool WasPublished { get; init; }
    }

    /// <summary>It was not published; the draft is kept.</summary>
    public sealed record Refused(IReadOnlyList<RecipeFault> Faults) : SaveResult;

    /// <summary>Somebody else has changed it meanwhile; nothing was stored.</summary>
    public sealed record Conflict(string Reason) : SaveResult;

    /// <summary>It cannot be stored at all.</summary>
    public sealed record Invalid(string Reason) : SaveResult;

    public sealed record NotFound(string Recipe) : SaveResult;
}
