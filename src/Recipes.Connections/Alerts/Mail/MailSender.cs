using System.Text;
using Microsoft.Extensions.Options;

namespace Recipes.Connections;

/// <summary>Mails an alert through the operator's own server.</summary>
/// <remarks>The server is the operator's setting, usually inside their network, and no user can name another: it does not go through the egress guard.</remarks>
internal sealed class MailSender(IOptions<EgressOptions> egress, TimeProvider time)
{
    private const int LongestWords = 300;
    private readonly PrivateAuthorities _authorities = new(egress.Value.Authorities);

    /// <param name="delivery">Becomes the mail's id, so that a second copy can be told for what it is.</param>
    public async Task<AlertOutcome> SendAsync(MailOptions server, string to, AlertNotice notice, Guid delivery, CancellationToken cancellationToken)
    {
        await using var session = await SmtpSession.OpenAsync(server.Host, server.EffectivePort, cancellationToken);
        if (server.TlsMode == MailTls.Implicit)
            await session.UseTlsAsync(server.Host, _authorities, cancellationToken);
        var (subject, body) = AlertMail.Of(notice);
        var outcome = await SignInAsync(session, server, cancellationToken)
            ?? await HandOverAsync(session, server.From.Trim(), to, MailMessageText.Of(server.From.Trim(), to, subject, body, delivery, time.GetUtcNow()), server, cancellationToken);
        if (outcome is AlertOutcome.Delivered)
            await SayGoodbyeAsync(session, cancellationToken);
        return outcome;
    }

    /// <returns>Null when mail can be handed over.</returns>
    private async Task<AlertOutcome?> SignInAsync(SmtpSession session, MailOptions server, CancellationToken cancellationToken)
    {
        if (await session.ReadAsync(cancellationToken) is { IsGood: false } greeting)
            return Later("greeting", greeting, server);
        var hello = await session.HelloAsync(cancellationToken);
        if (!hello.IsGood)
            return Later("EHLO", hello, server);
        if (server.TlsMode == MailTls.StartTls)
        {
            // Never without: who took the offer away may be on the way.
            if (!hello.Lines.Any(l => l.Trim().Equals("STARTTLS", StringComparison.OrdinalIgnoreCase)))
                return new AlertOutcome.TryLater("The mail server does not offer STARTTLS: set Alerts:Mail:Tls to what it offers.");
            if (await session.CommandAsync("STARTTLS", cancellationToken) is { IsGood: false } refusal)
                return Later("STARTTLS", refusal, server);
            await session.UseTlsAsync(server.Host, _authorities, cancellationToken);
            hello = await session.HelloAsync(cancellationToken);
            if (!hello.IsGood)
                return Later("EHLO", hello, server);
        }

        if (server is not { User: { Length: > 0 } user, Password: { } password })
            return null;
        var ways = hello.Lines.FirstOrDefault(l => l.StartsWith("AUTH ", StringComparison.OrdinalIgnoreCase))?.Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? [];
        SmtpReply reply;
        if (ways.Contains("PLAIN", StringComparer.OrdinalIgnoreCase))
        {
            reply = await session.CommandAsync($"AUTH PLAIN {Base64($"\0{user}\0{password.Reveal()}")}", cancellationToken);
        }
        else if (ways.Contains("LOGIN", StringComparer.OrdinalIgnoreCase))
        {
            reply = await session.CommandAsync("AUTH LOGIN", cancellationToken);
            reply = reply.Code == 334 ? await session.CommandAsync(Base64(user), cancellationToken) : reply;
            reply = reply.Code == 334 ? await session.CommandAsync(Base64(password.Reveal()), cancellationToken) : reply;
        }
        else
        {
            return new AlertOutcome.TryLater("The mail server offers no way to sign in that is known here: those are PLAIN and LOGIN.");
        }

        return reply.IsGood ? null : Later("signing in", reply, server);
    }

    private static async Task<AlertOutcome> HandOverAsync(SmtpSession session, string from, string to, byte[] content, MailOptions server, CancellationToken cancellationToken)
    {
        // The operator can put right what the sender's address is refused for.
        if (await session.CommandAsync($"MAIL FROM:<{from}>", cancellationToken) is { IsGood: false } sender)
            return Later("the sender", sender, server);
        if (await session.CommandAsync($"RCPT TO:<{to}>", cancellationToken) is { IsGood: false } recipient)
            return recipient.IsForGood ? new AlertOutcome.Refused(Words("the recipient", recipient, server)) : Later("the recipient", recipient, server);
        var reply = await session.CommandAsync("DATA", cancellationToken);
        if (reply.Code == 354)
            reply = await session.ContentAsync(content, cancellationToken);
        return reply.IsGood ? new AlertOutcome.Delivered() : reply.IsForGood ? new AlertOutcome.Refused(Words("the mail", reply, server)) : Later("the mail", reply, server);
    }

    private static async Task SayGoodbyeAsync(SmtpSession session, CancellationToken cancellationToken)
    {
        try
        {
            await session.CommandAsync("QUIT", cancellationToken);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // The mail is taken; how the server hangs up is its own affair.
        }
    }

    private static AlertOutcome.TryLater Later(string what, SmtpReply reply, MailOptions server) => new(Words(what, reply, server));

    private static string Words(string what, SmtpReply reply, MailOptions server)
    {
        var text = new Redactor(server.Password is { } password ? [password] : []).Redact(reply.Text);
        text = string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c));
        return $"The mail server refused {what}: {(text.Length <= LongestWords ? text : $"{text[..LongestWords]}…")}";
    }

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
