using Recipes.Connections;

namespace Recipes.Connectors;

/// <summary>Reads the calls that a scheme makes once a credential is there.</summary>
internal static class FollowUpReader
{
    public static List<FollowUp> Read(YamlMap scheme, FieldNames fields)
    {
        var calls = new List<FollowUp>();
        foreach (var map in scheme.Maps("afterConnect", Shape.FollowUp))
        {
            var path = map.Address("path", fields, required: true);
            if (ProbeReader.TryMethod(map, "GET", out var method) && path is not null)
                calls.Add(new(method, path, CaptureReader.Read(map, fields, CaptureSource.Answer), map.Text("accountLabel")));
        }

        return calls;
    }
}
