using System.Text.Json;

namespace Recipes.Engine;

/// <summary>Works out the order, the edges and the joins of a flowchart.</summary>
internal sealed class FlowchartCompiler(ActivityDocument chart, Dictionary<string, PlanNode> nodes, ExpressionReader reader)
{
    private readonly Dictionary<string, ActivityDocument> _children = chart.Children.DistinctBy(c => c.Id).ToDictionary(c => c.Id);
    private readonly Dictionary<string, List<string>[]> _targets = new();

    public void Compile(FlowchartNode node)
    {
        if (chart.Children.Count == 0)
            return;
        foreach (var child in _children.Values)
            _targets[child.Id] = [.. Enumerable.Range(0, nodes[child.Id].PortCount).Select(_ => new List<string>())];
        ReadEdges();
        if (FindStart() is not { } start)
            return;

        var order = Order(start);
        foreach (var child in _children.Values.Where(c => !order.Contains(c.Id)))
            reader.Fault(child, child.Path, $"The step cannot be reached: no edge leads to it from '{_children[start].Step}', where the flowchart starts.");
        var places = order.Select((id, place) => (id, place)).ToDictionary(o => o.id, o => o.place);
        node.Children = [.. order.Select(id => nodes[id])];
        node.Start = places[start];
        foreach (var id in order)
        {
            var edges = _targets[id].Select(ids => ids.Select(t => places[t]).ToArray());
            nodes[id].Edges = [.. edges, .. Enumerable.Repeat<int[]>([], nodes[id].Outcomes.Length - nodes[id].PortCount)];
        }

        node.Before = Joins(order, places, start);
        node.Arrivals = Arrivals(node, order, places);
        node.Races = [.. order.Where(id => nodes[id] is FlowJoinNode { Mode: JoinMode.WaitAny }).Select(id => places[id])];
    }

    private void ReadEdges()
    {
        if (!chart.Json.TryGetProperty("connections", out var list) || list.ValueKind != JsonValueKind.Array)
            return;
        var index = 0;
        foreach (var edge in list.EnumerateArray())
        {
            var path = $"{chart.Path}.connections[{index++}]";
            var (source, target) = (edge.Object("source"), edge.Object("target"));
            if (source?.Text("activity") is not { } from || target?.Text("activity") is not { } to)
            {
                reader.Fault(chart, path, "An edge needs a source and a target, each with its activity.");
                continue;
            }

            var known = true;
            foreach (var (id, end) in ((string, string)[])[(from, "source"), (to, "target")])
            {
                if (_children.ContainsKey(id))
                    continue;
                known = false;
                reader.Fault(chart, $"{path}.{end}", $"The edge's {end} '{id}' is no activity of this flowchart.{DidYouMean.Hint(id, _children.Keys)}");
            }

            if (!known)
                continue;
            var port = source.Value.Text("port") is { Length: > 0 } named ? named : null;
            var node = nodes[from];
            var outcome = node is UnknownNode || port is null ? 0 : Array.IndexOf(node.Outcomes, port, 0, node.PortCount);
            if (outcome < 0)
                reader.Fault(_children[from], $"{path}.source.port", $"'{_children[from].Step}' has no outcome '{port}'; it has {string.Join(", ", node.Outcomes.Take(node.PortCount))}.");
            else if (!_targets[from][outcome].Contains(to))
                _targets[from][outcome].Add(to);
        }
    }

    private string? FindStart()
    {
        var trigger = chart.Children.FirstOrDefault(c => nodes[c.Id] is CallableNode or TriggerNode);
        if (chart.Json.Text("start") is { Length: > 0 } start)
        {
            if (!_children.TryGetValue(start, out var named))
            {
                reader.Fault(chart, $"{chart.Path}.start", $"The start '{start}' is no activity of this flowchart.{DidYouMean.Hint(start, _children.Keys)}");
                return null;
            }

            if (trigger is not null && trigger != named)
                reader.Fault(trigger, trigger.Path, $"The Callable trigger has to be where the recipe starts, but it starts with '{named.Step}'.");
            return start;
        }

        var entered = _targets.Values.SelectMany(t => t).SelectMany(t => t).ToHashSet();
        return (trigger ?? chart.Children.FirstOrDefault(c => c.CanStart) ?? chart.Children.FirstOrDefault(c => !entered.Contains(c.Id)) ?? chart.Children[0]).Id;
    }

    // Reverse postorder: what comes before stands before, as far as loops allow; branches stand in the order of their edges.
    private List<string> Order(string start)
    {
        var order = new List<string>();
        var seen = new HashSet<string> { start };
        var open = new Stack<(string Id, Queue<string> Left)>();
        open.Push((start, Targets(start)));
        while (open.TryPeek(out var top))
        {
            if (!top.Left.TryDequeue(out var next))
            {
                order.Add(top.Id);
                open.Pop();
            }
            else if (seen.Add(next))
            {
                open.Push((next, Targets(next)));
            }
        }

        order.Reverse();
        return order;

        Queue<string> Targets(string id) => new(nodes[id].Ends is not null ? [] : _targets[id].SelectMany(t => t).Reverse());
    }

    private ulong[][] Joins(List<string> order, Dictionary<string, int> places, string start)
    {
        var sources = order.ConvertAll(_ => new List<int>());
        foreach (var id in order.Where(id => nodes[id].Ends is null))
        {
            foreach (var target in _targets[id].SelectMany(t => t))
                sources[places[target]].Add(places[id]);
        }

        var before = new ulong[order.Count][];
        for (var place = 0; place < before.Length; place++)
            before[place] = sources[place].Count + (places[start] == place ? 1 : 0) > 1 ? Reaching(place, sources) : [];
        return before;
    }

    // A bit for each way forward to a join that waits for all of them; an edge that leads there sets it beside the join's own.
    private ulong[]?[] Arrivals(FlowchartNode node, List<string> order, Dictionary<string, int> places)
    {
        var arrivals = new ulong[]?[order.Count];
        foreach (var id in order.Where(id => nodes[id] is FlowJoinNode))
        {
            var ways = Ways(id).ToList();
            if (ways.Count < 2)
                reader.Warn(_children[id], _children[id].Path, "Only one edge leads to this join, so it has nothing to bring together.");
            if (nodes[id] is not FlowJoinNode { Mode: JoinMode.WaitAll })
                continue;
            foreach (var split in ways.GroupBy(w => w.From).Where(g => g.Count() > 1 && !nodes[g.Key].TakesSeveral))
                reader.Warn(_children[id], _children[id].Path, $"The join waits for every edge that leads to it, but two come from '{_children[split.Key].Step}', which takes only one way: it will never go on. Use WaitAllActive.");
            var forward = ways.FindAll(w => places[w.From] < places[id]);
            var bits = forward.ConvertAll(_ => order.Count + node.ArrivalCount++);
            arrivals[places[id]] = SetOf(bits);
            foreach (var (from, outcome) in ways)
            {
                // Back from a later step a loop begins a new round: nothing else is to come.
                var way = forward.IndexOf((from, outcome));
                nodes[from].Edges![outcome] = [.. nodes[from].Edges![outcome], .. way < 0 ? bits : [bits[way]]];
            }
        }

        return arrivals;

        IEnumerable<(string From, int Outcome)> Ways(string to) =>
            from source in order
            where nodes[source].Ends is null
            from outcome in Enumerable.Range(0, _targets[source].Length)
            where _targets[source][outcome].Contains(to)
            select (source, outcome);
    }

    private static ulong[] SetOf(List<int> bits)
    {
        var set = new ulong[bits.Count == 0 ? 0 : (bits.Max() / 64) + 1];
        foreach (var bit in bits)
            set[bit / 64] |= 1UL << (bit % 64);
        return set;
    }

    private static ulong[] Reaching(int place, List<List<int>> sources)
    {
        var set = new ulong[(sources.Count + 63) / 64];
        var open = new Stack<int>(sources[place]);
        while (open.TryPop(out var one))
        {
            if ((set[one / 64] & (1UL << (one % 64))) != 0)
                continue;
            set[one / 64] |= 1UL << (one % 64);
            foreach (var source in sources[one])
                open.Push(source);
        }

        set[place / 64] &= ~(1UL << (place % 64));
        return set;
    }
}
