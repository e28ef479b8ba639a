using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlDotNet.RepresentationModel;

namespace Recipes.Connectors;

/// <summary>One connector file being read, and the faults found in it so far.</summary>
internal sealed class ConnectorFile(string name)
{
    /// <summary>Whether its patterns are known to be right, by the tests: building them all would take longer than all the rest of the reading.</summary>
    public bool IsTrusted { get; init; }

    /// <summary>Most bytes of a file.</summary>
    public const int MaxBytes = 256 * 1024;

    private const int MaxDepth = 40;

    private readonly List<ConnectorFault> _faults = [];

    // The end of the last event that could be read.
    private Mark _reached = Mark.Empty;

    /// <summary>In the order of the file.</summary>
    public IReadOnlyList<ConnectorFault> Faults => [.. _faults.OrderBy(f => f.Line).ThenBy(f => f.Column)];

    public void Fault(Mark at, string message) => _faults.Add(new(name, (int)Math.Max(1, at.Line), (int)Math.Max(1, at.Column), message));

    public void Fault(YamlNode at, string message) => Fault(at.Start, message);

    public void Fault(string message) => Fault(Mark.Empty, message);

    /// <summary>The file's one mapping; null, with a fault, when it has none.</summary>
    public YamlMappingNode? Parse(string text)
    {
        try
        {
            if (!IsHarmless(text))
                return null;
            var stream = new YamlStream();
            stream.Load(new StringReader(text));
            if (stream.Documents is [{ RootNode: YamlMappingNode root }])
                return root;
            if (stream.Documents is [] or [{ RootNode: YamlScalarNode { Value: null or "" } }])
                Fault("The file is empty. A connector starts with 'connector: 1'.");
            else
                Fault(stream.Documents[^1].RootNode, stream.Documents.Count > 1 ? "A file holds one connector, so one document." : "A connector file is a mapping that starts with 'connector: 1'.");
        }
        catch (YamlException fault)
        {
            Fault(fault.Start, $"This is not valid YAML: {(fault.InnerException ?? fault).Message}");
        }
        catch (Exception fault) when (fault is InvalidOperationException or ArgumentException or IndexOutOfRangeException or NullReferenceException)
        {
            // What YamlDotNet's scanner throws on some broken texts, for instance on a key over two lines.
            Fault(_reached, "This is not valid YAML, somewhere after this place.");
        }

        return null;
    }

    // The representation model builds nodes recursively and shares aliased ones, so both are refused on the flat events before.
    private bool IsHarmless(string text)
    {
        var parser = new Parser(new StringReader(text));
        var depth = 0;
        while (parser.MoveNext())
        {
            _reached = parser.Current!.End;
            switch (parser.Current)
            {
                case AnchorAlias alias:
                    Fault(alias.Start, $"Aliases ('*{alias.Value}') are not allowed in connector files; write the value out.");
                    return false;
                case MappingStart or SequenceStart when ++depth > MaxDepth:
                    Fault(parser.Current.Start, $"The file is nested deeper than {MaxDepth}.");
                    return false;
                case MappingEnd or SequenceEnd:
                    depth--;
                    break;
            }
        }

        return true;
    }
}
