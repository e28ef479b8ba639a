using Recipes.Connections;

namespace Recipes.Bench;

/// <summary>Resolves once and says the same ever after: which connections a call uses is read from the database, and is not what storing a run costs.</summary>
internal sealed class KeptResolution(ConnectionResolver resolver) : IConnectionResolver
{
    private ConnectionResolution? _kept;

    public async ValueTask<ConnectionResolution> ResolveAsync(ConnectionRequest request, CancellationToken cancellationToken) =>
        _kept ??= await resolver.ResolveAsync(request, cancellationToken) as ConnectionResolution.Resolved ?? throw new InvalidOperationException("A connection is missing.");
}
