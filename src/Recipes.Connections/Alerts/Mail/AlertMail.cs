using System.Globalization;
using System.Text;

namespace Recipes.Connections;

/// <summary>An alert in words for a person.</summary>
internal static class AlertMail
{
    public static (string Subject, string Body) Of(AlertNotice notice)
    {
        var subject = SubjectOf(notice);
        var text = new StringBuilder();
        text.AppendLine(subject).AppendLine();
        Line("Connection", notice.Connection is { } c ? c.Name ?? $"deleted meanwhile ({c.Id})" : null);
        Line("Owner", notice.Connection?.OwnerKind is { } kind ? notice.Connection.Owner ?? $"the {kind}" : null);
        Line("Account", notice.Connection?.Account);
        Line("Definition", notice.Definition is { } d ? d.Key is null ? $"deleted meanwhile ({d.Id})" : $"{d.Name} ({d.Key})" : null);
        Line("Host", notice.Incident is { } incident ? $"{incident.Host} ({incident.Connector})" : null);
        Line(notice.Type is AlertType.Lost or AlertType.ClientRejected ? "Since" : "At", Time(notice.At));
        Line("Access ends", notice.ExpiresAt is { } ends ? Time(ends) : null);
        Line("What was seen", notice.Failure?.Message);
        Line("The app says", string.Join(": ", new[] { notice.Failure?.ProviderCode, notice.Failure?.ProviderWords }.Where(w => !string.IsNullOrEmpty(w)).Distinct(StringComparer.Ordinal)));
        text.AppendLine().AppendLine($"What to do: {notice.Guidance}");
        if (notice.Page is { } page)
            text.AppendLine().AppendLine(page.AbsoluteUri);
        return (subject, text.ToString());

        void Line(string label, string? value)
        {
            // One line each: what a provider says must not look like a line of ours.
            if (!string.IsNullOrWhiteSpace(value))
                text.Append(label).Append(": ").AppendLine(string.Concat(value.Select(c => char.IsControl(c) ? ' ' : c)).Trim());
        }
    }

    private static string SubjectOf(AlertNotice notice)
    {
        var connection = $"“{notice.Connection?.Name ?? "deleted meanwhile"}”{(notice.Definition?.Name is { } name ? $" ({name})" : "")}";
        return notice.Type switch
        {
            AlertType.Lost => $"The connection {connection} does not work any more",
            AlertType.Recovered => $"The connection {connection} works again",
            AlertType.ExpiringSoon => $"The connection {connection} expires soon",
            AlertType.ClientRejected => $"The OAuth client of “{notice.Definition?.Name ?? "a deleted definition"}” is refused",
            AlertType.ClientRecovered => $"The OAuth client of “{notice.Definition?.Name ?? "a deleted definition"}” is accepted again",
            AlertType.IncidentOpened => $"{notice.Incident?.Host} refuses many accounts at once",
            AlertType.IncidentClosed when notice.Incident is { Outcome: IncidentOutcome.Expired } stood => $"{stood.Host} goes on refusing {stood.Connections} connections: it is no outage",
            AlertType.IncidentClosed => $"The incident at {notice.Incident?.Host} is over",
            _ => "A test: alerts arrive here",
        };
    }

    private static string Time(DateTimeOffset at) => at.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);
}
