namespace Recipes.Conformance;

/// <summary>An app that takes a user name and a password in the Authorization header.</summary>
/// <remarks>Source: RFC 7617 §2.</remarks>
internal sealed class BasicStandIn(ConnectorProfile connector, BasicScheme scheme, SampleAccount account, TimeProvider time) : StandIn(connector, scheme, account, time)
{
    protected override IEnumerable<WireFault> CheckCredential(ReceivedRequest request)
    {
        var user = Account.Secrets.GetValueOrDefault(scheme.UsernameField) ?? Fields.GetValueOrDefault(scheme.UsernameField);
        var password = Account.Secrets.GetValueOrDefault(scheme.PasswordField) ?? Fields.GetValueOrDefault(scheme.PasswordField) ?? "";
        if (request.Basic is not { } pair)
            yield return new("the header Authorization: Basic with user name and password", request.Header("Authorization") is null ? "no such header came" : "another kind of header came", "Look at what 'apply' puts in its place.");
        else if (pair.User != user)
            yield return new($"the user name of the field '{scheme.UsernameField}'", "another user name came", "Look at 'usernameField'.");
        else if (pair.Password != password)
            yield return new($"the password of the field '{scheme.PasswordField}'", "another password came", "Look at 'passwordField'.");
        foreach (var fault in CheckApply(request))
            yield return fault;
    }
}
