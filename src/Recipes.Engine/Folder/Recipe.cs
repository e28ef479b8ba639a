namespace Recipes.Engine;

/// <summary>A recipe as it is known now: what can run, and what is wrong with its file.</summary>
public sealed class Recipe
{
    /// <summary>File name without <c>.json</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The definition's own name, for people; null when it has none.</summary>
    public string? DisplayName { get; init; }
    public string? Description { get; init; }

    /// <summary>First 12 hexadecimal digits of the SHA-256 of the file that runs (of the newest one when none can run).</summary>
    public required string Version { get; init; }

    /// <summary>When the file that runs was loaded.</summary>
    public required DateTimeOffset LoadedAt { get; init; }

    /// <summary>Whether it begins with a Callable trigger, so that it may be called with a runtime user.</summary>
    public bool IsCallable => Plan?.IsCallable ?? false;

    /// <summary>What starts it other than calls; null when nothing does.</summary>
    public PlannedTrigger? Trigger => Plan?.Trigger;

    /// <summary>Whether there is a version that can run: the newest, or an older one kept because the newest has faults.</summary>
    public bool CanRun => Plan is not null;

    public IReadOnlyList<RecipeInput> Inputs => Plan?.Inputs ?? [];
    public IReadOnlyList<RecipeOutput> Outputs => Plan?.Outputs ?? [];

    /// <summary>Connections that it and every recipe it calls need.</summary>
    public IReadOnlyList<RecipeNeed> Needs { get; init; } = [];

    /// <summary>What is wrong with the newest file; empty when that is what runs.</summary>
    public IReadOnlyList<RecipeFault> Faults { get; init; } = [];

    /// <summary>What looks like a mistake but stops nothing.</summary>
    public IReadOnlyList<RecipeFault> Warnings { get; init; } = [];

    /// <summary>The newest file as it is on disk, UTF-8. Empty where it is too long to be read.</summary>
    public ReadOnlyMemory<byte> Source { get; init; }

    /// <summary>Version of that file, in the form of <see cref="Version"/>; the same one where it is what runs.</summary>
    public string SourceVersion { get; init; } = "";

    internal Plan? Plan { get; init; }

    /// <summary>Keys whose plain fields are read, by it or a recipe it calls.</summary>
    internal IReadOnlyList<Recipes.Connections.StableKey> FieldKeys { get; init; } = [];
}
