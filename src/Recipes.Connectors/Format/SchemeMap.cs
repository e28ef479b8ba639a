using Recipes.Connections;

namespace Recipes.Connectors;

/// <summary>One scheme of a connector file being read: its mapping, and the fields it may refer to.</summary>
internal sealed class SchemeMap(YamlMap loose, IReadOnlyList<Field> shared, IReadOnlyList<ICodeAuthentication> code)
{
    private List<Field> _fields = [];

    /// <summary>The mapping; its keys are checked once <see cref="Open"/> was called.</summary>
    public YamlMap Map { get; private set; } = loose;

    /// <summary>Fields of the scheme, those that a reader needed among them.</summary>
    public IReadOnlyList<Field> Fields => _fields;

    /// <summary>All fields that templates of the scheme may read.</summary>
    public FieldNames Known => new(shared.Concat(_fields));

    /// <summary>The ways to authenticate that are written in C#.</summary>
    public IReadOnlyList<ICodeAuthentication> Code => code;

    /// <summary>Checks the keys and reads the fields. To be called first.</summary>
    public void Open(Shape shape)
    {
        Map = new YamlMap(Map.File, Map.Node, shape);
        _fields = FieldReader.Read(Map, shared);
    }

    /// <summary>The field that <paramref name="key"/> names, or <paramref name="field"/>'s own name; it need not be declared. A declared one has to be secret where this is.</summary>
    public string Need(string key, Field field)
    {
        var name = Map.Text(key) ?? field.Name;
        Need(field with { Name = name }, key);
        return name;
    }

    /// <summary>Adds the field unless it is declared; then it has to be secret where this is.</summary>
    public void Need(Field field, string key = "fields")
    {
        var declared = shared.Concat(_fields).FirstOrDefault(f => f.Name == field.Name);
        if (declared is null)
            _fields.Add(field);
        else if (field.Kind == FieldKind.Secret && declared.Kind != FieldKind.Secret)
            Map.Fault(key, $"the field '{field.Name}' must be of kind secret.");
    }

    /// <summary>Whether there is such a field.</summary>
    public bool HasField(string name) => shared.Concat(_fields).Any(f => f.Name == name);

    /// <summary>Fills in what schemes of every type have.</summary>
    public T Common<T>(T scheme)
        where T : AuthScheme
    {
        var certificate = CertificateReader.Read(this);
        return scheme with
        {
            Fields = Fields,
            Help = Map.Text("help"),
            ClientLabels = ReadClientLabels(scheme.ClientLabels),
            Probe = ProbeReader.Read(Map, Known),
            Apply = ApplyReader.Read(Map, "apply", Known),
            ClientCertificate = certificate,
            AfterConnect = FollowUpReader.Read(Map, Known),
            // A login has a word of its own for it.
            Revoke = scheme.Revoke ?? LoginReader.ReadCall(Map.Map("revoke", Shape.LoginStep), Known, new CredentialNames(Known, "fields", "secrets", "tokens"), HttpMethod.Post),
        };
    }

    // Only types of scheme with a client know the key.
    private ClientLabels ReadClientLabels(ClientLabels usual) =>
        Map.Map("clientLabels", Shape.ClientLabels) is { } labels ? new(labels.Text("id") ?? usual.Id, labels.Text("secret") ?? usual.Secret, labels.Text("help"), labels.WebAddress("link")) : usual;

    public string Name(string otherwise)
    {
        var name = Map.Text("name") ?? otherwise;
        if (!Names.IsDashed(name))
            Map.Fault("name", $"'{name}' cannot be a scheme's name: small letters, digits and single dashes, such as 'api-key'.");
        return name;
    }

    public string DisplayName(string otherwise) => Map.Text("displayName") ?? otherwise;
}
