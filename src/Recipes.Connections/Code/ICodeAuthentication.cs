namespace Recipes.Connections;

/// <summary>A way to authenticate that a connector file cannot say, written in C#. Files name it: <c>type: code</c>, <c>authenticator: name</c>.</summary>
/// <remarks>A host registers its own in its services; they are found beside those that come with the program.</remarks>
public interface ICodeAuthentication
{
    /// <summary>Name in connector files: letters and digits, a small letter first.</summary>
    string Name { get; }

    /// <summary>The fields it reads; those that a file does not declare itself are added as they are here.</summary>
    IReadOnlyList<Field> Fields { get; }

    /// <summary>Makes what authenticates requests, once per credential.</summary>
    /// <exception cref="FormatException">When the fields or the credential lack something. The message holds no secret.</exception>
    RequestAuthenticator CreateAuthenticator(SchemeInputs inputs);
}
