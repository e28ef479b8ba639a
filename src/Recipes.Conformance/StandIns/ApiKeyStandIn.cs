namespace Recipes.Conformance;

/// <summary>An app that takes a key with every request.</summary>
internal sealed class ApiKeyStandIn(ConnectorProfile connector, ApiKeyScheme scheme, SampleAccount account, TimeProvider time) : StandIn(connector, scheme, account, time)
{
    public override bool PutsIntoPath => scheme.Location == ApiKeyLocation.Path || base.PutsIntoPath;

    protected override IEnumerable<WireFault> CheckCredential(ReceivedRequest request)
    {
        var name = scheme.ParameterName?.Render(Fields) ?? "";
        var key = Account.Secrets[scheme.KeyField];
        var prefix = scheme.Prefix?.Render(Fields) ?? "";
        var (place, seen) = scheme.Location switch
        {
            ApiKeyLocation.Header => ($"the header {name}: {prefix}<{scheme.KeyField}>", request.Header(name)),
            ApiKeyLocation.Query => ($"the query parameter {name}=<{scheme.KeyField}>", request.Query.LastOrDefault(q => q.Key == name).Value),
            ApiKeyLocation.Body => ($"'{name}' with <{scheme.KeyField}> in the body", ApplyCheck.Member(request, name)),
            ApiKeyLocation.Path => ($"the path {BaseAddress.AbsolutePath}{prefix}<{scheme.KeyField}>/…", request.Path.StartsWith($"{BaseAddress.AbsolutePath}{prefix}{key}/", StringComparison.Ordinal) ? prefix + key : null),
            _ => throw new KitException($"The kit does not know a key in {scheme.Location}."),
        };
        if (seen is null)
        {
            yield return new(place, $"{request.Method} {request.RawPath} came without it",
                scheme.Location == ApiKeyLocation.Body && request.Method is "GET" or "HEAD" ? $"A {request.Method} has no body to put the key into: give the probe 'method: POST'." : "Look at 'in' and 'parameterName'.");
        }
        else if (seen != prefix + key)
        {
            yield return new(place, "another value came", seen.EndsWith(key, StringComparison.Ordinal) ? "Look at 'prefix'; a space at its end has to be written." : "Look at 'keyField'.");
        }

        foreach (var fault in CheckApply(request))
            yield return fault;
    }
}
