namespace Recipes.Connections;

/// <summary>Finds the addresses of a provider for one connection. All of them passed the egress guard.</summary>
internal sealed class OAuth2Endpoints(EgressGuard guard)
{
    /// <exception cref="FormatException">When it has no valid address, or one that is not allowed; the message goes on after the name of the endpoint.</exception>
    public ValueTask<Uri> TokenAsync(OAuth2Scheme scheme, IReadOnlyDictionary<string, string> fields, CancellationToken cancellationToken) =>
        ValueTask.FromResult(Checked(scheme.TokenEndpoint?.RenderOrNull(fields)) ?? throw new FormatException("has no address: a field that it is made of has no value."));

    /// <summary>Where tokens are refreshed: an address of its own, or the token endpoint.</summary>
    /// <exception cref="FormatException">As <see cref="TokenAsync"/>.</exception>
    public ValueTask<Uri> RefreshAsync(OAuth2Scheme scheme, IReadOnlyDictionary<string, string> fields, CancellationToken cancellationToken) =>
        Checked(scheme.RefreshEndpoint?.RenderOrNull(fields)) is { } own ? ValueTask.FromResult(own) : TokenAsync(scheme, fields, cancellationToken);

    /// <summary>RFC 7009; null when the provider has none.</summary>
    /// <exception cref="FormatException">As <see cref="TokenAsync"/>.</exception>
    public ValueTask<Uri?> RevocationAsync(OAuth2Scheme scheme, IReadOnlyDictionary<string, string> fields, CancellationToken cancellationToken) =>
        ValueTask.FromResult(Checked(scheme.RevocationEndpoint?.RenderOrNull(fields)));

    /// <summary>RFC 7662; null when the provider has none.</summary>
    /// <exception cref="FormatException">As <see cref="TokenAsync"/>.</exception>
    public ValueTask<Uri?> IntrospectionAsync(OAuth2Scheme scheme, IReadOnlyDictionary<string, string> fields, CancellationToken cancellationToken) =>
        ValueTask.FromResult(Checked(scheme.IntrospectionEndpoint?.RenderOrNull(fields)));

    /// <summary>The issuer's name, exactly as the provider writes it; null when it is not known.</summary>
    public ValueTask<string?> IssuerAsync(OAuth2Scheme scheme, IReadOnlyDictionary<string, string> fields, CancellationToken cancellationToken) =>
        ValueTask.FromResult(scheme.Issuer?.RenderOrNull(fields));

    private Uri? Checked(string? text)
    {
        if (text is null)
            return null;
        if (!Uri.TryCreate(text, UriKind.Absolute, out var address))
            throw new FormatException("is no absolute address.");
        return guard.Check(address) is { } wrong ? throw new FormatException($"{wrong}.") : address;
    }
}
