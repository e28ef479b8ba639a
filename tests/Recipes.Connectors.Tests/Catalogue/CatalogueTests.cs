using System.Text.RegularExpressions;
using Recipes.Connections;
using Capture = Recipes.Connections.Capture;

namespace Recipes.Connectors.Tests;

/// <summary>What holds for each file that comes with the program.</summary>
public sealed partial class CatalogueTests
{
    private static readonly ConnectorCatalogue s_catalogue = ConnectorCatalogue.Load([]);

    // For apps that have no file of their own: what they answer is not known beforehand.
    private static readonly string[] s_generic = [.. ConnectorCatalogue.BuiltIn.Where(n => s_catalogue.Find(n)!.Profile.DisplayName.StartsWith("Any app", StringComparison.Ordinal))];

    // Each of these is run by a test against the running app or, for the generic ones, against several servers.
    private static readonly string[] s_live = [.. s_generic, "sandbox-crm", "etcd", "radicale", "syncthing"];

    public static TheoryData<string> Names => [.. ConnectorCatalogue.BuiltIn];

    public static TheoryData<string> Apps => [.. ConnectorCatalogue.BuiltIn.Except([.. s_generic, "sandbox-crm"])];

    // Hosts that captures let through: none with something behind it.
    private static readonly string[] s_homes = ["x.my.salesforce.com", "x.force.com", "na1.docusign.net", "accounts.zoho.eu", "www.zohoapis.com", "x.pipedrive.com"];

    [Fact]
    public void There_are_many() => ConnectorCatalogue.BuiltIn.Count.ShouldBeGreaterThan(100);

    [Theory]
    [MemberData(nameof(Names))]
    public void A_file_loads_without_faults_and_says_whether_it_was_tried(string name)
    {
        var connector = s_catalogue.Find(name);

        s_catalogue.Faults.Where(f => f.File == $"{name}.yaml").ShouldBeEmpty();
        connector.ShouldNotBeNull().Profile.Name.ShouldBe(name);
        connector.IsBuiltIn.ShouldBeTrue();
        Tried().Count(FileOf(name)).ShouldBe(1);
        connector.Profile.Tried.ShouldBe(s_live.Contains(name) ? Connections.Tried.Live : Connections.Tried.NotLive);
        connector.Profile.Description.ShouldNotBeNull();
    }

    [Theory]
    [MemberData(nameof(Apps))]
    public void An_app_has_a_probe_help_error_rules_and_actions(string name)
    {
        var connector = s_catalogue.Find(name)!;

        connector.Profile.Documentation.ShouldNotBeNull().Scheme.ShouldBe("https");
        connector.Profile.Schemes.ShouldAllBe(s => connector.Profile.ProbeOf(s) != null);
        // With one scheme there is nothing to choose.
        connector.Profile.Schemes.Where(s => connector.Profile.Schemes.Count > 1 && s.Help is null && s is not BasicScheme).ShouldBeEmpty();
        connector.Profile.Errors.ShouldNotBeEmpty();
        connector.Actions.Count.ShouldBeGreaterThanOrEqualTo(3);
        connector.Actions.SelectMany(a => a.Inputs).ShouldAllBe(i => i.Label.Length > 0);
    }

    [Theory]
    [MemberData(nameof(Apps))]
    public void No_captured_value_leads_to_another_host(string name)
    {
        string[] hosts = ["evil.example", "salesforce.com.evil.example", "evil.example/.salesforce.com", "evil.example#.docusign.net", "evil.example?.zoho.com", "www.zohoapis.com@evil.example", "evil.example\\.pipedrive.com", "evil.example:443", .. s_homes.Select(h => $"{h}.evil.example")];
        var captures = s_catalogue.Find(name)!.Profile.Schemes.SelectMany(CapturesOf);

        foreach (var capture in captures)
        {
            foreach (var value in hosts.SelectMany(h => new[] { h, $"https://{h}", $"//{h}", $"https://{h}/", $"stores/{h}" }).Concat(["../x", "a/b", "a\nb", "a@b", "a?b", "a#b", ""]))
                capture.Read(value).ShouldBeNull($"{capture.Path}: {value}");
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void All_patterns_can_be_used(string name)
    {
        // As a file of the user's own, where they are built at once.
        var file = new ConnectorFile($"{name}.yaml");

        ConnectorReader.Read(file, FileOf(name), isBuiltIn: false, TimeProvider.System, CodeAuthentications.BuiltIn);

        file.Faults.ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(Apps))]
    public void Fixed_addresses_are_https(string name)
    {
        var connector = s_catalogue.Find(name)!.Profile;

        connector.Schemes.SelectMany(connector.AddressesOf).Select(a => a.Template.Source).ShouldAllBe(a => a.StartsWith("https://", StringComparison.Ordinal) || a.StartsWith("{{fields.", StringComparison.Ordinal));
    }

    private static IEnumerable<Capture> CapturesOf(AuthScheme scheme) =>
        scheme.AfterConnect.SelectMany(c => c.Captures).Concat(scheme is OAuth2Scheme oauth ? oauth.Captures : []);

    private static string FileOf(string name)
    {
        using var reader = new StreamReader(typeof(ConnectorCatalogue).Assembly.GetManifestResourceStream($"Recipes.Connectors.Catalogue.{name}.yaml")!);
        return reader.ReadToEnd();
    }

    [GeneratedRegex("^tried: (live|notLive)\\r?$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Tried();
}
