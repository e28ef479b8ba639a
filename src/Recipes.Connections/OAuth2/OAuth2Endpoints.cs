namespace Recipes.Connections;

/// <summary>Where consent begins.</summary>
/// <param name="Pushed">Where the request is pushed to first; null where it goes with the browser.</param>
/// <param name="CallbackIssuer">The issuer that the callback has to name; null when it need not.</param>
/// <param name="TakesS256">Whether the provider takes PKCE as far as is known.</param>
internal sealed record ConsentEndpoints(Uri Authorization, Uri? Pushed, string? CallbackIssuer, bool TakesS256);

/// <summary>Finds the addresses of a provider for one connection: those that the connector declares, else those that the issuer publishes. All of them passed the egress guard.</summary>
internal sealed class OAuth2Endpoints(EgressGuard guard, IssuerDirectory issuers)
{
    /// <exception cref="FormatException">When it has no valid address, or one that is not allowed; the message goes on after the name of the endpoint.</exception>
    /// <exception cref="DiscoveryException">When the issuer's metadata cannot be had.</exception>
    public async ValueTask<Uri> TokenAsync(OAuth2Scheme scheme, IReadOnlyDictionary<string, string> fields, CancellationToken cancellationToken) =>
        await FindAsync(scheme.TokenEndpoint, m => m.TokenEndpoint, scheme, fields, cancellationToken) ?? throw new FormatException("has no address.");

    /// <summary>Where tokens are refreshed: an address of its own, or the token endpoint.</summary>
    /// <exception cref="FormatException">As <see cref="TokenAsync"/>.</exception>
    /// <exception cref="DiscoveryException">As <see cref="TokenAsync"/>.</exception>
    public ValueTask<Uri> RefreshAsync(OAuth2Scheme scheme, IReadOnlyDictionary<string, string> fields, CancellationToken cancellationToken) =>
        Checked(scheme.RefreshEndpoint?.RenderOrNull(fields)) is { } own ? ValueTask.FromResult(own) : TokenAsync(scheme, fields, cancellationToken);

    /// <summary>RFC 7009; null when the provider has none.</summary>
    /// <exception cref="FormatException">As <see cref="TokenAsync"/>.</exception>
    /// <exception cref="DiscoveryException">As <see cref="TokenAsync"/>.</exception>
    public ValueTask<Uri?> RevocationAsync(OAuth2Scheme scheme, IReadOnlyDictionary<string, string> fields, CancellationToken cancellationToken) =>
        FindAsync(scheme.RevocationEndpoint, m => m.RevocationEndpoint, scheme, fields, cancellationToken);

    /// <summary>RFC 7662; null when the provider has none.</summary>
    /// <exception cref="FormatException">As <see cref="TokenAsync"/>.</exception>
    /// <exception cref="DiscoveryException">As <see cref="TokenAsync"/>.</exception>
    public ValueTask<Uri?> IntrospectionAsync(OAuth2Scheme scheme, IReadOnlyDictionary<string, string> fields, CancellationToken cancellationToken) =>
        FindAsync(scheme.IntrospectionEndpoint, m => m.IntrospectionEndpoint, scheme, fields, cancellationToken);

    /// <summary>OpenID Connect's userinfo; null when the issuer publishes none.</summary>
    /// <exception cref="FormatException">As <see cref="TokenAsync"/>.</exception>
    /// <exception cref="DiscoveryException">As <see cref="TokenAsync"/>.</exception>
    public ValueTask<Uri?> UserInfoAsync(OAuth2Scheme scheme, IReadOnlyDictionary<string, string> fields, CancellationToken cancellationToken) =>
        FindAsync(null, m => m.UserInfoEndpoint, scheme, fields, cancellationToken);

    /// <summary>RFC 8628.</summary>
    /// <exception cref="FormatException">When there is none, or one that is not allowed; the message is a sentence.</exception>
    /// <exception cref="DiscoveryException">As <see cref="TokenAsync"/>.</exception>
    public async ValueTask<Uri> DeviceAuthorizationAsync(OAuth2Scheme scheme, IReadOnlyDictionary<string, string> fields, CancellationToken cancellationToken) =>
        await NamedAsync("device authorization endpoint", scheme.DeviceAuthorizationEndpoint, m => m.DeviceAuthorizationEndpoint, scheme, fields, cancellationToken)
        ?? throw new FormatException("The provider names no device authorization endpoint.");

    /// <exception cref="FormatException">As <see cref="DeviceAuthorizationAsync"/>.</exception>
    /// <exception cref="DiscoveryException">As <see cref="TokenAsync"/>.</exception>
    public async ValueTask<ConsentEndpoints> ConsentAsync(OAuth2Scheme scheme, IReadOnlyDictionary<string, string> fields, CancellationToken cancellationToken)
    {
        var metadata = await MetadataAsync(scheme, fields, cancellationToken);
        // Many announce it without every client being set up for it; so only where they insist.
        var pushed = await NamedAsync("endpoint for pushed authorization requests", scheme.PushedAuthorizationEndpoint, m => m.RequiresPush ? m.PushedAuthorizationEndpoint : null, scheme, fields, cancellationToken);
        return new(
            await NamedAsync("authorization endpoint", scheme.AuthorizationEndpoint, m => m.AuthorizationEndpoint, scheme, fields, cancellationToken) ?? throw new FormatException("The provider names no authorization endpoint."),
            pushed,
            scheme.Issuer?.RenderOrNull(fields) ?? (metadata is { NamesIssuerInCallback: true } ? metadata.Issuer : null),
            metadata?.TakesS256 ?? true);
    }

    /// <summary>The issuer's name, exactly as the provider writes it; null when it is not known.</summary>
    public ValueTask<string?> IssuerAsync(OAuth2Scheme scheme, IReadOnlyDictionary<string, string> fields, CancellationToken cancellationToken) =>
        ValueTask.FromResult(scheme.Issuer?.RenderOrNull(fields) ?? scheme.Discovery?.RenderOrNull(fields));

    private async ValueTask<Uri?> NamedAsync(
        string name, FieldTemplate? declared, Func<IssuerMetadata, Uri?> published, OAuth2Scheme scheme, IReadOnlyDictionary<string, string> fields, CancellationToken cancellationToken)
    {
        try
        {
            return await FindAsync(declared, published, scheme, fields, cancellationToken);
        }
        catch (FormatException e)
        {
            throw new FormatException($"The {name} {e.Message}", e);
        }
    }

    private async ValueTask<Uri?> FindAsync(FieldTemplate? declared, Func<IssuerMetadata, Uri?> published, OAuth2Scheme scheme, IReadOnlyDictionary<string, string> fields, CancellationToken cancellationToken)
    {
        if (declared?.RenderOrNull(fields) is { } text)
            return Checked(text);
        return await MetadataAsync(scheme, fields, cancellationToken) is { } metadata && published(metadata) is { } address ? Checked(address.AbsoluteUri) : null;
    }

    private async ValueTask<IssuerMetadata?> MetadataAsync(OAuth2Scheme scheme, IReadOnlyDictionary<string, string> fields, CancellationToken cancellationToken)
    {
        if (scheme.Discovery?.RenderOrNull(fields) is not { } issuer)
            return null;
        var (metadata, failure) = await issuers.FindAsync(issuer, cancellationToken);
        return metadata ?? throw new DiscoveryException(failure!);
    }

    private Uri? Checked(string? text)
    {
        if (text is null)
            return null;
        if (!Uri.TryCreate(text, UriKind.Absolute, out var address))
            throw new FormatException("is no absolute address.");
        return guard.Check(address) is { } wrong ? throw new FormatException($"{wrong}.") : address;
    }
}
