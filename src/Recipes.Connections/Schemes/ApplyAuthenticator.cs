using System.Net.Http.Headers;

namespace Recipes.Connections;

/// <summary>Puts what <see cref="ApplyRules"/> declare on requests. What no request changes is rendered once.</summary>
internal sealed class ApplyAuthenticator : RequestAuthenticator
{
    private readonly ApplyRules _rules;
    private readonly SchemeInputs _inputs;
    private readonly RequestAuthenticator? _first;
    private readonly Part[] _headers;
    private readonly Part[] _query;
    private readonly Part[] _body;
    private readonly string? _path;

    /// <param name="first">The scheme's own way, applied before, or after where it signs; null when it has none.</param>
    /// <exception cref="FormatException">When something it needs has no value, or cannot be in a header.</exception>
    public ApplyAuthenticator(ApplyRules rules, SchemeInputs inputs, RequestAuthenticator? first)
    {
        (_rules, _inputs, _first) = (rules, inputs, first);
        var scope = new CredentialScope(inputs);
        _headers = [.. Prepare(rules.Headers, scope)];
        _query = [.. Prepare(rules.Query, scope)];
        _body = [.. Prepare(rules.Body, scope)];
        _path = rules.Path?.Render(scope).Trim('/');
        CheckPath(_path ?? "");
        foreach (var header in _headers)
            CheckHeader(header.Name, header.Fixed ?? "");
    }

    public override bool SignsRequest => _first?.SignsRequest ?? false;

    public override IReadOnlyList<Secret> Secrets => _rules.ReadsClientSecret && _inputs.Client?.Secret is { } secret ? [.. _first?.Secrets ?? [], secret] : _first?.Secrets ?? [];

    public override async ValueTask ApplyAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (_first is { SignsRequest: false })
            await _first.ApplyAsync(request, cancellationToken);
        if (_path is { Length: > 0 })
            request.RequestUri = InsertPath(request.RequestUri!, _path);
        var scope = await ScopeAsync(request, cancellationToken);
        if (_query.Length > 0)
            RequestParts.AddQuery(request, Pairs(_query, scope));
        if (_body.Length > 0)
            await RequestParts.AddToBodyAsync(request, Pairs(_body, scope), cancellationToken);
        foreach (var (name, value) in Pairs(_headers, scope))
        {
            CheckHeader(name, value);
            request.Headers.Remove(name);
            request.Headers.TryAddWithoutValidation(name, value);
        }

        // A signature covers all of it.
        if (_first is { SignsRequest: true })
            await _first.ApplyAsync(request, cancellationToken);
    }

    public override void Withdraw(HttpRequestMessage request)
    {
        _first?.Withdraw(request);
        foreach (var header in _headers)
            request.Headers.Remove(header.Name);
    }

    public override bool TakeChallenge(HttpResponseMessage response) => _first?.TakeChallenge(response) ?? false;

    public override void Answered(HttpResponseMessage response) => _first?.Answered(response);

    /// <exception cref="FormatException">When it is no header.</exception>
    internal static void CheckHeader(string name, string value)
    {
        if (!ApplyRules.IsHeader(name))
            throw new FormatException($"'{name}' is no name for a request header.");
        if (value.AsSpan().ContainsAnyExceptInRange(' ', '~'))
            throw new FormatException($"The value of the header '{name}' has a character that a header cannot carry, such as a line break or a letter beyond ASCII.");
    }

    // It must stay one piece of the path, whatever the values are.
    private static void CheckPath(string path)
    {
        if (!path.All(c => char.IsAsciiLetterOrDigit(c) || "-._~!$&'()*+,;=:@/%".Contains(c, StringComparison.Ordinal)) || path.Split('/').Any(s => s is "." or ".."))
            throw new FormatException("What goes into the path of every request has a character or a part that a path cannot carry, such as a space, a question mark or '..'.");
    }

    // The values of a signature see the request as it goes out: after path, query and body.
    private async ValueTask<CredentialScope> ScopeAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (_rules.Values.Count == 0 && !Array.Exists(_headers, h => h.Fixed is null) && !Array.Exists(_query, q => q.Fixed is null) && !Array.Exists(_body, b => b.Fixed is null))
            return new CredentialScope(_inputs);
        var scope = new CredentialScope(_inputs) { Request = request, Body = request.Content is { } content ? await content.ReadAsByteArrayAsync(cancellationToken) : ReadOnlyMemory<byte>.Empty };
        foreach (var (name, template) in _rules.Values)
            template.RenderInto(scope, name);
        return scope;
    }

    private Uri InsertPath(Uri address, string piece)
    {
        var root = _inputs.BaseAddress.AbsolutePath;
        var path = address.AbsolutePath;
        var rest = path.StartsWith(root, StringComparison.Ordinal) ? path[root.Length..] : path.TrimStart('/');
        // A redirect within the app leads to an address that has it already.
        if (rest == piece || rest.StartsWith($"{piece}/", StringComparison.Ordinal))
            return address;
        return new UriBuilder(address) { Path = rest.Length == 0 ? $"{root}{piece}" : $"{root}{piece}/{rest}" }.Uri;
    }

    private static IEnumerable<Part> Prepare(IEnumerable<KeyValuePair<string, CredentialTemplate>> entries, CredentialScope scope)
    {
        foreach (var (name, template) in entries)
        {
            if (template.IsPerRequest)
                yield return new(name, template, null);
            else if (template.RenderOrNull(scope) is { } text)
                yield return new(name, template, text);
        }
    }

    private static IEnumerable<KeyValuePair<string, string>> Pairs(Part[] parts, CredentialScope scope)
    {
        foreach (var part in parts)
        {
            if ((part.Fixed ?? part.Template.RenderOrNull(scope)) is { } value)
                yield return new(part.Name, value);
        }
    }

    private readonly record struct Part(string Name, CredentialTemplate Template, string? Fixed);
}
