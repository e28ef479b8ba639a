using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Reflection;
using System.Text;
using Recipes.Connections;

namespace Recipes.Connectors;

/// <summary>
/// All connectors: those that come with the program, each read when it is first asked for, and those in the user's own folders, read at once
/// so that their faults are known. Thread-safe; load it again after a change.
/// </summary>
public sealed class ConnectorCatalogue : IConnectorProfiles
{
    private const string Embedded = "Recipes.Connectors.Catalogue.";

    // By name, which is that of the file.
    private readonly FrozenDictionary<string, Lazy<Connector?>> _byName;
    // Types of actions start with these; no two connectors differ in the case alone.
    private readonly FrozenDictionary<string, string> _namesByPrefix;
    private readonly IReadOnlyList<ConnectorFault> _faults;
    private readonly ConcurrentQueue<ConnectorFault> _lateFaults = new();
    private readonly Lazy<IReadOnlyList<Connector>> _all;
    private readonly Lazy<IReadOnlyList<Connector>> _offered;
    private readonly TimeProvider _time;
    private readonly IReadOnlyList<ICodeAuthentication> _code;

    private ConnectorCatalogue(IReadOnlyList<Connector> own, IReadOnlyList<ConnectorFault> faults, TimeProvider time, IReadOnlyList<ICodeAuthentication> code, IReadOnlySet<string> offered)
    {
        (_faults, _time, _code) = (faults, time, code);
        var all = own.ToDictionary(c => c.Profile.Name, c => new Lazy<Connector?>(c));
        foreach (var name in BuiltIn.Where(n => !all.ContainsKey(n)))
            all[name] = new(() => ReadBuiltIn(name));
        _byName = all.ToFrozenDictionary();
        _namesByPrefix = all.Keys.ToFrozenDictionary(Names.ToPascal);
        _all = new(() => Read(_ => true));
        _offered = offered.Count == 0 ? _all : new(() => Read(name => offered.Contains(name) || own.Any(c => c.Profile.Name == name)));
    }

    /// <summary>By name, without those whose file is wrong. Reads all files, the first time.</summary>
    public IReadOnlyList<Connector> Connectors => _all.Value;

    /// <summary>Those that people are offered to connect to: all, or the chosen ones and those of the user's own folders. Whatever else is in use works all the same.</summary>
    public IReadOnlyList<Connector> Offered => _offered.Value;

    /// <summary>What is wrong with the files that were left out, as far as they have been read.</summary>
    public IReadOnlyList<ConnectorFault> Faults => [.. _faults, .. _lateFaults];

    /// <summary>Names of the connectors that come with the program, in order. Reads no file.</summary>
    public static IReadOnlyList<string> BuiltIn { get; } =
    [
        .. typeof(ConnectorCatalogue).Assembly.GetManifestResourceNames()
            .Where(n => n.StartsWith(Embedded, StringComparison.Ordinal)).Select(n => n[Embedded.Length..^".yaml".Length]).Order(StringComparer.Ordinal),
    ];

    /// <summary>The JSON schema of the format, for editors.</summary>
    public static string Schema => ReadEmbedded("Recipes.Connectors.connector.schema.json");

    /// <summary>Reads every <c>*.yaml</c> and <c>*.yml</c> in <paramref name="folders"/>, beside the built-in files. A wrong file becomes faults and harms no other.</summary>
    /// <param name="folders">One that does not exist is a fault too.</param>
    /// <param name="time">Clock for the failures of actions; the system's when null.</param>
    /// <param name="code">The ways to authenticate in C# that files may name; those that come with the program when null.</param>
    /// <param name="offered">Names of the built-in connectors that are offered; all when empty or null.</param>
    public static ConnectorCatalogue Load(IEnumerable<string> folders, TimeProvider? time = null, IEnumerable<ICodeAuthentication>? code = null, IEnumerable<string>? offered = null)
    {
        var (own, faults) = (new List<Connector>(), new List<ConnectorFault>());
        IReadOnlyList<ICodeAuthentication> authentications = code is null ? CodeAuthentications.BuiltIn : [.. code];
        var taken = BuiltIn.ToDictionary(Names.ToPascal, name => $"'{name}' already, built in", StringComparer.OrdinalIgnoreCase);
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
                var connector = ReadFile(file, path) is { } text ? ConnectorReader.Read(file, text, isBuiltIn: false, time ?? TimeProvider.System, authentications) : null;
                if (connector is not null && !taken.TryAdd(connector.TypePrefix, $"'{connector.Profile.Name}' already"))
                    file.Fault($"There is a connector {taken[connector.TypePrefix]}; give this one another name.");
                else if (connector is not null)
                    own.Add(connector);
                faults.AddRange(file.Faults);
            }
        }

        return new(own, faults, time ?? TimeProvider.System, authentications, (offered ?? []).ToHashSet(StringComparer.Ordinal));
    }

    /// <summary>The connector of that name, exactly.</summary>
    public Connector? Find(string name) => _byName.GetValueOrDefault(name)?.Value;

    ConnectorProfile? IConnectorProfiles.Find(string connector) => Find(connector)?.Profile;

    /// <summary>The action of that type, exactly: <c>SandboxCrm.CreateOpportunity</c>.</summary>
    public ConnectorAction? FindAction(string type) => ConnectorOf(type)?.FindAction(type);

    /// <summary>The trigger of that type, exactly: <c>SandboxCrm.OpportunityCreated</c>.</summary>
    public ConnectorTrigger? FindTrigger(string type) => ConnectorOf(type)?.FindTrigger(type);

    /// <summary>All triggers' types. Reads all files, the first time.</summary>
    public IEnumerable<string> TriggerTypes => Connectors.SelectMany(c => c.Triggers).Select(t => t.Type);

    /// <summary>The type of an action or a trigger that was probably meant, for messages; null when none is near.</summary>
    public string? SuggestAction(string type) => Suggestion.Nearest(type, Connectors.SelectMany(c => c.Actions).Select(a => a.Type).Concat(TriggerTypes));

    private IReadOnlyList<Connector> Read(Func<string, bool> takes) =>
        [.. _byName.Where(c => takes(c.Key)).OrderBy(c => c.Key, StringComparer.Ordinal).Select(c => c.Value.Value).OfType<Connector>()];

    private Connector? ConnectorOf(string type) =>
        type.LastIndexOf('.') is > 0 and var dot && _namesByPrefix.TryGetValue(type[..dot], out var name) ? Find(name) : null;

    private Connector? ReadBuiltIn(string name)
    {
        var file = new ConnectorFile($"{name}.yaml") { IsTrusted = true };
        var connector = ConnectorReader.Read(file, ReadEmbedded($"{Embedded}{name}.yaml"), isBuiltIn: true, _time, _code);
        foreach (var fault in file.Faults)
            _lateFaults.Enqueue(fault);
        return connector;
    }

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
