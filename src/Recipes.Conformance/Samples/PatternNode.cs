using System.Text;

namespace Recipes.Conformance;

/// <summary>A part of a regular expression, as far as making a text that fits it needs.</summary>
internal abstract record PatternNode
{
    private PatternNode() { }

    /// <summary>Writes a text that fits. Equal choices give equal texts.</summary>
    public abstract void Write(StringBuilder into, Random choices);

    /// <summary>One character of several.</summary>
    public sealed record Characters(string Choices) : PatternNode
    {
        public override void Write(StringBuilder into, Random choices) => into.Append(Choices[choices.Next(Choices.Length)]);
    }

    public sealed record Sequence(IReadOnlyList<PatternNode> Parts) : PatternNode
    {
        public override void Write(StringBuilder into, Random choices)
        {
            foreach (var part in Parts)
                part.Write(into, choices);
        }
    }

    public sealed record Either(IReadOnlyList<PatternNode> Ways) : PatternNode
    {
        public override void Write(StringBuilder into, Random choices) => Ways[choices.Next(Ways.Count)].Write(into, choices);
    }

    /// <summary>So many times; <paramref name="Most"/> is null where there is no limit.</summary>
    public sealed record Repeat(PatternNode Part, int Fewest, int? Most) : PatternNode
    {
        // Long enough to be told from other texts where it is a secret; a group once is enough.
        private const int Usual = 12;

        public override void Write(StringBuilder into, Random choices)
        {
            var wanted = Part is Characters ? Usual : 1;
            var times = Math.Max(Fewest, Math.Min(Most ?? wanted, wanted));
            for (var i = 0; i < times; i++)
                Part.Write(into, choices);
        }
    }
}
