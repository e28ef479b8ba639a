using System.Text.Json;

namespace Recipes.Connections.Tests;

/// <summary>Published test vectors of OAuth 1.0, each with its source (oauth1-vectors.json).</summary>
internal sealed record Vectors(
    Vectors.SignatureVector[] Signatures, Vectors.SignatureVector[] RawBaseStrings, Vectors.SignatureVector[] Rsa, Vectors.AddressVectors Addresses, Vectors.ParameterVectors Parameters,
    Vectors.EncodingVectors PercentEncoding, Vectors.BodyHashVector[] BodyHashes, string[] NotSignatures)
{
    public static Vectors All { get; } = Read();

    private static Vectors Read()
    {
        using var stream = typeof(Vectors).Assembly.GetManifestResourceStream("oauth1-vectors.json")!;
        return JsonSerializer.Deserialize<Vectors>(stream, JsonSerializerOptions.Web)!;
    }

    internal sealed record SignatureVector(
        string Name, string? Method, string? Address, string[][]? Parameters, string? ConsumerSecret, string? TokenSecret, string? PrivateKey, string SignatureMethod, string? BaseString, string Signature);

    internal sealed record AddressVectors(AddressVector[] Valid, string[] Invalid);

    internal sealed record AddressVector(string Input, string Expected);

    internal sealed record ParameterVectors(string Query, string Body, string Authorization, string[][] Collected, string Normalized, string BaseString);

    internal sealed record EncodingVectors(EncodingVector[] Cases);

    internal sealed record EncodingVector(string Raw, string Encoded);

    internal sealed record BodyHashVector(string Name, string Body, string Hash);
}
