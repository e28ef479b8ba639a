namespace Recipes.Connections;

/// <summary>A connection's connector, or its scheme, is not loaded: until an operator puts the file back nothing can be sent. The message says so and can be shown to a stranger.</summary>
public sealed class ConnectorGoneException(string message) : InvalidOperationException(message);
