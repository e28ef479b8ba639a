namespace Recipes.Web.Tests;

/// <summary>A connector with every kind of field, and five ways to sign in.</summary>
internal static class Helpdesk
{
    public static string Yaml(Uri app) => $$$"""
        connector: 1
        name: helpdesk
        displayName: Helpdesk
        description: Tickets, agents and customers.
        baseAddress: "{{fields.server}}"
        fields:
          - { name: server, label: Server, kind: url, default: "{{{app.GetLeftPart(UriPartial.Authority)}}}", help: Where your helpdesk runs. }
          - { name: region, label: Region, choices: [{ value: eu, label: Europe }, { value: us, label: United States }, { value: custom, label: My own server }], default: eu, help: Where your data is kept., link: "https://helpdesk.example/help/regions" }
          - { name: subdomain, label: Subdomain, prefix: "https://", suffix: .helpdesk.example, example: acme, pattern: "[a-z0-9-]+", patternHelp: "Subdomain has small letters, digits and hyphens only.", required: false }
          - { name: host, label: Host name, format: hostname, example: tickets.example.com, when: { field: region, is: custom } }
          - { name: days, label: Days to keep, kind: number, min: 1, max: 30, required: false, when: { field: region, is: [custom, us] } }
        schemes:
          - name: password
            type: basic
            displayName: User name and password
            help: For small teams without single sign-on. The account needs the role Agent.
          - name: token
            type: apiKey
            displayName: API token
            help: Made by an administrator under Admin, Channels, API. It never expires.
            in: header
            parameterName: X-Token
            fields: [{ name: apiKey, label: API token, kind: secret, help: 40 characters., link: "https://helpdesk.example/help/tokens" }]
          - name: oauth
            type: oauth2
            displayName: Sign in with Helpdesk
            help: Each person signs in with their own account. Needs an app that is registered in the Developer Centre.
            authorizationEndpoint: "{{fields.server}}/authorize"
            tokenEndpoint: {{{app.GetLeftPart(UriPartial.Authority)}}}/token
            clientLabels: { id: App ID, secret: App secret, help: "Shown in the Developer Centre, under your app.", link: "https://helpdesk.example/apps" }
            fields: [{ name: gatewayKey, label: Gateway key, kind: secret, required: false }]
          - name: certificate
            type: apiKey
            displayName: Signing key
            help: For integrations that your security team runs. Upload the public half in the app first.
            in: header
            parameterName: X-Key
            fields: [{ name: apiKey, label: Private key, kind: secret, multiline: true, help: "PEM, beginning with five hyphens." }]
          - name: link
            type: apiKey
            displayName: Key in the address
            help: Only for old installations. The key becomes part of addresses.
            in: query
            parameterName: key
        probe: { path: / }
        """;
}
