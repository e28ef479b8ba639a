using System.Text;

namespace Recipes.Connections;

/// <summary>One part of a <see cref="CredentialTemplate"/>.</summary>
internal abstract record CredentialExpression
{
    private CredentialExpression() { }

    public abstract bool IsPerRequest { get; }
    public abstract IEnumerable<(string Root, string Name)> Paths { get; }

    /// <exception cref="FormatException">When it has no value.</exception>
    public abstract string Evaluate(CredentialScope scope);

    /// <summary>As <see cref="Evaluate"/>, as bytes: a body is taken as it is, any other text as UTF-8.</summary>
    public virtual byte[] EvaluateBytes(CredentialScope scope) => Encoding.UTF8.GetBytes(Evaluate(scope));

    public sealed record Constant(string Text) : CredentialExpression
    {
        public override bool IsPerRequest => false;
        public override IEnumerable<(string Root, string Name)> Paths => [];

        public override string Evaluate(CredentialScope scope) => Text;
    }

    public sealed record Path(string Root, string Name) : CredentialExpression
    {
        public override bool IsPerRequest => Root is "request" or "values";
        public override IEnumerable<(string Root, string Name)> Paths => [(Root, Name)];

        public string? Find(CredentialScope scope) => scope.Find(Root, Name);

        public override byte[] EvaluateBytes(CredentialScope scope) =>
            Root == "request" && Name == "body" && scope.Request is not null ? scope.Body.ToArray()
            : Root == "values" && scope.Raw.TryGetValue(Name, out var raw) ? raw
            : base.EvaluateBytes(scope);

        public override string Evaluate(CredentialScope scope) => Find(scope) ?? throw new FormatException(Root switch
        {
            "fields" or "secrets" => $"The field '{Name}' has no value.",
            "client" => Name == "id" ? "There is no client id." : "There is no client secret.",
            "tokens" => Name == "accessToken" ? "The connection has no access token." : $"The token reply held no '{Name}'.",
            _ => $"'{Root}.{Name}' has no value here.",
        });
    }

    public sealed record Call(CredentialFunction Function, IReadOnlyList<CredentialExpression> Arguments) : CredentialExpression
    {
        public override bool IsPerRequest => Function.IsPerRequest || Arguments.Any(a => a.IsPerRequest);
        public override IEnumerable<(string Root, string Name)> Paths => Arguments.SelectMany(a => a.Paths);

        public override string Evaluate(CredentialScope scope)
        {
            // The one function that takes an absent value.
            if (Function.Name == "default")
                return Arguments[0] is Path path && path.Find(scope) is not { Length: > 0 } ? Arguments[1].Evaluate(scope) : Arguments[0].Evaluate(scope);
            return Function.OfBytes is null ? Function.Apply(scope, [.. Arguments.Select(a => a.Evaluate(scope))])
                : Function.GivesBytes ? CredentialFunctions.Text(Function.Name, EvaluateBytes(scope))
                : CredentialFunctions.FromUtf8(EvaluateBytes(scope));
        }

        public override byte[] EvaluateBytes(CredentialScope scope) => Function.OfBytes is { } ofBytes ? ofBytes([.. Arguments.Select(a => a.EvaluateBytes(scope))]) : base.EvaluateBytes(scope);
    }
}
