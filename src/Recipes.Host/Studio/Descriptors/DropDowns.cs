using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Recipes.Connectors;
using Recipes.Engine;

namespace Recipes.Host;

/// <summary>What Studio's drop-downs offer that only this tenant, or only the app, knows. What is asked of an app is asked through the step's own connection, by whoever is at the screen.</summary>
internal sealed class DropDowns(
    ActivityDescriptors descriptors, ConnectorCatalogue connectors, RecipeCatalogue recipes, IConnectionStore store, IConnectionResolver resolver, IConnectionClients clients, TimeProvider time)
{
    /// <summary>Begins the value of the item that opens the wizard; the connector's name follows.</summary>
    public const string New = "recipes:new:";

    private const int MostItems = 1000;
    private const int MostKept = 500;

    // Studio asks up to ten times for one selection.
    private static readonly TimeSpan s_keep = TimeSpan.FromSeconds(15);

    private readonly ConcurrentDictionary<string, (long At, Lazy<Task<IReadOnlyList<SelectItem>>> Items)> _kept = new();

    /// <param name="context">All inputs of the activity that are set, as Studio has them.</param>
    public async Task<IReadOnlyList<SelectItem>> FindAsync(string type, string input, JsonObject? context, Caller caller, CancellationToken cancellationToken)
    {
        if (descriptors.Find(type) is not { } descriptor || descriptor.FindInput(input) is not { IsDynamic: true } asked)
            return [];
        if (asked.Name == "Recipe")
            return [.. recipes.All.Where(r => r.IsCallable).Select(r => new SelectItem(r.DisplayName is { } name && name != r.Name ? $"{name} ({r.Name})" : r.Name, r.Name))];
        if (asked.Name == ActivityDescriptors.Connection)
            return await ConnectionsAsync(descriptor.Connector, LiteralOf(context, asked.Member), caller, cancellationToken);
        return await FromAppAsync(descriptor, asked, context, caller, cancellationToken);
    }

    private async Task<IReadOnlyList<SelectItem>> ConnectionsAsync(string? connector, string? chosen, Caller caller, CancellationToken cancellationToken)
    {
        var items = new List<SelectItem>();
        foreach (var definition in (await store.ListDefinitionsAsync(caller.Tenant, cancellationToken)).Where(d => connector is null || d.Connector == connector))
            items.Add(new($"{definition.DisplayName} ({definition.Key}) · {await StateAsync(definition, caller, cancellationToken)}", definition.Key.Value));
        if (chosen is { Length: > 0 } && !chosen.StartsWith(New, StringComparison.Ordinal) && items.TrueForAll(i => i.Value != chosen))
            items.Add(new($"{chosen} · to be set up", chosen));
        if (connector is not null && caller.Has(Privileges.ManageDefinitions))
            items.Add(new("＋ New connection…", $"{New}{connector}"));
        return items;
    }

    private async Task<string> StateAsync(ConnectionDefinition definition, Caller caller, CancellationToken cancellationToken)
    {
        var isOwn = definition.RuntimeUser == RuntimeUserPolicy.Required;
        var owner = isOwn ? Owner.Of(caller.User) : Owner.Organisation;
        var connections = await store.ListAsync(caller.Tenant, new ConnectionFilter { Definition = definition.Id, Owner = owner, Most = 20 }, cancellationToken);
        var best = connections.OrderBy(c => c.Health switch { Health.Green => 0, Health.Yellow => 1, Health.Red => 2, _ => 3 }).FirstOrDefault();
        var state = definition.ClientFailure is not null ? "its OAuth client is refused" : best?.Health switch
        {
            Health.Green => "works",
            Health.Yellow => "connected",
            Health.Red => "broken",
            Health.Grey => "disconnected",
            _ => isOwn ? "not connected by you yet" : "no account connected yet",
        };
        return definition.RuntimeUser switch
        {
            RuntimeUserPolicy.Required => $"your own connection: {state}",
            RuntimeUserPolicy.Optional => $"{state} (or each user's own)",
            _ => state,
        };
    }

    private Task<IReadOnlyList<SelectItem>> FromAppAsync(ActivityDescriptor descriptor, InputDescriptor asked, JsonObject? context, Caller caller, CancellationToken cancellationToken)
    {
        var declared = connectors.FindAction(descriptor.Type)?.Inputs ?? connectors.FindTrigger(descriptor.Type)?.Inputs ?? [];
        if (declared.FirstOrDefault(i => i.Name == asked.Member)?.Options is not { } options || connectors.FindAction($"{descriptor.Type[..descriptor.Type.LastIndexOf('.')]}.{options.Action}") is not { } listing)
            return Task.FromResult<IReadOnlyList<SelectItem>>([]);
        if (!StableKey.TryParse(LiteralOf(context, "connection"), out var key))
            return Task.FromResult<IReadOnlyList<SelectItem>>([new("Choose a connection first, then select the step again", "")]);
        var inputs = new Dictionary<string, object?>();
        foreach (var input in listing.Inputs)
        {
            if (LiteralOf(context, input.Name) is { Length: > 0 } value)
                inputs[input.Name] = value;
        }

        var place = $"{caller.Tenant}/{caller.User}/{key}/{listing.Type}/{options.Value.Count}/{string.Join('.', options.Value)}/{string.Join('.', options.Text)}/{PlainData.ToJson(inputs)}";
        if (_kept.Count >= MostKept)
            _kept.Clear();
        // Whoever asks next shares the answer, so nobody's going away ends it.
        var fresh = (time.GetTimestamp(), new Lazy<Task<IReadOnlyList<SelectItem>>>(() => AskAsync(listing, options, key, inputs, caller)));
        var (_, items) = _kept.AddOrUpdate(place, fresh, (_, kept) => time.GetElapsedTime(kept.At) < s_keep ? kept : fresh);
        return items.Value.WaitAsync(cancellationToken);
    }

    private async Task<IReadOnlyList<SelectItem>> AskAsync(ConnectorAction listing, Connectors.InputOptions options, StableKey key, Dictionary<string, object?> inputs, Caller caller)
    {
        if (await store.FindDefinitionAsync(caller.Tenant, key, CancellationToken.None) is not { } definition || definition.Connector != listing.Connector.Name)
            return [new($"⚠ The connection '{key}' is not set up for {listing.Connector.DisplayName} yet", "")];
        var resolution = await resolver.ResolveAsync(new() { Caller = caller, Needs = [new(key) { Scopes = listing.Scopes }], Callable = true }, CancellationToken.None);
        switch (resolution)
        {
            // Calling a recipe that somebody wrote is one thing, looking around with another's account is another.
            case ConnectionResolution.Resolved resolved when resolved.Connections[key].Choice != ConnectionChoice.RuntimeUser && !caller.Has(Privileges.ManageDefinitions):
                return [new($"⚠ '{key}' is not your own connection; only who may change recipes can look through it", "")];
            case ConnectionResolution.Resolved resolved:
                var client = await clients.GetAsync(resolved.Connections[key].Id, CancellationToken.None);
                return await listing.ExecuteAsync(client, inputs, CancellationToken.None) switch
                {
                    ActionResult.Succeeded { Output: var output } => Items(output, options),
                    ActionResult.Failed { Failure: var failure } => [new($"⚠ {failure.Message}", "")],
                    _ => [],
                };
            case ConnectionResolution.Incomplete { Missing: [var missing, ..] }:
                return [new($"⚠ {missing.Reason}{(missing.AuthorizePath is { } path ? $" Authorise it at {path}." : "")}", "")];
            case ConnectionResolution.Forbidden forbidden:
                return [new($"⚠ {forbidden.Reason}", "")];
            default:
                return [];
        }
    }

    private static List<SelectItem> Items(IReadOnlyDictionary<string, object?> output, Connectors.InputOptions options)
    {
        var items = new List<SelectItem>();
        foreach (var item in (output.GetValueOrDefault(Connectors.InputOptions.Items) as IReadOnlyList<object?> ?? []).Take(MostItems))
        {
            if (TextAt(item, options.Value) is { Length: > 0 } value)
                items.Add(new(TextAt(item, options.Text) is { Length: > 0 } text ? text : value, value));
        }

        return items;
    }

    private static string? TextAt(object? item, IReadOnlyList<string> path)
    {
        foreach (var segment in path)
            item = (item as IReadOnlyDictionary<string, object?>)?.GetValueOrDefault(segment);
        return item switch { null => null, string text => text, IFormattable number => number.ToString(null, System.Globalization.CultureInfo.InvariantCulture), bool flag => flag ? "true" : "false", _ => null };
    }

    private static string? LiteralOf(JsonObject? context, string member)
    {
        // The names of inputs come in camelCase or in PascalCase.
        var input = context?.FirstOrDefault(m => string.Equals(m.Key, member, StringComparison.OrdinalIgnoreCase)).Value;
        return input switch
        {
            JsonObject wrapped when wrapped["expression"].Text("type") is null or "Literal" => wrapped["expression"].Text("value"),
            JsonValue value when value.TryGetValue<string>(out var text) => text,
            _ => null,
        };
    }
}
