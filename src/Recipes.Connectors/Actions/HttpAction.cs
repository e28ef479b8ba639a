using Recipes.Connections;

namespace Recipes.Connectors;

/// <summary>What all actions over HTTP have in common: check the inputs, send a request (one per page of a list), map the answer.</summary>
internal abstract class HttpAction(TimeProvider time) : ConnectorAction
{
    private IReadOnlyList<ActionOutput>? _outputs;

    protected abstract ResponseMapping Response { get; }

    /// <summary>How it goes on to the next page; null when it sends one request.</summary>
    protected virtual PageRules? Pagination => null;

    public override IReadOnlyList<ActionOutput> Outputs =>
        _outputs ??= Pagination is null ? Response.Outputs : [.. Response.Outputs.Where(o => o.Name != PageRules.MoreOutput.Name), PageRules.MoreOutput];

    /// <summary>Whether sending it twice does no more than sending it once, whatever its method.</summary>
    protected virtual bool IsRepeatable => false;

    /// <summary>Header by which the app knows a request that comes again; null when it has none.</summary>
    protected virtual string? IdempotencyHeader => null;

    // Each page of a list is a request of its own.
    public sealed override bool TakesIdempotencyKey => IdempotencyHeader is not null && Pagination is null;

    public sealed override bool MayRepeat(IReadOnlyDictionary<string, object?> inputs) => IsRepeatable || TakesIdempotencyKey || !Doubt.IsPossible(MethodOf(inputs));

    protected abstract HttpMethod MethodOf(IReadOnlyDictionary<string, object?> inputs);

    /// <param name="inputs">Checked: a value or null for each input.</param>
    /// <param name="page">What asks for a further page; null for the first.</param>
    /// <exception cref="InputException">They do not make a request.</exception>
    /// <exception cref="TemplateException">They do not fill a template.</exception>
    protected abstract HttpRequestMessage Build(ConnectionClient client, IReadOnlyDictionary<string, object?> inputs, NextPage? page);

    public sealed override async ValueTask<ActionResult> ExecuteAsync(
        ConnectionClient client, IReadOnlyDictionary<string, object?> inputs, CancellationToken cancellationToken, string? idempotencyKey = null)
    {
        Pages? pages = null;
        for (NextPage? page = null; ;)
        {
            IReadOnlyDictionary<string, object?> values;
            HttpRequestMessage request;
            try
            {
                values = InputValues.Check(Inputs, inputs);
                request = Build(client, values, page);
                if (idempotencyKey is not null && TakesIdempotencyKey && IdempotencyHeader is { } header && Doubt.IsPossible(request.Method) && !request.Headers.Contains(header))
                    request.Headers.TryAddWithoutValidation(header, idempotencyKey);
            }
            catch (Exception fault) when (fault is InputException or TemplateException)
            {
                return Failed(FailureKind.Misconfigured, $"{Type} was not sent. {fault.Message}", null, null);
            }

            using (request)
            {
                ConnectionReply reply;
                try
                {
                    reply = await client.SendAsync(request, Type, cancellationToken);
                }
                catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested && IsInDoubt(request))
                {
                    return Failed(FailureKind.Unavailable, "It was stopped before the app had answered; whether the app did what it was asked to is unknown.", null, null, isDoubtful: true) with { MayRepeat = HasKey(request) };
                }

                using var answered = reply;
                if (reply.Failure is { } failure)
                    return new ActionResult.Failed(IsRepeatable ? failure with { IsDoubtful = false } : failure, reply.RequestLine, (int?)reply.Response?.StatusCode) { MayRepeat = HasKey(request) };
                if (Pagination is { } rules)
                    pages ??= new Pages(rules, client.BaseAddress, values[PageRules.LimitInput] is { } limit ? Convert.ToInt64(limit, System.Globalization.CultureInfo.InvariantCulture) : PageRules.MostItems);
                (var result, page) = await MapAsync(request, reply, values, pages, cancellationToken);
                if (result is not null)
                    return result;
            }
        }
    }

    /// <returns>Either what came of the action, or what to ask for next.</returns>
    private async Task<(ActionResult? Result, NextPage? Next)> MapAsync(
        HttpRequestMessage request, ConnectionReply reply, IReadOnlyDictionary<string, object?> values, Pages? pages, CancellationToken cancellationToken)
    {
        var response = reply.Response ?? throw new InvalidOperationException("A reply without a failure has a response.");
        var status = (int)response.StatusCode;
        try
        {
            var answer = await Answer.ReadAsync(response, cancellationToken);
            var output = Response.Map(answer, values);
            if (pages?.Take(answer, output["items"], request.RequestUri!, response) is { } next)
                return (null, next);
            return (new ActionResult.Succeeded(pages?.Output(output) ?? output, reply.RequestLine, status), null);
        }
        catch (InvalidDataException fault)
        {
            return (Failed(FailureKind.Unknown, $"The app did what it was asked to, but {char.ToLowerInvariant(fault.Message[0])}{fault.Message[1..]}", reply.RequestLine, status), null);
        }
        catch (Exception fault) when (fault is HttpRequestException or IOException)
        {
            return (Failed(FailureKind.Unavailable, $"The answer (status {status}) broke off before its end; whether the app did what it was asked to is unknown.", reply.RequestLine, status, IsInDoubt(request)), null);
        }
    }

    private bool IsInDoubt(HttpRequestMessage request) => !IsRepeatable && Doubt.IsPossible(request.Method);

    private bool HasKey(HttpRequestMessage request) => IdempotencyHeader is { } header && request.Headers.Contains(header);

    private ActionResult.Failed Failed(FailureKind kind, string message, string? requestLine, int? status, bool isDoubtful = false) =>
        new(new Failure { Kind = kind, Message = message, Status = status, IsDoubtful = isDoubtful, At = time.GetUtcNow() }, requestLine, status);
}
