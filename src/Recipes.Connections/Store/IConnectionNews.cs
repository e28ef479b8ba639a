namespace Recipes.Connections;

/// <summary>Is told at once what another node changed, by a store that nodes share. What is told may be late, doubled or of this node's own doing; nothing may depend on its coming.</summary>
public interface IConnectionNews
{
    /// <summary>A connection was made, changed or removed.</summary>
    void ConnectionChanged(ConnectionId connection, ConnectionDefinitionId definition, Owner owner);

    /// <summary>A definition was made, changed or removed.</summary>
    void DefinitionChanged(ConnectionDefinitionId definition, TenantId tenant, StableKey key);

    /// <summary>Nothing was heard for a while: whatever is remembered may be out of date.</summary>
    void AnythingMayHaveChanged();
}
