namespace Recipes.Connections;

/// <summary>Whom alerts go to. Section <c>Alerts</c>; without it nobody is told.</summary>
/// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">At start-up, with all faults together.</exception>
public sealed class AlertOptions
{
    public const string Section = "Alerts";

    /// <summary>Programs that get every alert, or some kinds of it.</summary>
    public IList<WebhookOptions> Webhooks { get; init; } = [];

    /// <summary>The server that mail goes through; null means that none is sent.</summary>
    public MailOptions? Mail { get; set; }

    /// <summary>Mail addresses that get every alert. Owners of connections get those of their own, at the address that their user has.</summary>
    public IList<string> Operators { get; init; } = [];

    /// <summary>How often alerts are looked for.</summary>
    /// <value>1 second to 1 hour, default 5 seconds.</value>
    public TimeSpan Every { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long one try may take.</summary>
    /// <value>1 second to 1 minute, default 15 seconds.</value>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>Pause after the first try that failed; it doubles with each one.</summary>
    /// <value>1 second to 1 hour, default 10 seconds.</value>
    public TimeSpan FirstPause { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>The longest pause between two tries.</summary>
    /// <value><see cref="FirstPause"/> to 1 day, default 1 hour.</value>
    public TimeSpan LongestPause { get; set; } = TimeSpan.FromHours(1);

    /// <summary>How long it is tried before it is given up.</summary>
    /// <value>1 minute to 30 days, default 3 days.</value>
    public TimeSpan GiveUpAfter { get; set; } = TimeSpan.FromDays(3);
}
