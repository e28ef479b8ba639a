using System.Text;
using Microsoft.Extensions.Logging;

namespace Recipes.Testing.Tests;

public sealed class CanariesTests
{
    [Fact]
    public void A_canary_is_found_in_every_disguise()
    {
        var secret = Canaries.NewSecret("disguised");
        var special = $"{secret}/+ =&é";
        Canaries.Add("special", special);

        Labels(Canaries.FindIn($"a log line with {secret} in it")).ShouldBe(["disguised"]);
        Labels(Canaries.FindIn($"?q={Uri.EscapeDataString(special).ToLowerInvariant()}")).ShouldContain("special");
        for (var before = 0; before < 6; before++)
        {
            var basic = Convert.ToBase64String(Encoding.UTF8.GetBytes(new string('u', before) + secret + ":x"));
            Labels(Canaries.FindIn($"Authorization: Basic {basic}")).ShouldBe(["disguised"], $"{before} bytes before");
        }

        Labels(Canaries.FindIn(Convert.ToHexString(Encoding.UTF8.GetBytes(secret)))).ShouldBe(["disguised"]);
        Labels(Canaries.FindIn(Encoding.Unicode.GetBytes($"x{secret}"))).ShouldBe(["disguised"]);
        Labels(Canaries.FindIn(new MemoryStream([0, 255, .. Encoding.UTF8.GetBytes(secret), 254]))).ShouldBe(["disguised"]);
        Canaries.FindIn("nothing here").ShouldBeEmpty();
        Canaries.FindIn(secret)[0].ToString().ShouldNotContain(secret);
    }

    [Fact]
    public async Task A_folder_is_looked_through_with_its_file_names()
    {
        using var folder = new TempFolder();
        var secret = Canaries.NewSecret("in a file");
        await folder.WriteAsync("plain.db", $"\0\u0001{secret}");
        await folder.WriteAsync($"{secret}.txt", "");
        await folder.WriteAsync("clean.txt", "nothing");

        var sightings = Canaries.ScanFolder(folder.Path);

        sightings.Select(sighting => Path.GetFileName(sighting.Place)).ShouldBe(["plain.db", $"{secret}.txt"], ignoreOrder: true);
    }

    [Fact]
    public void Captured_logs_hold_messages_values_scopes_and_exceptions()
    {
        var secrets = Enumerable.Range(0, 4).Select(i => Canaries.NewSecret($"log {i}")).ToList();
        using var logs = new CapturedLogs();
        using var factory = LoggerFactory.Create(logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(logs));
        var logger = factory.CreateLogger("test");

        using (logger.BeginScope(new Dictionary<string, object?> { ["scope"] = secrets[0] }))
        {
            logger.Log(LogLevel.Trace, new EventId(1), new KeyValuePair<string, object?>[] { new("value", secrets[1]) }, null, (_, _) => secrets[2]);
            logger.Log(LogLevel.Error, new EventId(2), "state", new InvalidOperationException(secrets[3]), (_, _) => "failed");
        }

        logs.Entries.Count.ShouldBe(2);
        Labels(Canaries.FindIn(logs.Text)).ShouldBe(["log 0", "log 1", "log 2", "log 3"], ignoreOrder: true);
    }

    private static IEnumerable<string> Labels(IEnumerable<CanarySighting> sightings) =>
        sightings.Select(sighting => sighting.Label).Distinct();
}
