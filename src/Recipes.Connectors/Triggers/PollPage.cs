using System.Security.Cryptography;
using System.Text;

namespace Recipes.Connectors;

/// <summary>Makes of one page what is to be handed over, and the cursor after it.</summary>
/// <param name="asked">What was asked for; null at the start of a sweep.</param>
/// <param name="origin">The connection's base address.</param>
internal sealed class PollPage(PollRules rules, PollState state, NextPage? asked, Uri origin, DateTimeOffset now)
{
    // Apps that filter after they have paged give some; an app that gives nothing else must not be asked without a pause.
    private const int MostEmpty = 20;

    private readonly List<(CursorMark Mark, TriggerRecord Record)> _found = [];

    /// <param name="address">Absolute, of this page.</param>
    /// <param name="data">Roots for templates.</param>
    /// <exception cref="InvalidDataException">The answer is not as the trigger expects. The message goes on after a colon.</exception>
    /// <exception cref="TemplateException">Something a record is made of is missing.</exception>
    public PollAnswer.Page Read(Answer answer, HttpResponseMessage response, Uri address, IReadOnlyDictionary<string, object?> data)
    {
        var records = NextPages.Read(answer.Body, rules.List) switch
        {
            IReadOnlyList<object?> list => list,
            // XML with one element, or an empty list that the app leaves out.
            null => [],
            var single when rules.IsXml => [single],
            _ => throw new InvalidDataException("there is no list where the trigger looks for it."),
        };
        var ids = records.Select(r => rules.Records.IdOf(r, data)).ToList();
        var hash = ids.Count == 0 ? null : Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', ids))).AsSpan(0, 12));
        if (state.Page is not null && hash is not null && hash == state.Before)
            throw new InvalidDataException("the app gave the same page twice, so the list has no end.");
        var next = rules.Pages is { } pages ? NextPages.Find(pages, answer, records.Count, state.Pages + 1, state.Items + records.Count, address, origin, response) : null;
        if (records.Count == 0 && next is not null && next == asked)
            next = null;
        var empty = records.Count == 0 ? state.Empty + 1 : 0;
        var after = state with { Empty = empty % MostEmpty, Page = Stored(next), Pages = state.Pages + 1, Items = state.Items + records.Count, Before = hash };
        var page = rules.Cursor.Kind switch
        {
            CursorKind.Maximum => ReadMaximum(records, ids, next, after, data),
            CursorKind.LastId => ReadLastId(answer, records, ids, next, after, data),
            CursorKind.Token => ReadToken(answer, records, ids, next, after, address, data),
            _ => throw new InvalidOperationException($"There is no cursor {rules.Cursor.Kind}."),
        };
        return empty == MostEmpty ? page with { HasMore = false } : page;
    }

    /// <summary>What the next request tells the app; null when it is to give everything.</summary>
    public static object? Sent(PollRules rules, PollState state) =>
        rules.Cursor.Kind == CursorKind.Maximum ? Lower(rules, state)?.ToPlain() : state.At;

    private static CursorMark? Lower(PollRules rules, PollState state) =>
        Stored(rules, state.At)?.Before(state.GoesOn ? Math.Min(rules.Cursor.Overlap, 1) : rules.Cursor.Overlap);

    private PollAnswer.Page ReadMaximum(IReadOnlyList<object?> records, List<string> ids, NextPage? next, PollState after, IReadOnlyDictionary<string, object?> data)
    {
        var (at, top, floor, lower) = (Stored(rules, state.At), Stored(rules, state.Top), Stored(rules, state.Floor), Lower(rules, state));
        var seen = new Dictionary<string, CursorMark>();
        foreach (var (id, value) in state.Seen)
        {
            if (Stored(rules, value) is { } mark)
                seen[id] = mark;
        }

        var older = false;
        for (var i = 0; i < records.Count; i++)
        {
            if (!CursorMark.TryRead(rules.Cursor.Type, NextPages.Read(records[i], rules.Cursor.Path), out var mark))
                throw new InvalidDataException("a record has no value where the trigger looks for its cursor, or one of another type.");
            if (!mark.IsAhead(now) && (top is null || mark > top.Value))
                top = mark;
            if (lower is { } least && mark < least)
                older = true;
            else if (seen.TryAdd(PollState.Short(ids[i]), mark) && (!state.IsBaseline || (floor is { } known && mark > known)))
                _found.Add((mark, rules.Records.Map(ids[i], records[i], data)));
        }

        // What was there before it was switched on need not be read to its end: the newest tells all.
        var isOver = next is null || (rules.Order == ListOrder.Descending && (older || (state.IsBaseline && floor is null)));
        var reached = Later(at, top);
        if (isOver)
            after = new PollState { At = reached?.ToStored(), Seen = PollState.Keep(seen, reached?.Before(rules.Cursor.Overlap)) };
        else if (rules is { Order: ListOrder.Ascending, Cursor.IsSent: true } && reached is { } further && (at is null || further > at.Value))
            // Asking from the last record on, instead of for the next page: what changes meanwhile leaves its place in the list, and all after it move up.
            after = new PollState { At = further.ToStored(), Seen = PollState.Keep(seen, further.Before(rules.Cursor.Overlap)), IsBaseline = state.IsBaseline, Floor = state.Floor, GoesOn = true };
        else
            after = after with { Top = top?.ToStored(), Seen = PollState.Keep(seen, null) };
        return new([.. _found.OrderBy(f => f.Mark).Select(f => f.Record)], after.Write(), !isOver);
    }

    private PollAnswer.Page ReadLastId(Answer answer, IReadOnlyList<object?> records, List<string> ids, NextPage? next, PollState after, IReadOnlyDictionary<string, object?> data)
    {
        var newestFirst = rules.Order == ListOrder.Descending;
        var newest = records.Count == 0 ? null : PlainText.Of(NextPages.Read(newestFirst ? records[0] : records[^1], rules.Cursor.Path)) is { Length: > 0 } id
            ? id : throw new InvalidDataException("the newest record has no value where the trigger looks for its cursor.");
        var found = state.IsBaseline ? [] : records.Select((record, i) => rules.Records.Map(ids[i], record, data)).ToList();
        if (newestFirst)
            found.Reverse();
        if (state.At is not null)
        {
            // The app is asked for what follows that id, so each page moves it.
            var more = rules.Cursor.More is { } path ? PlainComparer.IsTrue(NextPages.Read(answer.Body, path)) : records.Count > 0;
            if (newest is not null && newest == PlainText.Of(state.At))
                throw new InvalidDataException("the app gave the same page twice, so the list has no end.");
            return new(found, new PollState { At = newest ?? state.At }.Write(), more && newest is not null);
        }

        // The first page holds the newest, or the last one does.
        var top = newestFirst ? state.Top ?? newest : newest ?? state.Top;
        var isOver = next is null || (newestFirst && state.IsBaseline);
        after = isOver ? new PollState { At = top } : after with { Top = top };
        return new(found, after.Write(), !isOver);
    }

    private PollAnswer.Page ReadToken(
        Answer answer, IReadOnlyList<object?> records, List<string> ids, NextPage? next, PollState after, Uri address, IReadOnlyDictionary<string, object?> data)
    {
        var found = state.IsBaseline ? [] : records.Select((record, i) => rules.Records.Map(ids[i], record, data)).ToList();
        if (next is not null)
            return new(found, after.Write(), true);
        var token = PlainText.Of(NextPages.Read(answer.Body, rules.Cursor.Path));
        if (token.Length == 0)
            throw new InvalidDataException("it has no mark to go on from where the trigger looks for it.");
        var more = rules.Cursor.More is { } path && PlainComparer.IsTrue(NextPages.Read(answer.Body, path));
        if (more && token == state.At as string)
            throw new InvalidDataException("the app gave the same mark twice, so the list has no end.");
        var at = rules.Cursor.IsAddress ? NextPages.Address(token, address, origin).Uri.AbsoluteUri : token;
        return new(found, new PollState { At = at, IsBaseline = state.IsBaseline && more, Empty = more ? after.Empty : 0 }.Write(), more);
    }

    private static CursorMark? Stored(PollRules rules, object? value) => value is not null && CursorMark.TryRead(rules.Cursor.Type, value, out var mark) ? mark : null;

    private static CursorMark? Later(CursorMark? one, CursorMark? other) => one is { } a && other is { } b ? (a >= b ? a : b) : one ?? other;

    private static Dictionary<string, object?>? Stored(NextPage? page) => page switch
    {
        null => null,
        NextPage.Address address => new() { ["address"] = address.Uri.AbsoluteUri },
        NextPage.Parameter parameter => new() { ["value"] = parameter.Value },
        _ => throw new InvalidOperationException($"There is no page {page.GetType().Name}."),
    };
}
