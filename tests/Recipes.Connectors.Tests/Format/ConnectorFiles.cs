namespace Recipes.Connectors.Tests;

/// <summary>A folder of connector files that is gone after the test.</summary>
internal sealed class ConnectorFiles : IDisposable
{
    /// <summary>A small connector without faults.</summary>
    public const string Good = """
        connector: 1
        name: my-app
        displayName: My app
        baseAddress: https://{{fields.host}}/api
        fields:
          - { name: host, label: Host }
        schemes:
          - type: apiKey
            in: header
            parameterName: X-Key
        actions:
          - name: CreateItem
            inputs:
              - { name: title, required: true }
              - { name: amount, type: number }
            request:
              method: POST
              path: /items/{{input.title}}
              query: { amount: "{{input.amount}}" }
              body:
                title: "{{input.title}}"
        """;

    public string Folder { get; } = Directory.CreateTempSubdirectory("connectors-").FullName;

    public string Add(string name, string text)
    {
        var path = Path.Combine(Folder, name);
        File.WriteAllText(path, text);
        return path;
    }

    public ConnectorCatalogue Load() => ConnectorCatalogue.Load([Folder]);

    /// <summary>The action of one connector written in the file's own words below <see cref="Good"/>'s head.</summary>
    public ConnectorAction LoadAction(string action)
    {
        Add("app.yaml", Good[..Good.IndexOf("actions:", StringComparison.Ordinal)].Replace("https://{{fields.host}}/api", "http://{{fields.host}}/api") + "actions:\n" + action);
        var catalogue = Load();
        catalogue.Faults.ShouldBeEmpty();
        return catalogue.Find("my-app")!.Actions[0];
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
