using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace Recipes.Host.Tests;

/// <summary>A whole installation on real ports: our host with a database and the sample recipes of its own, and where asked for the sandbox CRM beside it.</summary>
internal sealed class Workplace : IAsyncDisposable
{
    private readonly TempFolder _folder = new();
    private readonly int _port = FreePort.Next();
    private readonly Dictionary<string, Api> _programs = [];
    private readonly List<IDisposable> _toDispose = [];
    private readonly Action<WebApplicationBuilder>? _configure;
    private readonly bool _ownLog;
    private readonly Workplace? _beside;
    private PostgresDatabase? _database;
    private SandboxCrm? _crm;
    private RecipesHost? _host;

    private Workplace(Action<WebApplicationBuilder>? configure, bool ownLog, Workplace? beside) => (_configure, _ownLog, _beside) = (configure, ownLog, beside);

    public Uri Address => new($"http://127.0.0.1:{_port}/");

    public SandboxCrm Crm => _crm ?? throw new InvalidOperationException("This workplace has no CRM.");

    public PostgresDatabase Database => _database ?? throw new InvalidOperationException("This workplace is on SQLite.");

    public IServiceProvider Services => _host!.Services;

    public ShiftedClock Clock { get; } = new();

    /// <summary>All that the host logs, from Trace on.</summary>
    public CapturedLogs Logs { get; } = new();

    public string DataFolder => _folder.Combine("data");

    public string RecipesFolder => _folder.Combine("recipes");

    public string ConnectorsFolder => _folder.Combine("connectors");

    public Api Operator => As("operator");

    public string LogFolder => _folder.Combine("log");

    /// <param name="configure">Replaces registrations.</param>
    /// <param name="prepare">Puts further files into the folders before the host starts.</param>
    /// <param name="ownLog">Whether the host writes its own log as well, every level of it.</param>
    /// <param name="postgres">The server that everything is stored on, in a database of its own; null for SQLite.</param>
    /// <param name="beside">A workplace on PostgreSQL that this one is a second node of.</param>
    public static async Task<Workplace> StartAsync(
        bool withCrm = false, Action<WebApplicationBuilder>? configure = null, Action<Workplace>? prepare = null, bool ownLog = false, PostgresServer? postgres = null, Workplace? beside = null)
    {
        var workplace = new Workplace(configure, ownLog, beside);
        try
        {
            if (beside is not null)
                (workplace._database, workplace._crm) = (beside._database, beside._crm);
            else if (postgres is not null)
                workplace._database = await postgres.CreateDatabaseAsync();

            Directory.CreateDirectory(workplace.ConnectorsFolder);
            Directory.CreateDirectory(workplace.RecipesFolder);
            foreach (var file in Directory.EnumerateFiles(RepositoryRoot.Combine("recipes"), "*.json"))
                File.Copy(file, Path.Combine(workplace.RecipesFolder, Path.GetFileName(file)));
            prepare?.Invoke(workplace);
            if (withCrm)
                workplace._crm = await SandboxCrm.StartAsync([.. Keys.WithConsent.Select(key => $"{workplace.Address}oauth/callback/{key}")]);
            await workplace.StartHostAsync();
            foreach (var (user, program) in beside?._programs ?? [])
                workplace._programs[user] = new Api(workplace.Address, program.Token);
            if (beside is not null)
                return workplace;
            var token = (await File.ReadAllTextAsync(Path.Combine(workplace.DataFolder, "operator-token"))).Trim();
            workplace.Remember("operator", token);
            return workplace;
        }
        catch
        {
            await workplace.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts the host, the first time or again on what it left.</summary>
    public async Task StartHostAsync() => _host = await RecipesHost.StartAsync([.. Arguments], builder =>
    {
        if (!_ownLog)
            builder.Logging.ClearProviders();
        builder.Logging.SetMinimumLevel(LogLevel.Trace).AddProvider(Logs);
        builder.Services.Replace(ServiceDescriptor.Singleton<TimeProvider>(Clock));
        _configure?.Invoke(builder);
    });

    /// <summary>What the program is started with.</summary>
    public IEnumerable<string> Arguments =>
    [
        "--urls", Address.GetLeftPart(UriPartial.Authority), "--DataFolder", DataFolder, "--RecipesFolder", RecipesFolder, "--ConnectorsFolder", ConnectorsFolder,
        // Nothing reaches the CRM but what the test itself has sent.
        "--Schedules:Every:revalidation", "0", .. _crm is null ? Array.Empty<string>() : ["--Egress:Allow:0", _crm.BaseAddress.Authority],
        .. _database is null ? Array.Empty<string>() : ["--Storage:Postgres", _database.ConnectionString],
        .. _ownLog ? ["--Log:Level", "Verbose", "--Log:File", Path.Combine(LogFolder, "host.log")] : Array.Empty<string>(),
    ];

    public async Task StopHostAsync()
    {
        if (_host is not null)
            await _host.DisposeAsync();
        _host = null;
    }

    /// <summary>A program that calls as that user.</summary>
    public Api As(string user) => _programs[user];

    /// <summary>A program without a token.</summary>
    public Api Stranger()
    {
        var api = new Api(Address, null);
        _toDispose.Add(api);
        return api;
    }

    /// <summary>A person at a fresh browser, signed in as that user.</summary>
    public async Task<Person> PersonAsync(string user)
    {
        var person = new Person(Address);
        _toDispose.Add(person);
        return await person.SignInAsync(As(user).Token!);
    }

    public async Task AddUserAsync(string id, params string[] privileges)
    {
        (await Operator.PostAsync("/api/users", new { id, displayName = id, privileges })).Is(HttpStatusCode.Created);
        var made = (await Operator.PostAsync($"/api/users/{id}/tokens", new { label = "test" })).Is(HttpStatusCode.Created);
        Remember(id, (string)made["token"]!);
    }

    /// <summary>The CRM's own record, newest first, of what was done with a token, a password or a key and not on its pages.</summary>
    public async Task<IReadOnlyList<CrmActivity>> CrmRecordAsync()
    {
        using var session = await Crm.LoginAsync("manager");
        using var answer = await session.GetAsync("/api/activity?limit=500");
        var items = System.Text.Json.Nodes.JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["items"]!.AsArray();
        return [.. items.Select(i => System.Text.Json.JsonSerializer.Deserialize<CrmActivity>(i, System.Text.Json.JsonSerializerOptions.Web)!)];
    }

    public async ValueTask DisposeAsync()
    {
        _toDispose.ForEach(d => d.Dispose());
        foreach (var program in _programs.Values)
            program.Dispose();
        await StopHostAsync();
        if (_beside is null && _crm is not null)
            await _crm.DisposeAsync();
        if (_beside is null && _database is not null)
            await _database.DisposeAsync();
        _folder.Dispose();
    }

    private void Remember(string user, string token)
    {
        Canaries.Add($"token of {user}", token);
        _programs[user] = new Api(Address, token);
    }
}
