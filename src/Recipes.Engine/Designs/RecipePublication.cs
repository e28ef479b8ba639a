namespace Recipes.Engine;

/// <summary>A version of a recipe's file that was published, here or by whoever changed the folder.</summary>
/// <param name="Number">1 for the first one.</param>
/// <param name="Version">As of <see cref="Recipe.Version"/>.</param>
/// <param name="By">Who published it; null where the file was changed in the folder.</param>
public sealed record RecipePublication(string Recipe, int Number, string Version, DateTimeOffset At, string? By);

/// <summary>A version of a file that is to be remembered.</summary>
public sealed record NewPublication(string Recipe, string Version, ReadOnlyMemory<byte> Source, DateTimeOffset At, string? By);
