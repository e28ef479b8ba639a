using System.Security.Cryptography;

namespace Recipes.Connections;

/// <summary>Sorts and checks what is given for a connection: field by field, and then put together.</summary>
internal sealed class ConnectionFields(CredentialVault vault, EgressGuard guard, TimeProvider time)
{
    /// <summary>Plain and secret values as they are kept. What is given for a field that is not asked for is let go.</summary>
    /// <param name="given">Values by field name, as they were typed; an empty one was not given.</param>
    /// <param name="kept">Secret values that stay where none is given.</param>
    /// <param name="automatic">Whether fields that the flow fills in may be given too.</param>
    public SortedFields Sort(
        ConnectorProfile connector, AuthScheme scheme, ConnectionDefinition definition, IReadOnlyDictionary<string, Secret> given, IReadOnlyDictionary<string, Secret>? kept = null, bool automatic = false)
    {
        var sorted = new SortedFields();
        var fields = connector.FieldsOf(scheme).Where(f => automatic || !f.Automatic).ToDictionary(f => f.Name);
        foreach (var (name, value) in given)
        {
            if (!fields.TryGetValue(name, out var field))
                sorted.Faults.Add(new($"fields.{name}", $"The connector '{connector.Name}' has no field '{name}' that is filled in here. It has {string.Join(", ", fields.Keys)}."));
            else if (definition.Presets.ContainsKey(name))
                sorted.Faults.Add(new($"fields.{name}", $"{field.Label} is fixed by the connection definition."));
            else if (FieldValues.Normalise(field, value.Reveal()) is not { Length: > 0 } text)
                continue;
            else if (definition.OAuthApp?.SealedClientSecret is not null && ClientRules.TargetOf(connector, scheme, field) is { } target)
                sorted.Faults.Add(new($"fields.{name}", $"{field.Label} decides where the client secret goes ({target.What}): only the connection definition can give it, as a preset."));
            else if (field.Kind == FieldKind.Secret)
                sorted.Secrets[name] = new Secret(text);
            else
                sorted.Plain[name] = text;
        }

        var merged = FieldValues.Merge(connector, scheme, definition, sorted.Plain);
        var set = connector.FieldSetOf(scheme);
        foreach (var (name, value) in kept ?? new Dictionary<string, Secret>())
            sorted.Secrets.TryAdd(name, value);
        foreach (var name in sorted.Plain.Keys.Concat(sorted.Secrets.Keys).Where(n => !fields.TryGetValue(n, out var f) || !set.IsAsked(f, merged)).ToArray())
        {
            sorted.Plain.Remove(name);
            sorted.Secrets.Remove(name);
        }

        foreach (var field in fields.Values)
        {
            var value = field.Kind == FieldKind.Secret ? sorted.Secrets.GetValueOrDefault(field.Name)?.Reveal() : sorted.Plain.GetValueOrDefault(field.Name);
            if (value is not null && FieldValues.Check(field, value, guard) is { } wrong)
                sorted.Faults.Add(new($"fields.{field.Name}", wrong));
            else if (value is null && field is { Required: true, Automatic: false, Default: null } && set.IsAsked(field, merged) && !definition.Presets.ContainsKey(field.Name))
                sorted.Faults.Add(new($"fields.{field.Name}", $"{field.Label} is needed."));
        }

        return sorted;
    }

    /// <summary>What only shows when the values are put together: addresses, and what the scheme makes of them.</summary>
    /// <param name="credential">Null where it comes later, from consent.</param>
    public void CheckUse(ConnectorProfile connector, AuthScheme scheme, ConnectionDefinition definition, IReadOnlyDictionary<string, string> plain, Credential? credential, List<SetupFault> faults)
    {
        var fields = FieldValues.Merge(connector, scheme, definition, plain);
        foreach (var address in connector.AddressesOf(scheme))
        {
            // What an optional or a captured field leaves open is not there yet.
            if (address.Template.Fields.Any(f => !fields.TryGetValue(f, out var value) || value.Length == 0)
                && (address.IsOptional || (credential?.Tokens is null && address.Template.Fields.Any(f => connector.IsCaptured(scheme, f)))))
            {
                continue;
            }

            var at = address.Template.Fields.FirstOrDefault(plain.ContainsKey) is { } field ? $"fields.{field}" : "fields";
            if (WhyNoAddress(address.Template, fields) is { } wrong && !faults.Exists(f => f.Path == at))
                faults.Add(new(at, $"The {address.What} {wrong}."));
        }

        try
        {
            if (credential is not null)
                CheckAuthenticator(connector, scheme, definition, fields, credential);
        }
        catch (FormatException e)
        {
            faults.Add(new("fields", e.Message));
        }
        catch (CryptographicException)
        {
            faults.Add(new("definition", $"The client secret of '{definition.Key}' cannot be opened with this key ring. Restore the keys it was sealed with, or set the secret again."));
        }
    }

    private string? WhyNoAddress(FieldTemplate template, Dictionary<string, string> fields)
    {
        if (template.Fields.FirstOrDefault(f => !fields.ContainsKey(f)) is { } missing)
            return $"needs the field '{missing}'";
        return Uri.TryCreate(template.Render(fields), UriKind.Absolute, out var address) ? guard.Check(address) : "is no absolute address";
    }

    // What gets its token later has no authenticator yet, but can ask for one.
    private void CheckAuthenticator(ConnectorProfile connector, AuthScheme scheme, ConnectionDefinition definition, Dictionary<string, string> fields, Credential credential)
    {
        if (scheme is OAuth2Scheme { AcquiresTokens: true } oauth)
            AcquisitionCheck.Run(OAuth2Account.Of(definition, connector, oauth, fields, credential, vault, time));
        if (scheme.ClientCertificate is { } certificate)
            ClientCertificates.Load(certificate, credential, time).Dispose();
        if (!Uri.TryCreate(connector.BaseAddress.RenderOrNull(fields), UriKind.Absolute, out _))
            return;
        var inputs = new SchemeInputs
        {
            Fields = fields,
            Credential = credential,
            Client = OAuthClients.Of(definition, scheme, fields, credential, vault),
            BaseAddress = SnapshotLoader.BaseAddress(connector, fields),
            Time = time,
        };
        if (credential.Tokens is null && (scheme.AcquiresTokens || scheme.NeedsConsent))
            scheme.CheckCredential(inputs);
        else
            _ = Authenticators.Create(scheme, inputs);
    }
}

/// <summary>Values of a connection's fields, sorted; and what is wrong with them.</summary>
internal sealed class SortedFields
{
    public Dictionary<string, string> Plain { get; } = [];
    public Dictionary<string, Secret> Secrets { get; } = [];
    public List<SetupFault> Faults { get; } = [];
}
