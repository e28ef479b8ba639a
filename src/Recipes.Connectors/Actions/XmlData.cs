using System.Xml;
using System.Xml.Linq;

namespace Recipes.Connectors;

/// <summary>
/// Reads XML as plain data: an element becomes an object of its children by their names without prefix, those of one name a list;
/// attributes are members that begin with @, text beside them is the member #text, and an element with text alone is that text.
/// </summary>
internal static class XmlData
{
    private const int MaxDepth = 100;

    /// <summary>What the root element holds.</summary>
    /// <exception cref="InvalidDataException">It is no XML, has a document type, or is nested too deeply.</exception>
    public static object? Parse(string text)
    {
        try
        {
            // No document type: entities could grow without end or read files.
            using var reader = XmlReader.Create(new StringReader(text), new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null, MaxCharactersInDocument = Answer.MaxBytes });
            CheckDepth(text);
            return Read(XElement.Load(reader));
        }
        catch (XmlException fault)
        {
            throw new InvalidDataException($"The answer is no XML that can be read (line {fault.LineNumber}).", fault);
        }
    }

    // The tree is built and walked recursively.
    private static void CheckDepth(string text)
    {
        using var reader = XmlReader.Create(new StringReader(text), new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null });
        while (reader.Read())
        {
            if (reader.Depth > MaxDepth)
                throw new InvalidDataException($"The answer is XML nested deeper than {MaxDepth}.");
        }
    }

    private static object? Read(XElement element)
    {
        var attributes = element.Attributes().Where(a => !a.IsNamespaceDeclaration).ToList();
        var text = string.Concat(element.Nodes().OfType<XText>().Select(t => t.Value));
        if (!element.HasElements && attributes.Count == 0)
            return text;
        var members = new Dictionary<string, object?>();
        foreach (var attribute in attributes)
            members[$"@{attribute.Name.LocalName}"] = attribute.Value;
        foreach (var children in element.Elements().GroupBy(e => e.Name.LocalName))
        {
            var values = children.Select(Read).ToList();
            members[children.Key] = values.Count == 1 ? values[0] : values;
        }

        if (!string.IsNullOrWhiteSpace(text))
            members["#text"] = text.Trim();
        return members;
    }
}
