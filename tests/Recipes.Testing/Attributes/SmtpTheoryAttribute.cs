namespace Recipes.Testing;

/// <summary>A test that needs the mail server; skipped with the reason where it is missing, unless CI is set.</summary>
public sealed class SmtpTheoryAttribute : TheoryAttribute
{
    public SmtpTheoryAttribute() => Skip = Prerequisite.Smtp;
}
