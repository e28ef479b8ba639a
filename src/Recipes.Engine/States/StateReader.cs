namespace Recipes.Engine;

/// <summary>Reads what a <see cref="StateWriter"/> wrote.</summary>
/// <exception cref="InvalidDataException">Out of each member, when it is nothing of the kind.</exception>
internal sealed class StateReader(ReadOnlyMemory<byte> bytes)
{
    private readonly List<object> _read = [];
    private int _at;

    public bool ReadBoolean() => ReadByte() != 0;

    public DateTimeOffset ReadTime() => new(ReadWhole(), TimeSpan.Zero);

    public int ReadInt() => checked((int)ReadWhole());

    public long ReadWhole()
    {
        var number = 0UL;
        for (var shift = 0; shift < 70; shift += 7)
        {
            var next = ReadByte();
            number |= (ulong)(next & 0x7f) << shift;
            if (next < 0x80)
                return (long)(number >> 1) ^ -(long)(number & 1);
        }

        throw Broken();
    }

    public string? ReadText()
    {
        var length = ReadInt();
        if (length < 0)
            return null;
        if (length > bytes.Length - _at)
            throw Broken();
        var text = StateText.Utf8.GetString(bytes.Span.Slice(_at, length));
        _at += length;
        return text;
    }

    public string ReadName() => ReadText() ?? throw Broken();

    public object? ReadValue()
    {
        switch (ReadByte())
        {
            case StateTag.Null:
                return null;
            case StateTag.False:
                return false;
            case StateTag.True:
                return true;
            case StateTag.Text:
                return ReadName();
            case StateTag.Whole:
                return ReadWhole();
            case StateTag.Decimal:
                return new decimal([ReadInt(), ReadInt(), ReadInt(), ReadInt()]);
            case StateTag.Double:
                return BitConverter.Int64BitsToDouble(ReadWhole());
            case StateTag.Time:
                return new DateTimeOffset(ReadWhole(), new TimeSpan(ReadWhole()));
            case StateTag.Map:
                var map = new Dictionary<string, object?>();
                _read.Add(map);
                for (var left = ReadInt(); left > 0; left--)
                    map[ReadName()] = ReadValue();
                return map;
            case StateTag.List:
                var list = new List<object?>();
                _read.Add(list);
                for (var left = ReadInt(); left > 0; left--)
                    list.Add(ReadValue());
                return list;
            case StateTag.Again:
                return ReadInt() is var number && number >= 0 && number < _read.Count ? _read[number] : throw Broken();
            default:
                throw Broken();
        }
    }

    private byte ReadByte() => _at < bytes.Length ? bytes.Span[_at++] : throw Broken();

    private static InvalidDataException Broken() => new("The stored state of the run cannot be read.");
}
