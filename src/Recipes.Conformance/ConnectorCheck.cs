using System.Diagnostics;

namespace Recipes.Conformance;

/// <summary>Checks connector files: their text, and how connections behave that are made by them, against stand-ins for their apps in all kinds of trouble.</summary>
/// <remarks>Thread-safe; nothing leaves this machine.</remarks>
public sealed class ConnectorCheck
{
    private readonly StandInAuthority _authority = new();

    /// <summary>Only schemes of that name are tried; null means all.</summary>
    public string? OnlyScheme { get; init; }

    /// <summary>A connector file by whose words the stand-ins go, in place of the one that is checked: the app as it really is. Null means the file itself.</summary>
    public string? ProviderFile { get; init; }

    /// <summary>Hears of each case when it is done.</summary>
    public Action<string, CaseResult>? OnCase { get; init; }

    /// <summary>The connector files at a path: itself, or those in the folder.</summary>
    /// <exception cref="FileNotFoundException">When there is neither a file nor a folder, or no connector file in it.</exception>
    public static IReadOnlyList<string> FilesAt(string path)
    {
        if (File.Exists(path))
            return [path];
        string[] files = Directory.Exists(path) ? [.. Directory.EnumerateFiles(path).Where(f => Path.GetExtension(f) is ".yaml" or ".yml").Order(StringComparer.Ordinal)] : throw new FileNotFoundException($"There is no file or folder '{path}'.");
        return files.Length > 0 ? files : throw new FileNotFoundException($"There is no *.yaml or *.yml in '{path}'.");
    }

    /// <summary>Checks one file.</summary>
    public async Task<ConnectorReport> CheckAsync(string file, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        var (connector, faults) = ConnectorFileReader.Read(file);
        var provider = connector;
        if (connector is not null && ProviderFile is not null)
            (provider, faults) = ConnectorFileReader.Read(ProviderFile);
        if (connector is null || provider is null)
            return new(file, connector?.Profile.Name, faults, [], []) { Took = Stopwatch.GetElapsedTime(started) };
        var schemes = new List<SchemeReport>();
        foreach (var scheme in connector.Profile.Schemes.Where(s => OnlyScheme is null || s.Name == OnlyScheme))
        {
            cancellationToken.ThrowIfCancellationRequested();
            schemes.Add(await CheckAsync(connector.Profile, scheme, provider.Profile));
        }

        if (OnlyScheme is null)
            schemes.AddRange(connector.Triggers.OfType<DeclaredWebhookTrigger>().Select(t => Check(connector.Profile, t)));
        return new(file, connector.Profile.Name, [], schemes, [.. FileNotes.NotesOf(connector.Profile)]) { Took = Stopwatch.GetElapsedTime(started) };
    }

    private SchemeReport Check(ConnectorProfile connector, DeclaredWebhookTrigger trigger)
    {
        var results = WebhookCases.For(trigger);
        foreach (var result in results)
            OnCase?.Invoke($"{connector.Name} {trigger.Name}", result);
        return new(trigger.Name, "webhook", results, results.Count == 0 ? "Its deliveries are not signed." : null);
    }

    private async Task<SchemeReport> CheckAsync(ConnectorProfile connector, AuthScheme scheme, ConnectorProfile provider)
    {
        var type = TypeName(scheme);
        if (provider.FindScheme(scheme.Name) is not { } providerScheme)
            return new(scheme.Name, type, [], $"The file of the provider has no scheme '{scheme.Name}'.");
        await using var bench = await Workbench.StartAsync(connector, scheme, (provider, providerScheme), _authority);
        if (bench is null)
            return new(scheme.Name, type, [], $"The kit has no stand-in for schemes of type {type}.");
        var results = new List<CaseResult>();
        void Add(CaseResult result)
        {
            results.Add(result);
            OnCase?.Invoke($"{connector.Name} {scheme.Name}", result);
        }

        Problem[] text = [.. FileNotes.ProblemsOf(connector, scheme), .. bench.Account.Faults.Select(f => new Problem(null, null, "a value for every field", f, "Give the field an example that fits."))];
        Add(new(CaseKind.Address, "Fields, patterns and addresses go together", text));
        // What builds on something broken would only repeat it.
        var (works, untried) = (CaseNeeds.Probe, 0);
        foreach (var next in AllCases.For(bench))
        {
            if (next.Needs > works)
            {
                untried++;
                continue;
            }

            var result = await RunAsync(bench, next, works > CaseNeeds.Nothing);
            Add(result);
            if (!result.Passed && next.Kind == CaseKind.Connect)
                works = (CaseNeeds)Math.Min((int)works, next.Needs == CaseNeeds.Nothing ? 0 : 1);
        }

        return new(scheme.Name, type, results) { Untried = untried };
    }

    private static async Task<CaseResult> RunAsync(Workbench bench, ConformanceCase conformanceCase, bool mayConnect)
    {
        var run = new CaseRun(bench, mayConnect);
        bench.StandIn.TakeFaults();
        try
        {
            await conformanceCase.Run(run);
        }
        catch (KitException fault)
        {
            run.Fail("this can be tried", fault.Message.TrimEnd('.'), "See the first case of this scheme.");
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            // Whatever Recipes throws at a caller is a finding, not the end of the check.
            run.Fail("no exception", $"{fault.GetType().Name}: {fault.Message}", CaseRun.ReportIt);
        }

        bench.Proxy.Disarm();
        if (bench.Broken is { } broken)
            run.Fail("the stand-in answers", broken is KitException ? broken.Message.TrimEnd('.') : $"it broke ({broken.GetType().Name}: {broken.Message})", broken is KitException ? "See above." : CaseRun.ReportIt);
        bench.ForgetBroken();
        return new(conformanceCase.Kind, conformanceCase.Name, run.Problems);
    }

    private static string TypeName(AuthScheme scheme)
    {
        var name = scheme.GetType().Name.Replace("Scheme", "", StringComparison.Ordinal);
        return $"{char.ToLowerInvariant(name[0])}{name[1..]}";
    }
}
