namespace Recipes.Connections;

/// <summary>What a provider answered to a request for a token, or that it did not.</summary>
internal abstract record OAuth1Reply
{
    private OAuth1Reply() { }

    /// <param name="TokenSecret">Null where the provider gave an empty one.</param>
    public sealed record Granted(Secret Token, Secret? TokenSecret, OAuth1ReplyBody Body) : OAuth1Reply
    {
        /// <summary>The tokens as they are kept, with the secrets captured beside them.</summary>
        public TokenSet ToTokens(IReadOnlyDictionary<string, Secret> captured, DateTimeOffset now)
        {
            var values = new Dictionary<string, Secret>(captured);
            if (TokenSecret is not null)
                values[TokenSet.TokenSecret] = TokenSecret;
            var life = Body.LifeSpan;
            return new TokenSet(Token, null, life is null ? null : now + life, life, null) { Values = values, IssuedAt = now };
        }
    }

    public sealed record Refused(Failure Failure) : OAuth1Reply;
}
