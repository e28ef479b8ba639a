namespace Recipes.Connections;

/// <summary>Method and address as a journal may show them.</summary>
internal static class RequestLine
{
    private static readonly string[] s_secretNames = ["token", "secret", "password", "passwd", "pwd", "key", "signature", "sig", "auth", "credential", "code", "session"];

    /// <summary>Taken before a credential is applied, so that a key in the query is not in it; parameters that sound secret are masked all the same.</summary>
    public static string Of(HttpMethod method, Uri address)
    {
        // The text is there already where nothing has to be left out.
        if (address.Query.Length <= 1 && address.Fragment.Length == 0 && address.UserInfo.Length == 0)
            return $"{method.Method} {address.AbsoluteUri.TrimEnd('?')}";
        // Not GetLeftPart: that would show a user name and password.
        var place = $"{method} {address.Scheme}://{address.Authority}{address.AbsolutePath}";
        if (address.Query.Length <= 1)
            return place;
        var pairs = address.Query[1..].Split('&').Select(pair =>
        {
            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            return equals > 0 && Array.Exists(s_secretNames, n => pair.AsSpan(0, equals).Contains(n, StringComparison.OrdinalIgnoreCase)) ? $"{pair[..equals]}=***" : pair;
        });
        return $"{place}?{string.Join('&', pairs)}";
    }
}
