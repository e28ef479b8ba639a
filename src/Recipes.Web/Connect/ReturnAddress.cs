using System.Text.Json;

namespace Recipes.Web;

/// <summary>Where the browser goes after a flow: the definition's own address where it registered one, with ids and names of what was connected for what in the query.</summary>
internal sealed class ReturnAddress(IConnectionUses uses)
{
    /// <summary>Null where a page of ours follows.</summary>
    public string? OfSuccess(ConnectionDefinition definition, Connection connection, FlowReturn back) =>
        definition.SuccessAddress is { } address ? Of(address, connection, back, null) : null;

    /// <inheritdoc cref="OfSuccess"/>
    public string? OfFailure(ConnectionDefinition definition, Connection connection, FlowReturn back, Failure failure) =>
        definition.FailureAddress is { } address ? Of(address, connection, back, failure) : null;

    private string Of(Uri address, Connection connection, FlowReturn back, Failure? failure)
    {
        (string Name, string? Value)[] query =
        [
            ("connection", connection.Id.ToString()), ("connectionName", connection.Record.DisplayName),
            ("recipe", back.Recipe), ("recipeName", back.Recipe is { } recipe ? uses.NameOfRecipe(recipe) : null),
            ("installation", back.Installation), ("installationName", back.InstallationName),
            ("error", failure is null ? null : JsonNamingPolicy.CamelCase.ConvertName(failure.Kind.ToString())), ("errorDescription", failure?.Message),
        ];
        var text = string.Join('&', query.Where(p => p.Value is not null).Select(p => $"{p.Name}={Uri.EscapeDataString(p.Value!)}"));
        // A header holds nothing but ASCII.
        return new UriBuilder(address) { Host = address.IdnHost, Query = address.Query.Length > 1 ? $"{address.Query[1..]}&{text}" : text }.Uri.AbsoluteUri;
    }
}
