namespace Recipes.Connections;

/// <summary>Decides which connections a run uses, once, before any step runs.</summary>
public interface IConnectionResolver
{
    ValueTask<ConnectionResolution> ResolveAsync(ConnectionRequest request, CancellationToken cancellationToken);
}
