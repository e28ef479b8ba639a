namespace Recipes.Connections;

/// <summary>What a token endpoint answered, or that it did not.</summary>
internal abstract record TokenReply
{
    private TokenReply() { }

    /// <summary>New tokens. Store them before use: the old refresh token may already be dead.</summary>
    public sealed record Granted(TokenSet Tokens) : TokenReply;

    /// <summary>No tokens. The kind tells whether the grant, the client or the moment is to blame.</summary>
    public sealed record Refused(Failure Failure) : TokenReply;
}
