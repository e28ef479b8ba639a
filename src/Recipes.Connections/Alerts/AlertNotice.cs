using System.Text.Json;
using System.Text.Json.Serialization;

namespace Recipes.Connections;

/// <summary>An alert as it is told: the body of a webhook's request, as JSON in camelCase without members that are null. Nothing secret is in it.</summary>
public sealed record AlertNotice
{
    /// <summary>One of <see cref="AlertType"/>.</summary>
    public required string Type { get; init; }

    /// <summary>The same for every try and every target: also the header <c>webhook-id</c>.</summary>
    public required Guid Id { get; init; }

    /// <summary>When it happened.</summary>
    public required DateTimeOffset At { get; init; }
    public required string Tenant { get; init; }

    /// <summary>Null in a test.</summary>
    public NoticedDefinition? Definition { get; init; }

    /// <summary>Null when it tells of the definition's OAuth client, and in a test.</summary>
    public NoticedConnection? Connection { get; init; }

    /// <summary>What went wrong; null unless something was lost.</summary>
    public NoticedFailure? Failure { get; init; }

    /// <summary>When the access ends; null unless it expires soon.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Null unless it tells of an incident.</summary>
    public NoticedIncident? Incident { get; init; }

    /// <summary>What a person does about it, in plain words.</summary>
    public required string Guidance { get; init; }

    /// <summary>The page of the connection or the definition; null when it is gone.</summary>
    public Uri? Page { get; init; }
}

/// <param name="Key">Null when the definition is gone.</param>
public sealed record NoticedDefinition(Guid Id, string? Key, string? Name);

/// <param name="Name">Null, like all that follows, when the connection is gone.</param>
/// <param name="OwnerKind"><c>organisation</c>, <c>customer</c> or <c>user</c>.</param>
/// <param name="Owner">Id of the owner; null for the organisation.</param>
/// <param name="Account">The account in the app, as the app calls it; null when it is not known.</param>
public sealed record NoticedConnection(Guid Id, string? Name, string? OwnerKind, string? Owner, string? Account);

/// <param name="Connector">Name of the connector.</param>
/// <param name="Host">The host that refuses, with its port.</param>
/// <param name="Connections">How many connections it held; 0 in the alert that it was opened.</param>
/// <param name="Outcome">Null while it is open.</param>
public sealed record NoticedIncident(
    Guid Id, string Connector, string Host, DateTimeOffset Since, int Connections, [property: JsonConverter(typeof(IncidentOutcomeText))] IncidentOutcome? Outcome);

/// <param name="Kind">One of <see cref="FailureKind"/>, in camelCase.</param>
/// <param name="ProviderCode">The provider's own code.</param>
/// <param name="ProviderWords">The provider's own words, redacted, at most 500 characters.</param>
public sealed record NoticedFailure(string Kind, string Message, int? Status, string? ProviderCode, string? ProviderWords);

/// <summary>Writes how an incident ended as other kinds are written: <c>cleared</c>.</summary>
public sealed class IncidentOutcomeText() : JsonStringEnumConverter<IncidentOutcome>(JsonNamingPolicy.CamelCase);
