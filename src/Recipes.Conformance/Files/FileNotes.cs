namespace Recipes.Conformance;

/// <summary>What can be said of a connector without trying it.</summary>
internal static class FileNotes
{
    private static readonly string[] s_secretWords = ["secret", "password", "apikey", "privatekey", "accesskey", "token"];

    /// <summary>What is wrong, as problems of the scheme.</summary>
    public static IEnumerable<Problem> ProblemsOf(ConnectorProfile connector, AuthScheme scheme)
    {
        foreach (var field in connector.FieldsOf(scheme))
        {
            if (field is { Pattern: { } pattern, Example: { } example } && !PatternSample.Fits(pattern, example))
                yield return new(null, null, $"the example of the field '{field.Name}' fits its pattern", $"'{example}' does not fit {pattern}", "Put the example or the pattern right.");
            if (field is { Pattern: { } strict, Default: { Length: > 0 } usual } && !PatternSample.Fits(strict, usual))
                yield return new(null, null, $"the default of the field '{field.Name}' fits its pattern", $"'{usual}' does not fit {strict}", "Put the default or the pattern right.");
            if (field.Kind == FieldKind.Text && !field.Automatic && SoundsSecret(field) && connector.AddressesOf(scheme).Concat(connector.ProbeOf(scheme) is { } probe ? [new SchemeAddress("probe", probe.Path)] : []).FirstOrDefault(a => a.Template.Fields.Contains(field.Name)) is { } address)
            {
                yield return new(null, null, "no secret in an address", $"the plain field '{field.Name}' sounds like one, and the {address.What} shows it: it would be stored in the clear, logged and seen by recipes",
                    $"Make '{field.Name}' a field of kind secret and put it into the path or the query by 'apiKey' ('in: path', 'in: query') or 'apply'.");
            }
        }
    }

    /// <summary>What is worth knowing.</summary>
    public static IEnumerable<string> NotesOf(ConnectorProfile connector)
    {
        foreach (var scheme in connector.Schemes)
        {
            if (scheme is ApiKeyScheme { Location: ApiKeyLocation.Query } || scheme.Apply?.Query.Any(q => ReadsSecret(q.Value)) == true)
                yield return $"{scheme.Name}: a secret goes into the query of addresses, which servers on the way like to log. Use a header where the app takes one.";
            if (scheme is OAuth2Scheme { TokenRequest.Body: TokenRequestBody.Query })
                yield return $"{scheme.Name}: token requests carry the code and the client's secret in the address.";
            if (connector.ProbeOf(scheme) is null)
                yield return $"{scheme.Name}: there is no probe, so a connection can only be tried by using it, and a suspicion is never cleared by itself.";
        }
    }

    private static bool ReadsSecret(CredentialTemplate template) => template.Source.Contains("secrets.", StringComparison.Ordinal) || template.Source.Contains("tokens.", StringComparison.Ordinal);

    private static bool SoundsSecret(Field field) => s_secretWords.Any(w => field.Name.Contains(w, StringComparison.OrdinalIgnoreCase));
}
