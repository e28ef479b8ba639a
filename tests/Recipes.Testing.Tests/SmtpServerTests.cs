using System.Net.Mail;

namespace Recipes.Testing.Tests;

public sealed class SmtpServerTests
{
    [SmtpFact]
    public async Task It_keeps_what_it_is_sent_and_refuses_as_often_as_it_was_told()
    {
        await using var server = await SmtpServer.StartAsync();
        using var client = new SmtpClient(SmtpServer.Host, server.Port);
        await server.RefuseAsync("RCPT", "450 4.2.1 busy", times: 1);

        var refused = await Should.ThrowAsync<SmtpFailedRecipientException>(() => client.SendMailAsync("a@example.com", "b@example.com", "Refused", "x"));
        await client.SendMailAsync("a@example.com", "b@example.com", "Küche", "Grüße,\r\n.\r\nund Ende");

        refused.StatusCode.ShouldBe(SmtpStatusCode.MailboxBusy);
        var mail = (await server.MailsAsync()).ShouldHaveSingleItem();
        (mail.From, mail.To[0], mail.Header("Subject"), mail.Secure, mail.User).ShouldBe(("a@example.com", "b@example.com", "Küche", false, null));
        mail.Text.TrimEnd().ShouldBe("Grüße,\n.\nund Ende");
    }
}
