using Recipes.Connections;

namespace Recipes.Connectors;

/// <summary>What all polls over HTTP have in common: one request, one page, one cursor after it.</summary>
internal abstract class HttpPollTrigger : PollTrigger
{
    // What an app answers that does not know a page any more, or not the number of it.
    private static readonly int[] s_pageIsGone = [400, 404, 410, 422];

    /// <param name="inputs">Checked: a value or null for each input.</param>
    /// <exception cref="InputException">They do not make a list.</exception>
    protected abstract PollRules RulesOf(IReadOnlyDictionary<string, object?> inputs);

    /// <param name="cursor">What the app is told; null where it is to give everything.</param>
    /// <exception cref="InputException">The values do not make a request.</exception>
    /// <exception cref="TemplateException">They do not fill a template.</exception>
    protected abstract HttpRequestMessage Build(ConnectionClient client, IReadOnlyDictionary<string, object?> inputs, object? cursor, NextPage? page);

    public sealed override async ValueTask<PollAnswer> PollAsync(
        ConnectionClient client, IReadOnlyDictionary<string, object?> inputs, string? cursor, FirstPoll first, DateTimeOffset now, CancellationToken cancellationToken)
    {
        PollRules rules;
        PollState state;
        IReadOnlyDictionary<string, object?> values;
        HttpRequestMessage request;
        try
        {
            values = InputValues.Check(Inputs, inputs);
            rules = RulesOf(values);
            var known = cursor is null ? Begin(rules, first, now) : PollState.Read(cursor);
            if (known is null)
                return Failed(FailureKind.Misconfigured, $"The cursor of {Type} cannot be read. Switch the trigger off and on again.", null, now);
            state = known;
            request = Build(client, values, PollPage.Sent(rules, state), Page(rules, state));
        }
        catch (Exception fault) when (fault is InputException or TemplateException)
        {
            return Failed(FailureKind.Misconfigured, $"{Type} did not ask. {fault.Message}", null, now);
        }

        using (request)
        {
            using var reply = await client.SendAsync(request, Type, cancellationToken);
            if (reply.Failure is { } failure)
            {
                return state is { Page: not null, BeganAnew: false } && s_pageIsGone.Contains(failure.Status ?? 0)
                    ? new PollAnswer.Page([], (state with { Page = null, Pages = 0, Items = 0, Before = null, BeganAnew = true }).Write(), true)
                    : new PollAnswer.Failed(failure with { IsDoubtful = false });
            }

            var response = reply.Response ?? throw new InvalidOperationException("A reply without a failure has a response.");
            try
            {
                var answer = await Answer.ReadAsync(response, cancellationToken);
                if (rules.IsXml)
                    answer = answer with { Body = answer.Body is string text ? XmlData.Parse(text) : null };
                var data = new Dictionary<string, object?> { ["body"] = answer.Body, ["headers"] = answer.Headers, ["input"] = values };
                return new PollPage(rules, state, state.Page is null ? null : Page(rules, state), client.BaseAddress, now).Read(answer, response, new Uri(client.BaseAddress, request.RequestUri!), data);
            }
            catch (Exception fault) when (fault is InvalidDataException or TemplateException)
            {
                return Failed(FailureKind.Misconfigured, $"{Type} cannot use the app's answer: {fault.Message}", (int)response.StatusCode, now);
            }
            catch (Exception fault) when (fault is HttpRequestException or IOException)
            {
                return Failed(FailureKind.Unavailable, "The answer broke off before its end.", (int)response.StatusCode, now);
            }
        }
    }

    private static PollState Begin(PollRules rules, FirstPoll first, DateTimeOffset switchedOn)
    {
        if (first == FirstPoll.All)
            return new();
        var start = rules.Cursor.Kind == CursorKind.Maximum ? CursorMark.Of(rules.Cursor.Type, switchedOn)?.ToStored() : null;
        return new() { IsBaseline = true, At = start, Floor = start };
    }

    private static NextPage? Page(PollRules rules, PollState state)
    {
        if (state.Page is not IReadOnlyDictionary<string, object?> page)
            return rules.Cursor is { Kind: CursorKind.Token, IsAddress: true } && state.At is string at ? new NextPage.Address(new(at)) : null;
        if (page.GetValueOrDefault("address") is string address)
            return new NextPage.Address(new(address));
        return rules.Pages?.Parameter is { } parameter && page.GetValueOrDefault("value") is { } value ? new NextPage.Parameter(parameter, value, rules.Pages.InBody) : null;
    }

    private static PollAnswer.Failed Failed(FailureKind kind, string message, int? status, DateTimeOffset now) =>
        new(new Failure { Kind = kind, Message = message, Status = status, At = now });
}
