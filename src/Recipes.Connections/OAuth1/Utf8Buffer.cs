using System.Buffers;
using System.Text;

namespace Recipes.Connections;

/// <summary>A growing buffer of bytes from the pool, with the percent-encoding of OAuth 1.0. It may hold secrets: it is wiped when given back.</summary>
/// <remarks>Source: RFC 5849 §3.6: unreserved characters stay, every other byte of the UTF-8 form becomes %XX with upper-case digits.</remarks>
internal ref struct Utf8Buffer(int capacity)
{
    private static readonly bool[] s_unreserved = Unreserved();
    private byte[] _bytes = ArrayPool<byte>.Shared.Rent(capacity);

    public int Length { get; private set; }

    public readonly ReadOnlySpan<byte> Written => _bytes.AsSpan(0, Length);

    /// <summary>The bytes behind <see cref="Written"/>, until the buffer grows.</summary>
    public readonly byte[] Array => _bytes;

    public void Append(byte value)
    {
        Reserve(1);
        _bytes[Length++] = value;
    }

    public void Append(scoped ReadOnlySpan<byte> bytes)
    {
        Reserve(bytes.Length);
        bytes.CopyTo(_bytes.AsSpan(Length));
        Length += bytes.Length;
    }

    public void Append(scoped ReadOnlySpan<char> text)
    {
        Reserve(Encoding.UTF8.GetMaxByteCount(text.Length));
        Length += Encoding.UTF8.GetBytes(text, _bytes.AsSpan(Length));
    }

    public void Append(long number)
    {
        Reserve(20);
        number.TryFormat(_bytes.AsSpan(Length), out var written);
        Length += written;
    }

    /// <summary>Room for at most so many bytes; <see cref="Advance"/> tells how many were written there.</summary>
    public Span<byte> Room(int most)
    {
        Reserve(most);
        return _bytes.AsSpan(Length, most);
    }

    public void Advance(int written) => Length += written;

    public void AppendEncoded(scoped ReadOnlySpan<byte> raw)
    {
        Reserve(raw.Length * 3);
        foreach (var b in raw)
            Encode(b);
    }

    public void AppendEncoded(scoped ReadOnlySpan<char> text)
    {
        Reserve(Encoding.UTF8.GetMaxByteCount(text.Length) * 3);
        foreach (var c in text)
        {
            if (c >= 128)
            {
                AppendEncodedBeyondAscii(text);
                return;
            }
        }

        foreach (var c in text)
            Encode((byte)c);
    }

    /// <summary>Appends what is encoded as forms and queries are, encoded anew: a plus is a space, and a percent sign that begins no %XX stands for itself.</summary>
    public void AppendReencoded(scoped ReadOnlySpan<byte> form)
    {
        Reserve(form.Length * 3);
        for (var i = 0; i < form.Length; i++)
        {
            var b = form[i];
            if (b == '+')
            {
                b = (byte)' ';
            }
            else if (b == '%' && i + 2 < form.Length && HexDigit(form[i + 1]) is >= 0 and var high && HexDigit(form[i + 2]) is >= 0 and var low)
            {
                b = (byte)((high << 4) | low);
                i += 2;
            }

            Encode(b);
        }
    }

    public readonly string ToText() => Encoding.ASCII.GetString(Written);

    public void Dispose()
    {
        if (_bytes.Length == 0)
            return;
        _bytes.AsSpan(0, Length).Clear();
        ArrayPool<byte>.Shared.Return(_bytes);
        (_bytes, Length) = ([], 0);
    }

    /// <summary>A text, percent-encoded.</summary>
    public static string Encode(string text)
    {
        using var buffer = new Utf8Buffer(text.Length * 3);
        buffer.AppendEncoded(text);
        return buffer.ToText();
    }

    private void AppendEncodedBeyondAscii(scoped ReadOnlySpan<char> text)
    {
        var raw = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(text.Length));
        var length = Encoding.UTF8.GetBytes(text, raw);
        AppendEncoded(raw.AsSpan(0, length));
        raw.AsSpan(0, length).Clear();
        ArrayPool<byte>.Shared.Return(raw);
    }

    // There is room for it already.
    private void Encode(byte b)
    {
        if (s_unreserved[b])
        {
            _bytes[Length++] = b;
            return;
        }

        var digits = "0123456789ABCDEF"u8;
        _bytes[Length] = (byte)'%';
        _bytes[Length + 1] = digits[b >> 4];
        _bytes[Length + 2] = digits[b & 15];
        Length += 3;
    }

    private void Reserve(int more)
    {
        if (_bytes.Length - Length >= more)
            return;
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(_bytes.Length * 2, Length + more));
        Written.CopyTo(larger);
        _bytes.AsSpan(0, Length).Clear();
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = larger;
    }

    private static int HexDigit(byte b) => b switch
    {
        >= (byte)'0' and <= (byte)'9' => b - '0',
        >= (byte)'A' and <= (byte)'F' => b - 'A' + 10,
        >= (byte)'a' and <= (byte)'f' => b - 'a' + 10,
        _ => -1,
    };

    private static bool[] Unreserved()
    {
        var table = new bool[256];
        foreach (var b in "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"u8)
            table[b] = true;
        return table;
    }
}
