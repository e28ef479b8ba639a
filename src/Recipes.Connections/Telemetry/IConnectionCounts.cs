namespace Recipes.Connections;

/// <summary>How many connections are in trouble, over all tenants.</summary>
public interface IConnectionCounts
{
    Task<ConnectionCounts> CountAsync(CancellationToken cancellationToken);
}

/// <param name="Suspect">Refused once, and not yet decided.</param>
/// <param name="Lost">Broken until somebody does something.</param>
public sealed record ConnectionCounts(int Suspect, int Lost);
