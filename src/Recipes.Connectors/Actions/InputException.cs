namespace Recipes.Connectors;

/// <summary>An action cannot be sent with the inputs it was given. The message names the input and echoes no long value.</summary>
internal sealed class InputException(string message) : Exception(message);
