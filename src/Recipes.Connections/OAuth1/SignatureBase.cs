using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;

namespace Recipes.Connections;

/// <summary>Collects the parameters of a request and writes the text that is signed. Parameters may repeat.</summary>
/// <remarks>Source: RFC 5849 §3.4.1. Nothing is allocated but pooled buffers, unless parameters have to be sorted.</remarks>
internal ref struct SignatureBase(int capacity)
{
    private Utf8Buffer _text = new(capacity);
    private Entry[] _entries = ArrayPool<Entry>.Shared.Rent(16);
    private int _count;
    private bool _outOfOrder;

    /// <summary>Adds a parameter as it is.</summary>
    public void Add(scoped ReadOnlySpan<char> name, scoped ReadOnlySpan<char> value)
    {
        var start = _text.Length;
        _text.AppendEncoded(name);
        var middle = _text.Length;
        _text.AppendEncoded(value);
        Add(new(start, middle, _text.Length));
    }

    /// <summary>Adds a parameter that is percent-encoded already.</summary>
    public void AddEncoded(scoped ReadOnlySpan<byte> name, scoped ReadOnlySpan<byte> value)
    {
        var start = _text.Length;
        _text.Append(name);
        var middle = _text.Length;
        _text.Append(value);
        Add(new(start, middle, _text.Length));
    }

    /// <summary>Adds every parameter of a form, or of a query as it stands in an address.</summary>
    public void AddForm(scoped ReadOnlySpan<byte> form)
    {
        while (!form.IsEmpty)
        {
            var end = form.IndexOf((byte)'&');
            var pair = end < 0 ? form : form[..end];
            form = end < 0 ? [] : form[(end + 1)..];
            if (pair.IsEmpty)
                continue;
            var equals = pair.IndexOf((byte)'=');
            var start = _text.Length;
            _text.AppendReencoded(equals < 0 ? pair : pair[..equals]);
            var middle = _text.Length;
            _text.AppendReencoded(equals < 0 ? [] : pair[(equals + 1)..]);
            Add(new(start, middle, _text.Length));
        }
    }

    /// <param name="query">With or without its question mark.</param>
    public void AddQuery(scoped ReadOnlySpan<char> query)
    {
        if (query is ['?', .. var rest])
            query = rest;
        if (query.IsEmpty)
            return;
        using var bytes = new Utf8Buffer(query.Length * 3);
        bytes.Append(query);
        AddForm(bytes.Written);
    }

    /// <summary>Writes method, address and parameters as they are signed.</summary>
    public void WriteTo(ref Utf8Buffer target, string method, Uri address)
    {
        Sort();
        target.AppendEncoded(IsUpper(method) ? method : method.ToUpperInvariant());
        target.Append((byte)'&');
        BaseUri.WriteEncoded(ref target, address);
        target.Append((byte)'&');
        // Names and values are encoded once; in the base string they are encoded twice, so only the percent signs change.
        for (var i = 0; i < _count; i++)
        {
            if (i > 0)
                target.Append("%26"u8);
            AppendTwice(ref target, Name(_entries[i]));
            target.Append("%3D"u8);
            AppendTwice(ref target, Value(_entries[i]));
        }
    }

    /// <summary>The sorted parameters alone, encoded once.</summary>
    public string Normalized()
    {
        Sort();
        using var target = new Utf8Buffer(_text.Length + (2 * _count) + 1);
        for (var i = 0; i < _count; i++)
        {
            if (i > 0)
                target.Append((byte)'&');
            target.Append(Name(_entries[i]));
            target.Append((byte)'=');
            target.Append(Value(_entries[i]));
        }

        return target.ToText();
    }

    public void Dispose()
    {
        _text.Dispose();
        if (_entries.Length > 0)
            ArrayPool<Entry>.Shared.Return(_entries);
        _entries = [];
    }

    private readonly ReadOnlySpan<byte> Name(Entry entry) => _text.Written[entry.Start..entry.Middle];

    private readonly ReadOnlySpan<byte> Value(Entry entry) => _text.Written[entry.Middle..entry.End];

    private void Add(Entry entry)
    {
        if (_count == _entries.Length)
        {
            var larger = ArrayPool<Entry>.Shared.Rent(_count * 2);
            _entries.CopyTo(larger, 0);
            ArrayPool<Entry>.Shared.Return(_entries);
            _entries = larger;
        }

        // A request without parameters of its own is in order as it comes.
        if (_count > 0 && !_outOfOrder)
            _outOfOrder = Compare(_text.Array, _entries[_count - 1], entry) > 0;
        _entries[_count++] = entry;
    }

    private void Sort()
    {
        if (!_outOfOrder)
            return;
        var text = _text.Array;
        _entries.AsSpan(0, _count).Sort((one, other) => Compare(text, one, other));
        _outOfOrder = false;
    }

    // By name, then by value, as bytes (§3.4.1.3.2): not as name=value, where '=' would come after digits.
    private static int Compare(byte[] text, Entry one, Entry other)
    {
        var byName = text.AsSpan(one.Start, one.Middle - one.Start).SequenceCompareTo(text.AsSpan(other.Start, other.Middle - other.Start));
        return byName != 0 ? byName : text.AsSpan(one.Middle, one.End - one.Middle).SequenceCompareTo(text.AsSpan(other.Middle, other.End - other.Middle));
    }

    private static void AppendTwice(ref Utf8Buffer target, scoped ReadOnlySpan<byte> encoded)
    {
        while (encoded.IndexOf((byte)'%') is >= 0 and var at)
        {
            target.Append(encoded[..at]);
            target.Append("%25"u8);
            encoded = encoded[(at + 1)..];
        }

        target.Append(encoded);
    }

    private static bool IsUpper(string method) => Ascii.IsValid(method) && !method.AsSpan().ContainsAnyInRange('a', 'z');

    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Entry(int Start, int Middle, int End);
}
