using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Recipes.CommandLine;

/// <summary>The REST surface of a host, as one user.</summary>
internal sealed class HostClient : IDisposable
{
    private readonly HttpClient _client;
    private readonly bool _hasToken;

    public HostClient(Uri address, string? token)
    {
        // The path of the address counts, for hosts behind one.
        var origin = new Uri(address.AbsoluteUri.TrimEnd('/') + "/");
        _client = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, UseProxy = !origin.IsLoopback }) { BaseAddress = origin, Timeout = TimeSpan.FromMinutes(2) };
        _hasToken = token is not null;
        if (token is not null)
            _client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
    }

    /// <summary>Where it is, with a slash at the end.</summary>
    public Uri Address => _client.BaseAddress!;

    /// <param name="path">Without a slash in front.</param>
    /// <exception cref="CommandTroubleException">When there is no answer, or one that is no success.</exception>
    public async Task<JsonNode> GetAsync(string path, CancellationToken cancellationToken) => (await SendAsync(HttpMethod.Get, path, null, cancellationToken)).Json;

    /// <inheritdoc cref="GetAsync"/>
    public async Task<JsonNode> PostAsync(string path, JsonNode? body, CancellationToken cancellationToken) =>
        (await SendAsync(HttpMethod.Post, path, JsonContent.Create(body ?? new JsonObject()), cancellationToken)).Json;

    /// <inheritdoc cref="GetAsync"/>
    public async Task<HostAnswer> SendAsync(HttpMethod method, string path, HttpContent? body, CancellationToken cancellationToken)
    {
        var answer = await TrySendAsync(method, path, body, cancellationToken);
        return answer.IsSuccess ? answer : throw answer.Trouble();
    }

    /// <summary>The same, where no success may be an answer too.</summary>
    /// <exception cref="CommandTroubleException">When there is no answer, or the token is not taken.</exception>
    public async Task<HostAnswer> TrySendAsync(HttpMethod method, string path, HttpContent? body, CancellationToken cancellationToken, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body };
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        HttpResponseMessage response;
        try
        {
            response = await _client.SendAsync(request, cancellationToken);
        }
        catch (Exception e) when (e is HttpRequestException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw new CommandTroubleException($"Nothing answers at {_client.BaseAddress} ({(e is HttpRequestException ? e.Message : "it took too long")}). Is the host running there? --host or RECIPES_HOST says where.");
        }

        using (response)
        {
            var answer = new HostAnswer(response.StatusCode, response.Headers, await response.Content.ReadAsByteArrayAsync(cancellationToken));
            if (answer.Status == HttpStatusCode.Unauthorized)
            {
                throw new CommandTroubleException(_hasToken
                    ? $"The host at {_client.BaseAddress} does not take this token. Set RECIPES_TOKEN to one that an operator made: POST /api/users/{{id}}/tokens."
                    : $"The host at {_client.BaseAddress} asks for a token. Set RECIPES_TOKEN, or name the data folder of a host on this machine with --data-folder.");
            }

            return answer;
        }
    }

    public void Dispose() => _client.Dispose();
}

/// <summary>What a host answered.</summary>
internal sealed record HostAnswer(HttpStatusCode Status, HttpResponseHeaders Headers, byte[] Body)
{
    public bool IsSuccess => (int)Status is >= 200 and < 300;

    /// <exception cref="CommandTroubleException">When it is no JSON.</exception>
    public JsonNode Json
    {
        get
        {
            try
            {
                return JsonNode.Parse(Body) ?? new JsonObject();
            }
            catch (JsonException)
            {
                throw new CommandTroubleException("What answers there is no host of Recipes: it sent no JSON. --host or RECIPES_HOST says where the host is.");
            }
        }
    }

    /// <summary>The problem that it tells, with all faults and with what is missing.</summary>
    public CommandTroubleException Trouble()
    {
        JsonNode? problem;
        try
        {
            problem = JsonNode.Parse(Body);
        }
        catch (JsonException)
        {
            problem = null;
        }

        if ((string?)problem?["title"] is not { } title)
            return new($"The host answered with status {(int)Status}.", RecipesCommand.Failed);
        List<string> lines = [(string?)problem["detail"] ?? title];
        if (problem["errors"] is JsonArray { Count: > 1 } errors)
            lines.AddRange(errors.Select(e => $"  {e!["path"]}: {e["message"]}"));
        foreach (var missing in problem["missing"] as JsonArray ?? [])
            lines.Add($"  {missing!["key"]}: {missing["reason"]}{(missing["authorizeUrl"] is { } url ? $" Authorise it at {url}" : "")}");
        return new(string.Join(Environment.NewLine, lines), RecipesCommand.Failed);
    }
}
