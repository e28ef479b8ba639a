using Microsoft.Extensions.Options;

namespace Recipes.Connections;

/// <summary>Whom an alert goes to: the operator's webhooks and mail addresses, and the user whose connection it is.</summary>
internal sealed class AlertTargets(IConnectionStore store, IUserStore users, IOptions<AlertOptions> options)
{
    /// <summary>Those that the settings name.</summary>
    public IReadOnlyList<AlertTarget> Configured => field ??=
    [
        .. options.Value.Webhooks.Select(w => new AlertTarget(AlertTarget.Webhook + w.DisplayName, [.. w.Kinds])),
        .. options.Value.Mail is null ? [] : options.Value.Operators.Select(MailTo).Distinct(StringComparer.OrdinalIgnoreCase).Select(name => new AlertTarget(name, [])),
    ];

    /// <summary>Those of the settings that want it.</summary>
    public IReadOnlyCollection<string> ConfiguredFor(Alert alert) => [.. Configured.Where(t => t.Wants(AlertType.Of(alert))).Select(t => t.Name)];

    public async Task<IReadOnlyCollection<string>> OfAsync(Alert alert, CancellationToken cancellationToken)
    {
        var names = ConfiguredFor(alert).ToHashSet(StringComparer.OrdinalIgnoreCase);
        if (options.Value.Mail is not null && alert.Connection is { } id
            && await store.FindAsync(id, cancellationToken) is { Owner: { Kind: OwnerKind.User, Id: { } owner } }
            && UserId.TryParse(owner, out var user)
            && await users.FindAsync(alert.Tenant, user, cancellationToken) is { Email: { } address })
        {
            names.Add(MailTo(address));
        }

        return names;
    }

    private static string MailTo(string address) => AlertTarget.Mail + (EmailAddress.TryParse(address, out var parsed) ? parsed : address);
}
