using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Recipes.Conformance;

namespace Recipes.CommandLine;

/// <summary>Tells a check as JSON.</summary>
internal sealed class JsonReport(TextWriter output) : ICheckReport
{
    private static readonly JsonSerializerOptions s_options = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    public Task WhileCheckingAsync(int files, Func<Action<ConnectorReport>, Task> work) => work(_ => { });

    public void Finish(IReadOnlyList<ConnectorReport> reports, TimeSpan took) =>
        output.WriteLine(JsonSerializer.Serialize(new { passed = reports.All(r => r.Passed), seconds = Math.Round(took.TotalSeconds, 2), connectors = reports }, s_options));
}
