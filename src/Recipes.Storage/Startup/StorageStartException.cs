namespace Recipes.Storage;

/// <summary>The host may not start on this data folder. The message says what was found and what to do; it holds no secret.</summary>
public sealed class StorageStartException(string message, Exception? innerException = null) : Exception(message, innerException);
