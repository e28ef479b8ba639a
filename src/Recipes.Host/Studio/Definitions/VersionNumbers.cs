namespace Recipes.Host;

/// <summary>Which number a version of a recipe has for people: 1 is the first that was published.</summary>
internal sealed class VersionNumbers
{
    /// <param name="version">As of <see cref="Engine.Recipe.Version"/>.</param>
    public ValueTask<int> FindAsync(string recipe, string version, CancellationToken cancellationToken) => new(1);
}
