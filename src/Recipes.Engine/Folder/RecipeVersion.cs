using System.Security.Cryptography;

namespace Recipes.Engine;

/// <summary>Tells versions of a recipe's file apart.</summary>
public static class RecipeVersion
{
    /// <summary>First 12 hexadecimal digits of the SHA-256.</summary>
    public static string Of(ReadOnlySpan<byte> file) => Convert.ToHexStringLower(SHA256.HashData(file))[..12];
}
