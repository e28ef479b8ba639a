using Microsoft.Extensions.Options;

namespace Recipes.Connections;

/// <summary>Says all that is wrong with the settings of alerts at once; none of their secrets is in what it says.</summary>
internal sealed class AlertOptionsCheck(EgressGuard guard) : IValidateOptions<AlertOptions>
{
    private const string Section = AlertOptions.Section;

    public ValidateOptionsResult Validate(string? name, AlertOptions options)
    {
        List<string> faults = [];
        for (var i = 0; i < options.Webhooks.Count; i++)
            faults.AddRange(FaultsOf(options.Webhooks[i]).Select(f => $"{Section}:Webhooks:{i}:{f}"));
        foreach (var twice in options.Webhooks.Where(w => w.DisplayName.Length > 0).GroupBy(w => w.DisplayName, StringComparer.OrdinalIgnoreCase).Where(g => g.Count() > 1))
            faults.Add($"{Section}:Webhooks: several are called '{twice.Key}': give each a Name of its own.");
        if (options.Mail is { } mail)
            faults.AddRange(FaultsOf(mail).Select(f => $"{Section}:Mail:{f}"));
        for (var i = 0; i < options.Operators.Count; i++)
        {
            if (!EmailAddress.TryParse(options.Operators[i], out _))
                faults.Add($"{Section}:Operators:{i}: '{options.Operators[i]}' is no address. {EmailAddress.Rule}");
        }

        if (options.Operators.Count > 0 && options.Mail is null)
            faults.Add($"{Section}:Operators names addresses, but there is no mail server: set {Section}:Mail:Host and {Section}:Mail:From.");
        Within(options.Every, TimeSpan.FromSeconds(1), TimeSpan.FromHours(1), nameof(options.Every), "1 second to 1 hour");
        Within(options.Timeout, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(1), nameof(options.Timeout), "1 second to 1 minute");
        Within(options.FirstPause, TimeSpan.FromSeconds(1), TimeSpan.FromHours(1), nameof(options.FirstPause), "1 second to 1 hour");
        Within(options.LongestPause, options.FirstPause, TimeSpan.FromDays(1), nameof(options.LongestPause), $"{nameof(options.FirstPause)} to 1 day");
        Within(options.GiveUpAfter, TimeSpan.FromMinutes(1), TimeSpan.FromDays(30), nameof(options.GiveUpAfter), "1 minute to 30 days");
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);

        void Within(TimeSpan value, TimeSpan least, TimeSpan most, string setting, string range)
        {
            if (value < least || value > most)
                faults.Add($"{Section}:{setting} must be {range}.");
        }
    }

    private IEnumerable<string> FaultsOf(WebhookOptions webhook)
    {
        // Not repeated: the address may hold a key.
        if (webhook.Uri is not { } address)
            yield return "Address must be an absolute http or https address.";
        else if (guard.Check(address) is { } wrong)
            yield return $"Address {wrong}.";
        if (webhook.Secret is not { } secret || !WebhookSignature.IsUsable(secret))
            yield return "Secret must be whsec_ and base64 of 16 bytes or more, or a text of 16 characters or more: what is sent is signed with it.";
        foreach (var kind in webhook.Kinds.Where(k => !AlertType.All.Contains(k, StringComparer.OrdinalIgnoreCase)))
            yield return $"Kinds: '{kind}' is no type of alert: there are {string.Join(", ", AlertType.All)}.";
        if (webhook.DisplayName.Length > 60 || webhook.DisplayName.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('.' or ':' or '-' or '_' or '[' or ']')))
            yield return "Name must be 1 to 60 letters, digits, dots, colons, hyphens and underscores.";
    }

    private static IEnumerable<string> FaultsOf(MailOptions mail)
    {
        if (string.IsNullOrWhiteSpace(mail.Host) || Uri.CheckHostName(mail.Host) == UriHostNameType.Unknown)
            yield return "Host must be the name or the address of the mail server, without a port.";
        if (mail.Port is < 1 or > 65535)
            yield return "Port must be 1 to 65535.";
        if (mail.TlsMode is null)
            yield return $"Tls: '{mail.Tls}' is not known: use {string.Join(", ", Enum.GetNames<MailTls>())}.";
        if (!EmailAddress.TryParse(mail.From, out _))
            yield return $"From must be an address. {EmailAddress.Rule}";
        if (string.IsNullOrEmpty(mail.User) != mail.Password is null)
            yield return "User and Password belong together: give both or none.";
        else if (mail.Password is not null && mail.TlsMode == MailTls.None)
            yield return "Password would be sent in the clear: use Tls StartTls or Implicit.";
    }
}
