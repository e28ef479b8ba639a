using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;

namespace Recipes.Connections;

/// <summary>A conversation with a mail server: commands and their answers, in the clear or under TLS.</summary>
/// <remarks>
/// Of our own, because .NET's client knows no implicit TLS and no certificate authority of the operator's, and goes on without a word where signing in failed.
/// Source: RFC 5321, RFC 3207 (STARTTLS), RFC 4954 (AUTH).
/// </remarks>
internal sealed class SmtpSession : IAsyncDisposable
{
    private const int LongestLine = 2048;
    private const int MostLines = 100;

    private readonly byte[] _buffer = new byte[LongestLine];
    private readonly string _ownName;
    private Stream _stream;
    private int _start;
    private int _end;

    private SmtpSession(Stream stream, string ownName) => (_stream, _ownName) = (stream, ownName);

    /// <exception cref="SocketException">When there is no connection.</exception>
    public static async Task<SmtpSession> OpenAsync(string host, int port, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(host, port, cancellationToken);
            var own = ((IPEndPoint)socket.LocalEndPoint!).Address;
            own = own.IsIPv4MappedToIPv6 ? own.MapToIPv4() : own;
            return new(new NetworkStream(socket, ownsSocket: true), own.AddressFamily == AddressFamily.InterNetworkV6 ? $"[IPv6:{own}]" : $"[{own}]");
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <exception cref="System.Security.Authentication.AuthenticationException">When the certificate is not good.</exception>
    /// <exception cref="IOException">When the server said more than it should before TLS: somebody on the way may have put it there.</exception>
    public async Task UseTlsAsync(string host, PrivateAuthorities authorities, CancellationToken cancellationToken)
    {
        if (_start != _end)
            throw new IOException("The mail server talked on before TLS.");
        var options = new SslClientAuthenticationOptions { TargetHost = host };
        if (authorities.Any)
            options.RemoteCertificateValidationCallback = (_, certificate, chain, errors) => authorities.Trusts(certificate, chain, errors);
        var secure = new SslStream(_stream);
        _stream = secure;
        await secure.AuthenticateAsClientAsync(options, cancellationToken);
    }

    public Task<SmtpReply> HelloAsync(CancellationToken cancellationToken) => CommandAsync($"EHLO {_ownName}", cancellationToken);

    /// <param name="command">One line, without its end.</param>
    public async Task<SmtpReply> CommandAsync(string command, CancellationToken cancellationToken)
    {
        // A line end inside would be a second command.
        if (command.Any(char.IsControl))
            throw new ArgumentException("A command is one line.", nameof(command));
        await WriteAsync(Encoding.UTF8.GetBytes($"{command}\r\n"), cancellationToken);
        return await ReadAsync(cancellationToken);
    }

    /// <summary>Sends a mail after DATA was accepted.</summary>
    /// <param name="content">Lines that end with CR LF and none of which begins with a dot.</param>
    public async Task<SmtpReply> ContentAsync(byte[] content, CancellationToken cancellationToken)
    {
        await WriteAsync(content, cancellationToken);
        return await CommandAsync(".", cancellationToken);
    }

    /// <exception cref="IOException">When the server hangs up or says what is no answer.</exception>
    public async Task<SmtpReply> ReadAsync(CancellationToken cancellationToken)
    {
        List<string> lines = [];
        while (lines.Count < MostLines)
        {
            var line = await ReadLineAsync(cancellationToken);
            if (line.Length < 3 || !int.TryParse(line.AsSpan(0, 3), NumberStyles.None, CultureInfo.InvariantCulture, out var code) || code is < 200 or > 599 || (line.Length > 3 && line[3] is not (' ' or '-')))
                break;
            lines.Add(line.Length > 4 ? line[4..] : "");
            if (line.Length == 3 || line[3] == ' ')
                return new(code, lines);
        }

        throw new IOException("The mail server says what is no answer.");
    }

    public ValueTask DisposeAsync() => _stream.DisposeAsync();

    private async Task WriteAsync(byte[] bytes, CancellationToken cancellationToken)
    {
        await _stream.WriteAsync(bytes, cancellationToken);
        await _stream.FlushAsync(cancellationToken);
    }

    private async Task<string> ReadLineAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var length = _buffer.AsSpan(_start, _end - _start).IndexOf((byte)'\n');
            if (length >= 0)
            {
                var line = Encoding.UTF8.GetString(_buffer, _start, length).TrimEnd('\r');
                _start += length + 1;
                return line;
            }

            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
            if (_end == _buffer.Length)
                throw new IOException("The mail server says what is no answer.");
            var read = await _stream.ReadAsync(_buffer.AsMemory(_end), cancellationToken);
            if (read == 0)
                throw new IOException("The mail server hung up.");
            _end += read;
        }
    }
}
