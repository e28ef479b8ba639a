using Recipes.Connections;

namespace Recipes.Connectors;

/// <summary>Reads a scheme of type <c>login</c>.</summary>
internal static class LoginReader
{
    private static readonly Dictionary<string, ExpiryUnit> s_units = OAuth2Reader.UnitsByName;

    public static IReadOnlyCollection<string> Units => s_units.Keys;

    public static AuthScheme? Read(SchemeMap scheme)
    {
        scheme.Open(Shape.Login);
        var map = scheme.Map;
        // What a step captured, the calls after it read.
        var before = new CredentialNames(scheme.Known, "fields", "secrets", "values");
        var steps = map.Maps("steps", Shape.LoginStep).Select(step => ReadCall(step, scheme.Known, before, HttpMethod.Get)).OfType<LoginCall>().ToList();
        if (!map.Has("login"))
            map.Fault("login", "'login' is missing: the call that brings the token.");
        var login = ReadCall(map.Map("login", Shape.LoginCall), scheme.Known, before, HttpMethod.Post, bringsToken: true);
        var after = new CredentialNames(scheme.Known, "fields", "secrets", "tokens");
        var refresh = ReadCall(map.Map("refresh", Shape.LoginCall), scheme.Known, after, HttpMethod.Post, bringsToken: true);
        var logout = ReadCall(map.Map("logout", Shape.LoginStep), scheme.Known, after, HttpMethod.Post);
        return login is null ? null : scheme.Common(new LoginScheme
        {
            Name = scheme.Name("login"),
            DisplayName = scheme.DisplayName("User name and password"),
            Steps = steps,
            Login = login,
            Refresh = refresh,
            Revoke = logout,
        });
    }

    internal static LoginCall? ReadCall(YamlMap? map, FieldNames fields, CredentialNames names, HttpMethod usual, bool bringsToken = false)
    {
        if (map is null)
            return null;
        var path = map.Address("path", fields, required: true);
        if (!ProbeReader.TryMethod(map, usual.Method, out var method) || path is null)
            return null;
        var call = new LoginCall
        {
            Method = method,
            Path = path,
            Query = names.ReadMap(map, "query"),
            Headers = names.ReadMap(map, "headers"),
            Body = CredentialBodyReader.Read(map, names),
            Captures = ReadCaptures(map, names),
        };
        foreach (var (name, _) in call.Headers)
        {
            if (!ApplyRules.IsHeader(name))
                map.Fault("headers", $"'{name}' is no name of a header.");
        }

        return bringsToken ? ReadToken(map, call) : call;
    }

    private static LoginCall ReadToken(YamlMap map, LoginCall call)
    {
        string[] places = [.. new[] { "token", "tokenHeader", "tokenCookie", "tokenPattern" }.Where(map.Has)];
        if (places.Length != 1)
            map.Fault(places.Length == 0 ? "token" : places[1], "where the token is has to be said once: 'token' (path in JSON), 'tokenHeader', 'tokenCookie' or 'tokenPattern'.");
        var refused = map.Statuses("refused");
        return call with
        {
            Token = places.FirstOrDefault() switch
            {
                "tokenHeader" => Named(map, "tokenHeader", ReplyPlace.Header),
                "tokenCookie" => Named(map, "tokenCookie", ReplyPlace.Cookie),
                "tokenPattern" => map.Pattern("tokenPattern") is { } pattern ? new ReplyValue(ReplyPlace.Text, "", pattern) : null,
                _ => Named(map, "token", ReplyPlace.Json),
            },
            RefreshToken = Named(map, "refreshToken", ReplyPlace.Json),
            ExpiresIn = Named(map, "expiresIn", ReplyPlace.Json) ?? Named(map, "expiresHeader", ReplyPlace.Header),
            ExpiryUnit = map.Choice("expiryUnit", s_units, ExpiryUnit.Seconds),
            Lifetime = map.Seconds("lifetime"),
            Refused = refused.Count > 0 ? refused : call.Refused,
        };
    }

    private static ReplyValue? Named(YamlMap map, string key, ReplyPlace place) => map.Text(key) is { Length: > 0 } name ? new(place, name) : null;

    private static List<LoginCapture> ReadCaptures(YamlMap call, CredentialNames names)
    {
        var captures = new List<LoginCapture>();
        foreach (var map in call.Maps("capture", Shape.LoginCapture))
        {
            var name = map.Text("secret", required: true) ?? "";
            if (name.Length > 0 && !Recipes.Connectors.Names.IsCamel(name))
                map.Fault("secret", $"'{name}' cannot be a name: letters and digits, a small letter first.");
            string[] places = [.. new[] { "path", "header", "cookie", "find" }.Where(map.Has)];
            if (places.Length != 1)
                map.Fault(places.Length == 0 ? "path" : places[1], "where the value is has to be said once: 'path' (in JSON), 'header', 'cookie' or 'find' (a pattern in the text).");
            var from = places.FirstOrDefault() switch
            {
                "header" => Named(map, "header", ReplyPlace.Header),
                "cookie" => Named(map, "cookie", ReplyPlace.Cookie),
                "find" => map.Pattern("find") is { } find ? new ReplyValue(ReplyPlace.Text, "", find) : null,
                _ => Named(map, "path", ReplyPlace.Json),
            };
            names.Add(name);
            if (from is not null)
                captures.Add(new(name, from, map.Pattern("pattern"), map.Flag("required", otherwise: true)));
        }

        return captures;
    }
}
