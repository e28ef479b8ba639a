using System.Text.Json.Serialization;

namespace Recipes.Host;

/// <summary>Asks for one page of runs.</summary>
/// <param name="Page">From 0.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Skip)]
internal sealed record InstanceListRequest(
    int? Page = null, int? PageSize = null, string? SearchTerm = null, string? DefinitionId = null, IReadOnlyList<string>? DefinitionIds = null, string? CorrelationId = null, int? Version = null, bool? HasIncidents = null,
    bool? IsSystem = null, string? Status = null, IReadOnlyList<string>? Statuses = null, string? SubStatus = null, IReadOnlyList<string>? SubStatuses = null, string? OrderBy = null, string? OrderDirection = null,
    IReadOnlyList<InstanceTimeFilter>? TimestampFilters = null);

/// <param name="Column"><c>CreatedAt</c>, <c>UpdatedAt</c> or <c>FinishedAt</c>.</param>
/// <param name="Operator"><c>Is</c>, <c>IsNot</c>, <c>GreaterThan</c>, <c>GreaterThanOrEqual</c>, <c>LessThan</c> or <c>LessThanOrEqual</c>.</param>
/// <param name="Timestamp">A minute; at midnight, a day.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Skip)]
internal sealed record InstanceTimeFilter(string? Column, string? Operator, DateTimeOffset Timestamp);

/// <summary>Names runs: by their ids, or all of a recipe or of one of its versions.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Skip)]
internal sealed record InstanceSelection(IReadOnlyList<string>? Ids = null, string? DefinitionVersionId = null, string? DefinitionId = null, string? VersionOptions = null);
