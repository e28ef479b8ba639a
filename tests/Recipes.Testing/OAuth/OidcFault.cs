namespace Recipes.Testing;

/// <summary>How requests to an <see cref="OidcProvider"/> fail.</summary>
public sealed record OidcFault
{
    /// <summary>The status answered; 500 by default.</summary>
    public int? Status { get; init; }

    /// <summary>The value of Retry-After: seconds or an HTTP date.</summary>
    public string? RetryAfter { get; init; }

    /// <summary>Only requests to this path fail, for example <c>/token</c>; null means all.</summary>
    public string? Path { get; init; }

    /// <summary>The body answered, as it stands.</summary>
    public string? Body { get; init; }

    /// <summary>The content type answered; text/plain by default.</summary>
    public string? Type { get; init; }

    /// <summary>Closes the connection instead of answering.</summary>
    public bool Drop { get; init; }

    /// <summary>Does the work first: with <see cref="Drop"/>, a reply that is lost on the way.</summary>
    public bool After { get; init; }

    /// <summary>Only each so-manieth request fails; null means each.</summary>
    public int? Every { get; init; }

    /// <summary>How often it fails before all is well again; null means always.</summary>
    public int? Times { get; init; }
}
