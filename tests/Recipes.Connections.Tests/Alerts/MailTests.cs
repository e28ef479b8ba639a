using System.Net;
using System.Net.Sockets;
using Recipes.Testing;

namespace Recipes.Connections.Tests;

public sealed class MailTests
{
    [SmtpFact]
    public async Task Operators_and_the_owner_read_which_connection_is_lost_since_when_why_and_what_to_do()
    {
        await using var server = await SmtpServer.StartAsync();
        await using var world = await new AlertWorld().WithMail(server, "None", "ops@example.com", "OPS@example.com").StartAsync();
        await world.Harness.Get<IUserStore>().TryAddAsync(new(TenantId.Default, UserId.Parse("ann"), "Ann", Privileges.Member, world.Clock.GetUtcNow()) { Email = "ann@example.com" }, CancellationToken.None);
        await world.Harness.Get<IUserStore>().TryAddAsync(new(TenantId.Default, UserId.Parse("bob"), "Bob", Privileges.Member, world.Clock.GetUtcNow()), CancellationToken.None);
        var id = await world.ConnectAsync(Owner.Of(UserId.Parse("ann")), "Ann's “Küche”");
        await world.LoseAsync(id, "The user changed\r\n.\r\nWhat to do: send the password to eve@example.com");
        await world.LoseAsync(await world.ConnectAsync(Owner.Of(UserId.Parse("bob")), "Bob's"));

        await world.SweepAsync();

        var mails = await server.MailsAsync();
        mails.Select(m => (string.Join(',', m.To), m.Header("Subject").Contains("Bob's", StringComparison.Ordinal))).ShouldBe([("ann@example.com", false), ("ops@example.com", false), ("ops@example.com", true)], ignoreOrder: true);
        var definition = await world.Harness.DefinitionOfAsync(id);
        var mail = mails.Single(m => m.To[0] == "ann@example.com");
        (mail.From, mail.Header("From"), mail.Header("To"), mail.Header("Auto-Submitted")).ShouldBe(("recipes@example.com", "Recipes <recipes@example.com>", "<ann@example.com>", "auto-generated"));
        mail.Header("Subject").ShouldBe($"The connection “Ann's “Küche”” ({definition.DisplayName}) does not work any more");
        mail.Content.Split("\r\n").ShouldAllBe(l => l.Length <= 76);
        mail.Text.ShouldBe($"""
            The connection “Ann's “Küche”” ({definition.DisplayName}) does not work any more

            Connection: Ann's “Küche”
            Owner: ann
            Account: ann@crm.example
            Definition: {definition.DisplayName} ({definition.Key})
            Since: {world.Clock.GetUtcNow():yyyy-MM-dd HH:mm} UTC
            What was seen: The CRM refused the key.
            The app says: key_revoked: The user changed  .  What to do: send the password to eve@example.com

            What to do: Verify the credentials: the password, key or grant no longer works. Re-authorise the connection.

            https://recipes.example/connections/{id}

            """.ReplaceLineEndings("\n"));
    }

    [SmtpFact]
    public async Task A_moments_trouble_with_the_database_costs_no_owner_their_mail_and_an_unreadable_owner_nobody_elses()
    {
        await using var server = await SmtpServer.StartAsync();
        await using var world = await new AlertWorld().WithMail(server, "None", "ops@example.com").StartAsync();
        await world.Harness.Get<IUserStore>().TryAddAsync(new(TenantId.Default, UserId.Parse("ann"), "Ann", Privileges.Member, world.Clock.GetUtcNow()) { Email = "ann@example.com" }, CancellationToken.None);
        var (one, other) = (await world.ConnectAsync(Owner.Of(UserId.Parse("ann")), "One"), await world.ConnectAsync(Owner.Of(UserId.Parse("ann")), "Other"));

        await world.LoseAsync(one);
        world.Harness.Store.ReadTrouble = new IOException("The database does not answer.");
        var round = await Record.ExceptionAsync(world.SweepAsync);
        var during = await world.DeliveriesAsync();
        world.Harness.Store.ReadTrouble = null;
        await world.SweepAsync();
        await world.LoseAsync(other);
        world.Harness.Store.ReadTrouble = new FormatException("'?' is no owner.");
        await world.SweepAsync();

        round.ShouldBeOfType<IOException>();
        during.ShouldBeEmpty();
        (await server.MailsAsync()).Select(m => m.To.Single()).ShouldBe(["ann@example.com", "ops@example.com"], ignoreOrder: true);
        (await world.DeliveriesAsync()).Count(d => d.Alert.Connection == other).ShouldBe(1);
    }

    [SmtpTheory]
    [InlineData("x\r\nBcc: eve@example.com")]
    [InlineData("x\r\n\r\nA body of its own")]
    [InlineData("=?utf-8?B?DQpCY2M6IGV2ZUBleGFtcGxlLmNvbQ==?=")]
    [InlineData("a very long name that goes on and on until no line could hold it all, with ünïcödé and 🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂 in it")]
    public async Task No_name_gets_out_of_the_subject(string name)
    {
        await using var server = await SmtpServer.StartAsync();
        await using var world = await new AlertWorld().WithMail(server, "None", "ops@example.com").StartAsync();
        var id = await world.ConnectAsync(name: name);
        await world.LoseAsync(id);

        await world.SweepAsync();

        var mail = (await server.MailsAsync()).ShouldHaveSingleItem();
        mail.To.ShouldBe(["ops@example.com"]);
        mail.Headers.Select(h => h.Split(':')[0]).ShouldBe(["From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "MIME-Version", "Content-Type", "Content-Transfer-Encoding"], ignoreOrder: true);
        mail.Header("Subject").ShouldBe($"The connection “{name.Replace("\r\n", "  ", StringComparison.Ordinal)}” ({(await world.Harness.DefinitionOfAsync(id)).DisplayName}) does not work any more");
    }

    [SmtpTheory]
    [InlineData("StartTls")]
    [InlineData("Implicit")]
    public async Task Mail_goes_under_TLS_and_signed_in_where_the_operator_trusts_the_authority(string tls)
    {
        await using var server = await SmtpServer.StartAsync(withTls: true, isImplicit: tls == "Implicit");
        var password = Canaries.NewSecret("mail password");
        await server.SetAccountAsync("mailer", password);
        await using var world = await new AlertWorld().WithMail(server, tls, "ops@example.com")
            .With(("Egress:Authorities:0", server.AuthorityFile), ("Alerts:Mail:User", "mailer"), ("Alerts:Mail:Password", password)).StartAsync();
        await world.LoseAsync(await world.ConnectAsync());

        await world.SweepAsync();

        var mail = (await server.MailsAsync()).ShouldHaveSingleItem();
        (mail.Secure, mail.User).ShouldBe((true, "mailer"));
        (await world.DeliveriesAsync()).Single().DeliveredAt.ShouldNotBeNull();
    }

    [SmtpTheory]
    [InlineData("StartTls")]
    [InlineData("Implicit")]
    public async Task A_certificate_that_nobody_trusts_gets_neither_mail_nor_password(string tls)
    {
        await using var server = await SmtpServer.StartAsync(withTls: true, isImplicit: tls == "Implicit");
        await using var world = await new AlertWorld().WithMail(server, tls, "ops@example.com").StartAsync();
        await world.LoseAsync(await world.ConnectAsync());

        await world.SweepAsync();

        (await server.MailsAsync()).ShouldBeEmpty();
        var delivery = (await world.DeliveriesAsync()).Single();
        (delivery.NextTryAt is not null, delivery.Error).ShouldBe((true, "It could not be reached: its TLS certificate was refused."));
    }

    [SmtpFact]
    public async Task Where_TLS_is_asked_for_nothing_goes_without()
    {
        await using var server = await SmtpServer.StartAsync();
        await using var world = await new AlertWorld().WithMail(server, "StartTls", "ops@example.com").StartAsync();
        await world.LoseAsync(await world.ConnectAsync());

        await world.SweepAsync();

        (await server.MailsAsync()).ShouldBeEmpty();
        (await world.DeliveriesAsync()).Single().Error.ShouldBe("The mail server does not offer STARTTLS: set Alerts:Mail:Tls to what it offers.");
    }

    [Fact]
    public async Task What_was_said_before_TLS_is_not_taken_for_something_under_it()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var conversation = Task.Run(async () =>
        {
            using var client = await listener.AcceptTcpClientAsync();
            var stream = client.GetStream();
            await stream.WriteAsync("220 mail.test\r\n"u8.ToArray());
            var buffer = new byte[1024];
            _ = await stream.ReadAsync(buffer);
            await stream.WriteAsync("250-mail.test\r\n250 STARTTLS\r\n"u8.ToArray());
            _ = await stream.ReadAsync(buffer);
            await stream.WriteAsync("220 go\r\n250-mail.test\r\n250 AUTH PLAIN\r\n"u8.ToArray());
            return await stream.ReadAsync(buffer);
        });
        await using var world = await new AlertWorld().With(
            ("Alerts:Mail:Host", "127.0.0.1"), ("Alerts:Mail:Port", $"{((IPEndPoint)listener.LocalEndpoint).Port}"), ("Alerts:Mail:From", "recipes@example.com"), ("Alerts:Operators:0", "ops@example.com")).StartAsync();
        await world.LoseAsync(await world.ConnectAsync());

        await world.SweepAsync();

        (await conversation).ShouldBe(0, "the connection is closed without another byte");
        (await world.DeliveriesAsync()).Single().Error.ShouldBe("It could not be reached: the connection broke.");
    }

    [SmtpFact]
    public async Task A_wrong_password_is_told_and_tried_again_later()
    {
        await using var server = await SmtpServer.StartAsync(withTls: true);
        await server.SetAccountAsync("mailer", Canaries.NewSecret("mail password"));
        await using var world = new AlertWorld().WithMail(server, "StartTls", "ops@example.com");
        await world.With(("Egress:Authorities:0", server.AuthorityFile), ("Alerts:Mail:User", "mailer"), ("Alerts:Mail:Password", Canaries.NewSecret("wrong mail password"))).StartAsync();
        await world.LoseAsync(await world.ConnectAsync());

        await world.SweepAsync();

        (await server.MailsAsync()).ShouldBeEmpty();
        var delivery = (await world.DeliveriesAsync()).Single();
        (delivery.NextTryAt is not null, delivery.Error).ShouldBe((true, "The mail server refused signing in: 535 5.7.8 Authentication credentials invalid"));
        Canaries.FindIn(world.Harness.Logs.Text, "log").ShouldBeEmpty();
    }

    [SmtpTheory]
    [InlineData("MAIL", "451 4.3.0 later", true, "the sender")]
    [InlineData("MAIL", "553 5.1.8 sender unknown", true, "the sender")]
    [InlineData("RCPT", "450 4.2.1 busy", true, "the recipient")]
    [InlineData("RCPT", "550 5.1.1 no such user", false, "the recipient")]
    [InlineData("DATA", "452 4.3.1 full", true, "the mail")]
    [InlineData("DATA", "554 5.7.1 spam", false, "the mail")]
    public async Task What_the_server_refuses_is_tried_again_unless_it_is_meant_for_good(string command, string reply, bool isTriedAgain, string what)
    {
        await using var server = await SmtpServer.StartAsync();
        await server.RefuseAsync(command, reply, times: 1);
        await using var world = await new AlertWorld().WithMail(server, "None", "ops@example.com").StartAsync();
        await world.LoseAsync(await world.ConnectAsync());

        await world.SweepAsync();
        var delivery = (await world.DeliveriesAsync()).Single();
        world.Clock.Advance(TimeSpan.FromSeconds(11));
        await world.SweepAsync();

        (delivery.NextTryAt is not null, delivery.Error).ShouldBe((isTriedAgain, $"The mail server refused {what}: {reply}"));
        (await server.MailsAsync()).Count.ShouldBe(isTriedAgain ? 1 : 0);
    }

    [SmtpFact]
    public async Task A_server_that_does_not_answer_is_waited_for_once_and_not_long()
    {
        await using var server = await SmtpServer.StartAsync();
        await server.HoldAsync();
        await using var world = await new AlertWorld().WithMail(server, "None", [.. Enumerable.Range(0, 30).Select(i => $"ops{i}@example.com")]).With(("Alerts:Timeout", "00:00:01")).StartAsync(realTime: true);
        await world.LoseAsync(await world.ConnectAsync());

        var started = TimeProvider.System.GetTimestamp();
        await world.SweepAsync();
        var took = TimeProvider.System.GetElapsedTime(started);
        await server.HealAsync();

        took.ShouldBeLessThan(TimeSpan.FromSeconds(3.5), "eight at once, then nobody waits for it any more");
        (await world.DeliveriesAsync()).ShouldAllBe(d => d.NextTryAt != null && d.Error == "It could not be reached: no answer in time.");
        (await server.MailsAsync()).ShouldBeEmpty();
    }
}
