using System.Collections.Frozen;
using System.Reflection;
using System.Text;
using Recipes.Connections;

namespace Recipes.Connectors;

/// <summary>All connectors: those that come with the program and those in the user's own folders. Immutable; load it again after a change.</summary>
public sealed class ConnectorCatalogue : IConnectorProfiles
{
    private const string Embedded = "Recipes.Connectors.Catalogue.";

    private readonly FrozenDictionary<string, Connector> _byName;
    private readonly FrozenDictionary<string, ConnectorAction> _byType;

    private ConnectorCatalogue(List<Connector> connectors, List<ConnectorFault> faults)
    {
        Connectors = [.. connectors.OrderBy(c => c.Profile.Name, StringComparer.Ordinal)];
        Faults = faults;
        _byName = connectors.ToFrozenDictionary(c => c.Profile.Name);
        _byType = connectors.SelectMany(c => c.Actions).ToFrozenDictionary(a => a.Type);
    }

    /// <summary>By name, without those whose file is wrong.</summary>
    public IReadOnlyList<Connector> Connectors { get; }

    /// <summary>What is wrong with the files that were left out.</summary>
    public IReadOnlyList<ConnectorFault> Faults { get; }

    /// <summary>The JSON schema of the format, for editors.</summary>
    public static string Schema => ReadEmbedded("Recipes.Connectors.connector.schema.json");

    /// <summary>Reads the built-in files and every <c>*.yaml</c> and <c>*.yml</c> in <paramref name="folders"/>. A wrong file becomes faults and harms no other.</summary>
    /// <param name="folders">One that does not exist is a fault too.</param>
    /// <param name="time">Clock for the failures of actions; the system's when null.</param>
    /// <param name="code">The ways to authenticate in C# that files may name; those that come with the program when null.</param>
    public static ConnectorCatalogue Load(IEnumerable<string> folders, TimeProvider? time = null, IEnumerable<ICodeAuthentication>? code = null)
    {
        var (connectors, faults) = (new List<Connector>(), new List<ConnectorFault>());
        IReadOnlyList<ICodeAuthentication> authentications = code is null ? CodeAuthentications.BuiltIn : [.. code];
        foreach (var resource in typeof(ConnectorCatalogue).Assembly.GetManifestResourceNames().Where(n => n.StartsWith(Embedded, StringComparison.Ordinal)).Order(StringComparer.Ordinal))
            Add(new ConnectorFile(resource[Embedded.Length..]), ReadEmbedded(resource), isBuiltIn: true);

        foreach (var folder in folders)
        {
            if (!Directory.Exists(folder))
            {
                faults.Add(new(folder, 1, 1, "There is no such folder."));
                continue;
            }

            foreach (var path in Directory.EnumerateFiles(folder).Where(f => Path.GetExtension(f) is ".yaml" or ".yml").Order(StringComparer.Ordinal))
            {
                var file = new ConnectorFile(path);
                Add(file, ReadFile(file, path), isBuiltIn: false);
            }
        }

        return new(connectors, faults);

        void Add(ConnectorFile file, string? text, bool isBuiltIn)
        {
            var connector = text is null ? null : ConnectorReader.Read(file, text, isBuiltIn, time ?? TimeProvider.System, authentications);
            if (connector is not null && connectors.Find(c => string.Equals(c.TypePrefix, connector.TypePrefix, StringComparison.OrdinalIgnoreCase)) is { } other)
            {
                file.Fault($"There is a connector '{other.Profile.Name}' already{(other.IsBuiltIn ? ", built in" : "")}; give this one another name.");
                connector = null;
            }

            faults.AddRange(file.Faults);
            if (connector is not null)
                connectors.Add(connector);
        }
    }

    /// <summary>The connector of that name, exactly.</summary>
    public Connector? Find(string name) => _byName.GetValueOrDefault(name);

    ConnectorProfile? IConnectorProfiles.Find(string connector) => Find(connector)?.Profile;

    /// <summary>The action of that type, exactly: <c>SandboxCrm.CreateOpportunity</c>.</summary>
    public ConnectorAction? FindAction(string type) => _byType.GetValueOrDefault(type);

    /// <summary>The type that was probably meant, for messages; null when none is near.</summary>
    public string? SuggestAction(string type) => Suggestion.Nearest(type, _byType.Keys);

    private static string? ReadFile(ConnectorFile file, string path)
    {
        try
        {
            if (new FileInfo(path).Length <= ConnectorFile.MaxBytes)
                return File.ReadAllText(path, Encoding.UTF8);
            file.Fault($"The file is larger than {ConnectorFile.MaxBytes / 1024} KB.");
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            file.Fault($"The file cannot be read: {fault.Message}");
        }

        return null;
    }

    private static string ReadEmbedded(string name)
    {
        using var reader = new StreamReader(Assembly.GetExecutingAssembly().GetManifestResourceStream(name) ?? throw new System.Resources.MissingManifestResourceException(name));
        return reader.ReadToEnd();
    }
}
