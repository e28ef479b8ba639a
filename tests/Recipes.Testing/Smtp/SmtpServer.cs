using System.Globalization;
using System.Net.Http.Json;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Recipes.Testing;

/// <summary>A real mail server (aiosmtpd on Python) on loopback that keeps what it is sent. It takes mail from everybody, until <see cref="SetAccountAsync"/>.</summary>
public sealed partial class SmtpServer : IAsyncDisposable
{
    private readonly TempFolder _folder;
    private readonly ServerProcess _process;
    private readonly HttpClient _control;

    private SmtpServer(TempFolder folder, ServerProcess process, int port, Uri control)
    {
        (_folder, _process, Port) = (folder, process, port);
        _control = new HttpClient { BaseAddress = control };
    }

    public static string Host => "127.0.0.1";

    public int Port { get; }

    /// <summary>The file of the authority that signed its certificate, in PEM; there with TLS.</summary>
    public string AuthorityFile => _folder.Combine("authority.pem");

    /// <summary>Starts a server of its own on a free port.</summary>
    /// <param name="withTls">Whether it offers STARTTLS, and takes no mail without it, with a certificate of an authority that no machine trusts.</param>
    /// <param name="isImplicit">Whether it speaks TLS from the first byte on instead.</param>
    /// <exception cref="InvalidOperationException">When it does not come up; the message holds its last output.</exception>
    public static async Task<SmtpServer> StartAsync(bool withTls = false, bool isImplicit = false, CancellationToken cancellationToken = default)
    {
        var folder = new TempFolder();
        ServerProcess? process = null;
        try
        {
            if (withTls || isImplicit)
                await IssueAsync(folder, cancellationToken);
            string[] arguments = ["-B", "server.py", .. withTls || isImplicit ? new[] { folder.Combine("good.crt"), folder.Combine("good.key") } : [], .. isImplicit ? new[] { "implicit" } : []];
            process = ServerProcess.Start("/usr/bin/python3", arguments, RepositoryRoot.Combine("tests", "counterparties", "smtp"));
            var ready = await process.LineAsync(ReadyLine(), cancellationToken);
            return new(folder, process, int.Parse(ready.Groups["port"].Value, CultureInfo.InvariantCulture), new Uri(ready.Groups["control"].Value));
        }
        catch
        {
            if (process is not null)
                await process.DisposeAsync();
            folder.Dispose();
            throw;
        }
    }

    /// <summary>Only this account may send from now on.</summary>
    public Task SetAccountAsync(string user, string password) => OrderAsync("account", new { user, password });

    /// <summary>Answers a command with a reply of its own.</summary>
    /// <param name="command">MAIL, RCPT or DATA.</param>
    /// <param name="reply">For instance <c>450 4.2.1 busy</c>.</param>
    /// <param name="times">How often; 0 until <see cref="HealAsync"/>.</param>
    public Task RefuseAsync(string command, string reply, int times = 0) => OrderAsync("refuse", new { command, reply, times });

    /// <summary>Does not answer MAIL before <see cref="HealAsync"/>.</summary>
    public Task HoldAsync() => OrderAsync("hold", new { });

    public Task HealAsync() => OrderAsync("heal", new { });

    /// <summary>What it took, oldest first.</summary>
    public async Task<IReadOnlyList<ReceivedMail>> MailsAsync() => await _control.GetFromJsonAsync<List<ReceivedMail>>("/mails") ?? [];

    public async ValueTask DisposeAsync()
    {
        _control.Dispose();
        await _process.DisposeAsync();
        _folder.Dispose();
    }

    private static async Task IssueAsync(TempFolder folder, CancellationToken cancellationToken)
    {
        var now = TimeProvider.System.GetUtcNow();
        using var authority = NginxTlsServer.MakeAuthority(now);
        await File.WriteAllTextAsync(folder.Combine("authority.pem"), authority.ExportCertificatePem(), cancellationToken);
        await NginxTlsServer.IssueAsync(folder, "good", authority, ["localhost", Host], now.AddDays(-1), now.AddDays(7), cancellationToken);
    }

    private async Task OrderAsync(string order, object body)
    {
        using var content = new StringContent(JsonSerializer.Serialize(body), Encoding.UTF8, "application/json");
        using var answer = await _control.PostAsync($"/{order}", content);
        answer.EnsureSuccessStatusCode();
    }

    [GeneratedRegex("^READY (?<port>\\d+) (?<control>\\S+)$", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex ReadyLine();
}
