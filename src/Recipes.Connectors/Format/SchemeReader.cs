using Recipes.Connections;

namespace Recipes.Connectors;

/// <summary>Reads the ways in which a connector authenticates.</summary>
internal sealed class SchemeReader(IReadOnlyList<Field> shared)
{
    private static readonly Dictionary<string, ClientAuthentication> s_clientAuthentications = new()
    {
        ["basic"] = ClientAuthentication.Basic,
        ["basicRaw"] = ClientAuthentication.BasicRaw,
        ["body"] = ClientAuthentication.Body,
    };

    private static readonly Dictionary<string, ApiKeyLocation> s_locations = new()
    {
        ["header"] = ApiKeyLocation.Header,
        ["query"] = ApiKeyLocation.Query,
        ["body"] = ApiKeyLocation.Body,
    };

    public List<AuthScheme> Read(YamlMap connector)
    {
        var schemes = new List<AuthScheme>();
        if (!connector.Has("schemes"))
            connector.Fault("schemes", "'schemes' is missing: a connector has at least one way to authenticate.");
        foreach (var loose in connector.Maps("schemes", null))
        {
            var scheme = loose.Text("type", required: true) switch
            {
                null => null,
                "oauth2" => OAuth2(new YamlMap(loose.File, loose.Node, Shape.OAuth2)),
                "basic" => Basic(new YamlMap(loose.File, loose.Node, Shape.Basic)),
                "apiKey" => ApiKey(new YamlMap(loose.File, loose.Node, Shape.ApiKey)),
                var other => Unknown(loose, other),
            };
            if (scheme is null)
                continue;
            if (schemes.Exists(s => s.Name == scheme.Name))
                loose.Fault("name", $"there is a scheme '{scheme.Name}' already.");
            schemes.Add(scheme);
        }

        return schemes;
    }

    private static AuthScheme? Unknown(YamlMap map, string type)
    {
        map.Fault("type", $"'{type}' is no type of scheme{Suggestion.Hint(type, ["oauth2", "basic", "apiKey"])}.");
        return null;
    }

    private OAuth2Scheme? OAuth2(YamlMap map)
    {
        var fields = FieldReader.Read(map, shared);
        var names = new FieldNames(shared.Concat(fields));
        var authorization = map.Address("authorizationEndpoint", names, required: true);
        var token = map.Address("tokenEndpoint", names, required: true);
        var scheme = new OAuth2Scheme
        {
            Name = Name(map, "oauth2"),
            DisplayName = map.Text("displayName") ?? "OAuth 2.0",
            Help = map.Text("help"),
            Fields = fields,
            Probe = ProbeReader.Read(map, names),
            AuthorizationEndpoint = authorization ?? FieldTemplate.Parse(""),
            TokenEndpoint = token ?? FieldTemplate.Parse(""),
            RevocationEndpoint = map.Address("revocationEndpoint", names),
            Issuer = map.Address("issuer", names),
            Scopes = map.Texts("scopes"),
            ScopeSeparator = map.Text("scopeSeparator") ?? " ",
            ClientAuthentication = map.Choice("clientAuthentication", s_clientAuthentications, ClientAuthentication.Basic),
            Pkce = map.Flag("pkce", otherwise: true),
            AuthorizationParameters = map.TextMap("authorizationParameters"),
        };
        return authorization is null || token is null ? null : scheme;
    }

    private BasicScheme Basic(YamlMap map)
    {
        var fields = FieldReader.Read(map, shared);
        var username = map.Text("usernameField") ?? "username";
        var password = map.Text("passwordField") ?? "password";
        AddMissing(fields, map, "usernameField", new Field { Name = username, Label = "User name" });
        AddMissing(fields, map, "passwordField", new Field { Name = password, Label = "Password", Kind = FieldKind.Secret });
        return new()
        {
            Name = Name(map, "basic"),
            DisplayName = map.Text("displayName") ?? "User name and password",
            Help = map.Text("help"),
            Fields = fields,
            Probe = ProbeReader.Read(map, new FieldNames(shared.Concat(fields))),
            UsernameField = username,
            PasswordField = password,
        };
    }

    private ApiKeyScheme? ApiKey(YamlMap map)
    {
        var fields = FieldReader.Read(map, shared);
        var key = map.Text("keyField") ?? "apiKey";
        AddMissing(fields, map, "keyField", new Field { Name = key, Label = "API key", Kind = FieldKind.Secret });
        var names = new FieldNames(shared.Concat(fields));
        var location = map.Choice("in", s_locations, ApiKeyLocation.Header, required: true);
        var parameter = map.Address("parameterName", names, required: true);
        var prefix = map.Address("prefix", names);
        if (prefix is not null && location != ApiKeyLocation.Header)
            map.Fault("prefix", "'prefix' goes with a key in a header only.");
        return parameter is null ? null : new()
        {
            Name = Name(map, "api-key"),
            DisplayName = map.Text("displayName") ?? "API key",
            Help = map.Text("help"),
            Fields = fields,
            Probe = ProbeReader.Read(map, names),
            Location = location,
            ParameterName = parameter,
            Prefix = prefix,
            KeyField = key,
        };
    }

    private static string Name(YamlMap map, string otherwise)
    {
        var name = map.Text("name") ?? otherwise;
        if (!Names.IsDashed(name))
            map.Fault("name", $"'{name}' cannot be a scheme's name: small letters, digits and single dashes, such as 'api-key'.");
        return name;
    }

    /// <summary>The fields that a scheme cannot do without need not be declared; declared secrets have to be secret.</summary>
    private void AddMissing(List<Field> fields, YamlMap map, string key, Field field)
    {
        var declared = shared.Concat(fields).FirstOrDefault(f => f.Name == field.Name);
        if (declared is null)
            fields.Add(field);
        else if (field.Kind == FieldKind.Secret && declared.Kind != FieldKind.Secret)
            map.Fault(key, $"the field '{field.Name}' must be of kind secret.");
    }
}
