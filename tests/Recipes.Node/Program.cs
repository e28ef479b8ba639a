// One node: connections on the store it is told of, and callers that use them. It writes a line READY, calls until it is told to end (SIGTERM),
// lets what is on its way arrive, and writes one line of JSON: what came of the calls, and how leases were used.
using System.Text.Json;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Recipes.Connections;
using Recipes.Node;
using Recipes.Storage;

var builder = Host.CreateApplicationBuilder(args);
var options = builder.Configuration.GetSection("Node").Get<NodeOptions>() ?? throw new InvalidOperationException("There is no section Node.");
builder.Logging.ClearProviders().AddSimpleConsole(c => c.SingleLine = true).SetMinimumLevel(LogLevel.Warning);
builder.Services.AddSingleton<IConnectorProfiles>(new NodeConnectors(options.Provider, options.Name));
builder.Services.AddRecipesStorage(builder.Configuration);
builder.Services.AddConnections(builder.Configuration);
var store = builder.Services.Last(s => s.ServiceType == typeof(IConnectionStore)).ImplementationFactory!;
builder.Services.AddSingleton<IConnectionStore>(s => new CrashingStore((IConnectionStore)store(s), options.Crash));
var leases = builder.Services.Last(s => s.ServiceType == typeof(IRefreshLeases)).ImplementationType!;
builder.Services.AddSingleton(s => new CrashingLeases((IRefreshLeases)ActivatorUtilities.CreateInstance(s, leases), options.Crash));
builder.Services.AddSingleton<IRefreshLeases>(s => s.GetRequiredService<CrashingLeases>());
builder.Services.AddSingleton<Callers>();

using var host = builder.Build();
await host.StartAsync();
var all = await host.Services.GetRequiredService<IConnectionStore>().ListAsync(TenantId.Default, new ConnectionFilter(), CancellationToken.None);
Console.WriteLine("READY");

var callers = host.Services.GetRequiredService<Callers>();
var stopping = host.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
await callers.RunAsync(all.Select(c => c.Id).Where(id => options.Connection is null || id.Value == options.Connection), options.Callers, TimeSpan.FromMilliseconds(options.Pause), stopping);
await host.StopAsync();
var (taken, waits, takenOver) = host.Services.GetRequiredService<CrashingLeases>().Counts;
Console.WriteLine(JsonSerializer.Serialize(new { callers.Outcomes, Leases = new { Taken = taken, Waits = waits, TakenOver = takenOver } }));
