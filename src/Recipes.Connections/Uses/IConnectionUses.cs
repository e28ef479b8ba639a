namespace Recipes.Connections;

/// <summary>Where connections ask who uses them; whoever runs recipes answers.</summary>
public interface IConnectionUses
{
    /// <param name="connection">One connection; null asks for all of the definition.</param>
    Task<ConnectionUses> FindAsync(ConnectionDefinition definition, Connection? connection, CancellationToken cancellationToken);

    /// <summary>The name of a recipe, for people; null when there is none of that id.</summary>
    string? NameOfRecipe(string id);
}

/// <summary>Where no recipes are run, nothing is used.</summary>
internal sealed class NoUses : IConnectionUses
{
    public Task<ConnectionUses> FindAsync(ConnectionDefinition definition, Connection? connection, CancellationToken cancellationToken) => Task.FromResult(new ConnectionUses([], []));

    public string? NameOfRecipe(string id) => null;
}
