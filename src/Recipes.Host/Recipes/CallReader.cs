using System.Text.Json;
using Microsoft.Extensions.Primitives;
using Recipes.Connections;
using Recipes.Connectors;
using Recipes.Engine;

namespace Recipes.Host;

/// <summary>Turns what came over the wire into a call of the engine.</summary>
internal static class CallReader
{
    /// <param name="onceKeys">The header Idempotency-Key: what is called twice with the same one is done once.</param>
    /// <returns>Everything that is wrong with the request; empty when <paramref name="call"/> is complete.</returns>
    public static IReadOnlyList<SetupFault> Read(Caller caller, string recipe, CallRequest request, StringValues onceKeys, out RecipeCall call)
    {
        var faults = new List<SetupFault>();
        UserId? runtimeUser = null;
        if (request.RuntimeUser is { } user)
        {
            if (UserId.TryParse(user, out var parsed))
                runtimeUser = parsed;
            else
                faults.Add(new("runtimeUser", "A user is 1 to 128 characters without white space."));
        }

        var connections = new Dictionary<StableKey, ConnectionId>();
        foreach (var (name, id) in request.Connections ?? new Dictionary<string, Guid>())
        {
            if (StableKey.TryParse(name, out var key))
                connections[key] = new(id);
            else
                faults.Add(new($"connections.{name}", $"'{name}' is no stable key."));
        }

        var input = new Dictionary<string, object?>();
        foreach (var (name, value) in request.Input ?? new Dictionary<string, JsonElement>())
        {
            try
            {
                input[name] = PlainData.FromJson(value);
            }
            catch (JsonException e)
            {
                faults.Add(new($"input.{name}", e.Message));
            }
        }

        // A user's key is not another's.
        var onceKey = onceKeys is [{ Length: > 0 } own] ? $"{caller.User.Value.Length}:{caller.User}:{own}" : null;
        if (onceKeys.Count > 1 || onceKeys is [{ Length: 0 or > 64 }])
            faults.Add(new("Idempotency-Key", "The header is given once, with 1 to 64 characters."));
        call = new RecipeCall
        {
            Caller = caller,
            Recipe = recipe,
            Input = input,
            RuntimeUser = runtimeUser,
            Connections = connections,
            Wait = request.Wait ?? true,
            OnceKey = onceKey,
        };
        return faults;
    }
}
