namespace Recipes.Connections;

/// <summary>How a shared secret is written; the bytes it stands for sign.</summary>
public enum KeyEncoding
{
    /// <summary>The text's own bytes, in UTF-8.</summary>
    Text,
    Hex,
    Base64,
}
