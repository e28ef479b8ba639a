namespace Recipes.Connections;

/// <summary>AWS Signature Version 4: every request is signed with a key derived for its day, region and service.</summary>
/// <remarks>Source: "Signature Version 4 signing process" and "Authenticating requests (AWS Signature Version 4)" of Amazon S3, in the AWS documentation.</remarks>
public sealed record AwsSignatureScheme : AuthScheme
{
    public required FieldTemplate Region { get; init; }

    /// <summary>Code of the service, such as <c>execute-api</c>. <c>s3</c> has rules of its own.</summary>
    public required FieldTemplate Service { get; init; }

    /// <summary>Field with the id of the access key; plain or secret.</summary>
    public string AccessKeyField { get; init; } = "accessKeyId";

    /// <summary>Secret field with the secret access key.</summary>
    public string SecretKeyField { get; init; } = "secretAccessKey";

    /// <summary>Secret field with the session token of a temporary key; null, or without a value, for a lasting one.</summary>
    public string? SessionTokenField { get; init; }

    /// <inheritdoc/>
    public override RequestAuthenticator CreateAuthenticator(SchemeInputs inputs) => new AwsAuthenticator(
        Region.Render(inputs.Fields), Service.Render(inputs.Fields), inputs.Needed(AccessKeyField), inputs.Needed(SecretKeyField),
        SessionTokenField is { } field ? inputs.Credential.Secrets.GetValueOrDefault(field)?.Reveal() : null, inputs.Time);
}
