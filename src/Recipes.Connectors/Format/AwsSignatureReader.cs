using Recipes.Connections;

namespace Recipes.Connectors;

/// <summary>Reads a scheme of type <c>awsSignature</c>.</summary>
internal static class AwsSignatureReader
{
    public static AuthScheme? Read(SchemeMap scheme)
    {
        scheme.Open(Shape.AwsSignature);
        var map = scheme.Map;
        var access = scheme.Need("accessKeyField", new Field { Name = "accessKeyId", Label = "Access key ID" });
        var secret = scheme.Need("secretKeyField", new Field { Name = "secretAccessKey", Label = "Secret access key", Kind = FieldKind.Secret });
        string? token = null;
        if (map.Has("sessionTokenField"))
            token = scheme.Need("sessionTokenField", new Field { Name = "sessionToken", Label = "Session token", Kind = FieldKind.Secret, Required = false, Help = "Only with a temporary key." });
        var region = map.Address("region", scheme.Known, required: true);
        var service = map.Address("service", scheme.Known, required: true);
        return region is null || service is null ? null : scheme.Common(new AwsSignatureScheme
        {
            Name = scheme.Name("aws-signature"),
            DisplayName = scheme.DisplayName("AWS access key"),
            Region = region,
            Service = service,
            AccessKeyField = access,
            SecretKeyField = secret,
            SessionTokenField = token,
        });
    }
}
