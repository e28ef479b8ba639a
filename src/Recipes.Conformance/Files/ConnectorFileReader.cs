using System.Text;

namespace Recipes.Conformance;

/// <summary>Reads a connector file as the catalogue does, without the catalogue around it.</summary>
internal static class ConnectorFileReader
{
    /// <summary>The connector, or what is wrong with its text.</summary>
    public static (Connector? Connector, IReadOnlyList<string> Faults) Read(string path)
    {
        var file = new ConnectorFile(path);
        try
        {
            if (new FileInfo(path).Length > ConnectorFile.MaxBytes)
                return (null, [$"{path}:1:1: The file is larger than {ConnectorFile.MaxBytes / 1024} KB."]);
            var connector = ConnectorReader.Read(file, File.ReadAllText(path, Encoding.UTF8), isBuiltIn: false, TimeProvider.System, CodeAuthentications.BuiltIn);
            return (connector, [.. file.Faults.Select(f => f.ToString())]);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return (null, [$"{path}:1:1: The file cannot be read: {fault.Message}"]);
        }
    }
}
