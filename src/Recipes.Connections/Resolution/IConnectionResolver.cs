namespace Recipes.Connections;

/// <summary>Finds the connection for every key of a run, once, before any step.</summary>
public interface IConnectionResolver
{
    ValueTask<ConnectionResolution> ResolveAsync(ConnectionRequest request, CancellationToken cancellationToken);
}
