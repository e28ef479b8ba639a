using Recipes.Connectors;
using Recipes.Testing;

namespace Recipes.Connections.Tests;

/// <summary>Connectors as files declare them.</summary>
internal static class ConnectorText
{
    /// <summary>One connector, <c>app</c>, whose base address is a server of the test and whose schemes are written as in a file.</summary>
    /// <param name="baseAddress">In place of the server's own.</param>
    /// <param name="rest">Further members: a probe, rules for errors.</param>
    public static IConnectorProfiles Load(Uri server, string schemes, string rest = "", string? baseAddress = null)
    {
        using var folder = new TempFolder();
        File.WriteAllText(folder.Combine("app.yaml"), $"""
            connector: 1
            name: app
            displayName: App
            baseAddress: "{baseAddress ?? server.AbsoluteUri}"
            probe: {"{ path: /probe }"}
            schemes:
            {Indent(schemes)}
            {rest}
            """);
        var catalogue = ConnectorCatalogue.Load([folder.Path]);
        catalogue.Faults.ShouldBeEmpty();
        return catalogue;
    }

    private static string Indent(string text) => string.Join('\n', text.Split('\n').Select(line => $"  {line}"));
}
