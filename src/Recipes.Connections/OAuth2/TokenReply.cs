namespace Recipes.Connections;

/// <summary>What a token endpoint answered, or that it did not.</summary>
internal abstract record TokenReply
{
    private TokenReply() { }

    /// <summary>Method and address of the request, without secrets; null where nothing was sent.</summary>
    public string? RequestLine { get; init; }

    /// <summary>New tokens. Store them before use: the old refresh token may already be dead.</summary>
    /// <param name="Document">The reply itself, to capture from; null where there was none.</param>
    public sealed record Granted(TokenSet Tokens, TokenReplyDocument? Document = null) : TokenReply
    {
        /// <summary>Plain fields of the connection that were captured from the reply.</summary>
        public IReadOnlyDictionary<string, string> Fields { get; init; } = new Dictionary<string, string>();
    }

    /// <summary>No tokens. The kind tells whether the grant, the client or the moment is to blame.</summary>
    public sealed record Refused(Failure Failure) : TokenReply
    {
        public TokenRequestFate Fate { get; init; } = TokenRequestFate.NotSent;
    }
}
