namespace Recipes.Connections;

/// <summary>Which scopes whoever connects may choose among, and what comes of their choice.</summary>
/// <remarks>What the definition names, and what the provider requires, is the most that may be asked for; a scope of it that the scheme does not describe stays fixed.</remarks>
public static class ScopeSelection
{
    /// <summary>What is on offer, in the order of the definition, else of the scheme. <see cref="ScopeChoice.Default"/> ones are chosen unless something else is said, <see cref="ScopeChoice.Required"/> ones always.</summary>
    public static IReadOnlyList<ScopeChoice> Offer(OAuth2Scheme scheme, ConnectionDefinition definition) => definition.Scopes.Count == 0
        ? scheme.ScopeChoices
        : [
            .. definition.Scopes.Distinct().Select(name => scheme.ScopeChoices.FirstOrDefault(c => c.Name == name) is { } known ? known with { Default = true } : new ScopeChoice(name, Required: true)),
            .. scheme.ScopeChoices.Where(c => c.Required && !definition.Scopes.Contains(c.Name)),
        ];

    /// <summary>The scopes to ask for.</summary>
    /// <param name="chosen">What was chosen, without the required ones or with them; null means the defaults.</param>
    /// <exception cref="FormatException">When something was chosen that is not on offer; the message says what is.</exception>
    public static IReadOnlyList<string> Choose(OAuth2Scheme scheme, ConnectionDefinition definition, IReadOnlyCollection<string>? chosen)
    {
        var offer = Offer(scheme, definition);
        if (chosen?.FirstOrDefault(name => !offer.Any(o => o.Name == name)) is { } foreign)
            throw new FormatException(offer.Count == 0
                ? $"The connection definition '{definition.Key}' offers no scopes to choose among, '{Shorten(foreign)}' cannot be asked for."
                : $"'{Shorten(foreign)}' cannot be asked for under '{definition.Key}': choose among {string.Join(", ", offer.Select(o => o.Name))}.");
        return [.. offer.Where(o => o.Required || (chosen?.Contains(o.Name) ?? o.Default)).Select(o => o.Name)];
    }

    /// <summary>What was asked for, or its definition needs, and was not granted: as far as that was compared, else what was asked for only.</summary>
    public static IReadOnlyList<string> Missing(ConnectionRecord record) => record switch
    {
        { MissingScopes: { } compared } => compared,
        { RequestedScopes: { } asked, GrantedScopes: { } granted } => [.. asked.Except(granted, StringComparer.Ordinal)],
        _ => [],
    };

    /// <summary>What was asked for, or nobody can leave out, and is not among the granted scopes, nor contained in one of them; empty where it is not known what was granted.</summary>
    /// <param name="more">Further ones that are needed.</param>
    public static IReadOnlyList<string> Missing(OAuth2Scheme scheme, ConnectionDefinition definition, ConnectionRecord record, IReadOnlyList<string> more) => record.GrantedScopes is { } granted
        ? Lacking(scheme, granted, [.. Offer(scheme, definition).Where(o => o.Required).Select(o => o.Name).Concat(record.RequestedScopes ?? []).Concat(more).Distinct(StringComparer.Ordinal)])
        : [];

    /// <summary>What is needed and not among the granted scopes, nor contained in one of them.</summary>
    public static IReadOnlyList<string> Lacking(OAuth2Scheme scheme, IReadOnlyList<string> granted, IReadOnlyList<string> needed)
    {
        if (needed.All(granted.Contains))
            return [];
        var has = new HashSet<string>(granted, StringComparer.Ordinal);
        var open = new Queue<string>(granted);
        while (open.TryDequeue(out var name))
        {
            foreach (var contained in scheme.ScopeChoices.FirstOrDefault(c => c.Name == name)?.Includes ?? [])
            {
                if (has.Add(contained))
                    open.Enqueue(contained);
            }
        }

        return [.. needed.Where(n => !has.Contains(n))];
    }

    private static string Shorten(string text) => text.Length <= 100 ? text : $"{text[..100]}…";
}
