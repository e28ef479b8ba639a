using Recipes.Connections;

namespace Recipes.Connectors;

/// <summary>What all actions over HTTP have in common: check the inputs, send one request, map the answer.</summary>
internal abstract class HttpAction(TimeProvider time) : ConnectorAction
{
    protected abstract ResponseMapping Response { get; }

    public override IReadOnlyList<ActionOutput> Outputs => Response.Outputs;

    /// <param name="inputs">Checked: a value or null for each input.</param>
    /// <exception cref="InputException">They do not make a request.</exception>
    /// <exception cref="TemplateException">They do not fill a template.</exception>
    protected abstract HttpRequestMessage Build(ConnectionClient client, IReadOnlyDictionary<string, object?> inputs);

    public sealed override async ValueTask<ActionResult> ExecuteAsync(
        ConnectionClient client, IReadOnlyDictionary<string, object?> inputs, CancellationToken cancellationToken)
    {
        IReadOnlyDictionary<string, object?> values;
        HttpRequestMessage request;
        try
        {
            values = InputValues.Check(Inputs, inputs);
            request = Build(client, values);
        }
        catch (Exception fault) when (fault is InputException or TemplateException)
        {
            return Failed(FailureKind.Misconfigured, $"{Type} was not sent. {fault.Message}", null, null);
        }

        using (request)
        {
            using var reply = await client.SendAsync(request, Type, cancellationToken);
            var status = (int?)reply.Response?.StatusCode;
            if (reply.Failure is { } failure)
                return new ActionResult.Failed(failure, reply.RequestLine, status);
            return await MapAsync(reply, values, cancellationToken);
        }
    }

    private async Task<ActionResult> MapAsync(ConnectionReply reply, IReadOnlyDictionary<string, object?> values, CancellationToken cancellationToken)
    {
        var response = reply.Response ?? throw new InvalidOperationException("A reply without a failure has a response.");
        var status = (int)response.StatusCode;
        try
        {
            var answer = await Answer.ReadAsync(response, cancellationToken);
            return new ActionResult.Succeeded(Response.Map(answer, values), reply.RequestLine, status);
        }
        catch (InvalidDataException fault)
        {
            return Failed(FailureKind.Unknown, $"The app did what it was asked to, but {char.ToLowerInvariant(fault.Message[0])}{fault.Message[1..]}", reply.RequestLine, status);
        }
        catch (Exception fault) when (fault is HttpRequestException or IOException)
        {
            return Failed(FailureKind.Unavailable, $"The answer (status {status}) broke off before its end; whether the app did what it was asked to is unknown.", reply.RequestLine, status);
        }
    }

    private ActionResult.Failed Failed(FailureKind kind, string message, string? requestLine, int? status) =>
        new(new Failure { Kind = kind, Message = message, Status = status, At = time.GetUtcNow() }, requestLine, status);
}
