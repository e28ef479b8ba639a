namespace Recipes.Connectors;

/// <summary>A template that is right in itself could not be filled in with the data at hand. The message is fit for the recipe's author.</summary>
public sealed class TemplateException : Exception
{
    public TemplateException(string message, string? path = null)
        : base(message) => Path = path;

    /// <summary>The path without a value, as the template writes it; null when something else was wrong.</summary>
    public string? Path { get; }

    internal static TemplateException Missing(string path) => new($"'{path}' has no value. Give it one, or write {{{{default {path} '…'}}}} where it may be missing.", path);
}
